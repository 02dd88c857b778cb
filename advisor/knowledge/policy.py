"""An organisation's own policy: needs, bands and the order of patterns laid over ours."""

from __future__ import annotations

from typing import cast, get_args

from advisor.documents.model import MOST_SHOWN, Document, shown
from advisor.documents.read import Locator
from advisor.errors import InputError, Problem
from advisor.knowledge.builders import (
    build_condition,
    build_need,
    check_accepts,
)
from advisor.knowledge.durations import parse_duration, say_between
from advisor.knowledge.fields import Fields, Flaw
from advisor.knowledge.load import load_pages
from advisor.knowledge.model import (
    Band,
    Knowledge,
    Need,
    Order,
    Question,
    Source,
    Sources,
    Strength,
)
from advisor.knowledge.sourcing import build_sources


def with_policy(knowledge: Knowledge, policy: Document) -> Knowledge:
    """Return the knowledge with a policy laid over it.

    `needs` changes a need by its id or adds one; `order` names the needs that come first; `bands`
    moves the limits of durations; `ties` orders the patterns. Raises InputError that names all
    that is wrong, each with its place.
    """
    flaws: list[Flaw] = []
    fields = Fields(policy.root, (), flaws)
    changed = knowledge._replace(
        questions=_with_bands(knowledge, fields.inner("bands")),
        order=_with_ties(knowledge.order, fields, policy.name),
        needs=_with_needs(knowledge, fields, policy.name),
    )
    fields.done()
    if flaws:
        raise _error(policy, flaws)
    return changed


def _with_bands(knowledge: Knowledge, bands: Fields) -> dict[str, Question]:
    question = knowledge.questions["duration"]
    moved = tuple(_moved(band, bands) for band in question.bands)
    limits = [band.below for band in moved if band.below is not None]
    if sorted(set(limits)) != limits:
        bands.flaw(f"{', '.join(band.id for band in moved)}: the limits must rise")
    return {**knowledge.questions, question.id: question._replace(bands=_named(moved))}


def _moved(band: Band, bands: Fields) -> Band:
    if band.below is None or not bands.has(band.id):
        return band
    return band._replace(below=bands.parsed(band.id, parse_duration, "1s"))


def _named(bands: tuple[Band, ...]) -> tuple[Band, ...]:
    """Return bands whose texts name their limits."""
    lows = [0, *(band.below or 0 for band in bands)]
    return tuple(
        band._replace(text=say_between(low, band.below))
        for low, band in zip(lows, bands, strict=False)
    )


def _with_ties(order: Order, fields: Fields, name: str) -> Order:
    if not fields.has("ties"):
        return order
    ties = fields.texts("ties")
    if sorted(ties) != sorted(order.patterns):
        fields.flaw(f"ties: names each of {', '.join(order.patterns)} once", "ties")
        return order
    text = f"Where two patterns serve equally, the policy decides: {', then '.join(ties)}."
    return Order(ties, text, (_by_policy(name),))


def _with_needs(knowledge: Knowledge, fields: Fields, name: str) -> tuple[Need, ...]:
    needs = {need.id: need for need in knowledge.needs}
    for each in fields.each("needs"):
        need_id = each.text("id")
        if need_id in needs:
            needs[need_id] = _changed(needs[need_id], each, knowledge, name)
        elif need_id:
            need = build_need(each, load_pages(), knowledge.questions, knowledge.characteristics)
            needs[need_id] = need._replace(sources=_theirs(need.sources, name))
    first = fields.texts("order")
    for need_id in first:
        if need_id not in needs:
            fields.flaw(
                f"order: {shown(need_id)} is no need; known are {', '.join(needs)}", "order"
            )
    rank = {need_id: at for at, need_id in enumerate(first)}
    return tuple(sorted(needs.values(), key=lambda need: rank.get(need.id, len(rank))))


def _changed(need: Need, each: Fields, knowledge: Knowledge, name: str) -> Need:
    """Return a need with the fields that the policy names, and the policy among its sources."""
    if each.has("strength"):
        strength = each.choice("strength", get_args(Strength))
        need = need._replace(strength=cast("Strength", strength))
    if each.has("text"):
        need = need._replace(text=each.text("text"))
    if each.has("when"):
        need = need._replace(when=build_condition(each, knowledge.questions))
    if each.has("accepts"):
        need = need._replace(accepts=each.texts("accepts"))
        check_accepts(each, need.accepts, knowledge.characteristics[need.characteristic])
    own = build_sources(each, load_pages()) if each.has("source") else (_by_policy(name),)
    return need._replace(sources=(*need.sources, *_theirs(own, name)))


def _theirs(sources: Sources, name: str) -> Sources:
    """Return sources in which a judgement is the policy's, not ours."""
    return tuple(
        Source("policy", f"{name}: {source.text}") if source.kind == "judgement" else source
        for source in sources
    )


def _by_policy(name: str) -> Source:
    return Source("policy", name)


def _error(policy: Document, flaws: list[Flaw]) -> InputError:
    told, rest = flaws[:MOST_SHOWN], len(flaws) - MOST_SHOWN
    locator = Locator(policy, [flaw.path for flaw in told])
    problems = [Problem(locator.where(flaw.path), flaw.said) for flaw in told]
    if rest > 0:
        problems.append(Problem(policy.name, f"{rest} more like these"))
    return InputError(problems)
