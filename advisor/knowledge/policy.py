"""Applies an organisation's policy, which overrides the shipped needs, bands and orders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from advisor.documents.model import Document, hint_for, kind_of, nearest, shown
from advisor.documents.validation import Fields, ValidationIssue, validation_error
from advisor.knowledge.builders import (
    build_condition,
    build_label,
    build_need,
    build_strength,
    check_accepts,
)
from advisor.knowledge.durations import parse_duration, say_between, spell_duration
from advisor.knowledge.loader import load_pages
from advisor.knowledge.model import (
    Band,
    Knowledge,
    Need,
    Question,
    Source,
    Sources,
    TieBreak,
)
from advisor.knowledge.sources import build_sources

NEW_NEED_KEYS = ("strength", "text", "characteristic", "accepts", "source")
"""The keys that a new need requires in addition to its id."""


def with_policy(knowledge: Knowledge, policy: Document) -> Knowledge:
    """Return the knowledge with a policy applied.

    `needs` changes needs by their ids or adds new ones, `order` lists the needs that come first,
    `bands` changes the limits of the duration bands, and `ties` orders the patterns.

    Raises:
        InputError: the policy is invalid; lists every issue with its position.
    """
    issues: list[ValidationIssue] = []
    fields = Fields(policy.root, (), issues)
    changed = replace(
        knowledge,
        questions=_with_bands(knowledge, fields.inner("bands")),
        order=_with_ties(knowledge.order, fields, policy.name),
        needs=_with_needs(knowledge, fields, policy.name),
    )
    fields.done()
    if issues:
        raise validation_error(policy, issues)
    return changed


def _with_bands(knowledge: Knowledge, bands: Fields) -> dict[str, Question]:
    question = knowledge.questions["duration"]
    moved = tuple(_with_limit(band, bands) for band in question.bands)
    for low, high in pairwise(moved):
        if low.below and high.below and low.below >= high.below:
            limits = f"{low.id}={spell_duration(low.below)}, {high.id}={spell_duration(high.below)}"
            message = f"bands: {low.id} must be less than {high.id}, found {limits}"
            bands.add_issue(message, low.id if bands.has(low.id) else high.id)
    return {**knowledge.questions, question.id: replace(question, bands=_with_texts(moved))}


def _with_limit(band: Band, bands: Fields) -> Band:
    if band.below is None or not bands.has(band.id):
        return band
    return replace(band, below=bands.parsed(band.id, parse_duration, spell_duration(band.below)))


def _with_texts(bands: tuple[Band, ...]) -> tuple[Band, ...]:
    """Return bands whose texts match their limits."""
    lows = [0, *(band.below or 0 for band in bands)]
    return tuple(
        replace(band, text=say_between(low, band.below))
        for low, band in zip(lows, bands, strict=False)
    )


def _with_ties(order: TieBreak, fields: Fields, name: str) -> TieBreak:
    if not fields.has("ties"):
        return order
    issues = len(fields.issues)
    ties = _ids(fields, "ties", "pattern", order.patterns)
    if len(fields.issues) > issues:
        return order
    if missing := [each for each in order.patterns if each not in ties]:
        fields.add_issue(f"ties: missing {', '.join(map(shown, missing))}", "ties")
        return order
    text = f"Order of equally suitable patterns in the policy: {', then '.join(ties)}."
    return TieBreak(ties, text, (Source("policy", name),))


def _ids(
    fields: Fields, key: str, noun: str, known: Iterable[str], patterns: Iterable[str] = ()
) -> tuple[str, ...]:
    """Return a list of distinct ids, each of which must be known.

    `patterns` are the ids of patterns, for a list of needs; they get an error of their own.
    """
    node = fields.node_of(key)
    if node and not isinstance(node, list):
        fields.add_issue(f"{key}: expected a list, found {kind_of(node)}", key)
        return ()
    ids = fields.texts(key)
    for index, id_ in enumerate(ids):
        if id_ in patterns:
            message = f"{key}: {shown(id_)} is a pattern, not a need"
            fields.add_issue(message, key, index, hint="patterns go in ties")
        elif id_ not in known:
            message = f"{key}: unknown {noun} {shown(id_)}"
            fields.add_issue(message, key, index, hint=hint_for(id_, known))
        elif id_ in ids[:index]:
            fields.add_issue(f"{key}: {shown(id_)} is given twice", key, index)
    return ids


def _with_needs(knowledge: Knowledge, fields: Fields, name: str) -> tuple[Need, ...]:
    needs = {need.id: need for need in knowledge.needs}
    listed: set[str] = set()
    for each in fields.each("needs"):
        need_id = each.text("id")
        if need_id in listed:
            each.add_issue(f"needs: {shown(need_id)} is given twice", "id")
        listed.add(need_id)
        if need_id in needs:
            needs[need_id] = _changed(needs[need_id], each, knowledge, name)
        elif need_id and not each.has("characteristic"):
            _refuse_incomplete(each, need_id, needs)
        elif need_id:
            need = build_need(each, load_pages(), knowledge.questions, knowledge.characteristics)
            needs[need_id] = replace(need, sources=_from_policy(need.sources, name))
    first = _ids(fields, "order", "need", needs, patterns=knowledge.order.patterns)
    rank = {need_id: index for index, need_id in enumerate(first)}
    return tuple(sorted(needs.values(), key=lambda need: rank.get(need.id, len(rank))))


def _refuse_incomplete(each: Fields, need_id: str, needs: Iterable[str]) -> None:
    """Record one issue for a need that is neither a known nor a complete new one."""
    each.used.update(each.node)  # its other keys are not issues too
    if guess := nearest(need_id, needs):
        each.add_issue(f"needs: unknown need {shown(need_id)}", "id", hint=guess)
        return
    missing = ", ".join(key for key in NEW_NEED_KEYS if not each.has(key))
    message = f"needs: {shown(need_id)} is a new need, so it also requires {missing}"
    each.add_issue(message, "id")


def _changed(need: Need, each: Fields, knowledge: Knowledge, name: str) -> Need:
    """Return a need with the changes of the policy, and the policy as an additional source."""
    if each.has("strength"):
        need = replace(need, strength=build_strength(each))
    need = replace(
        need,
        label=build_label(each, need.label),
        missed=_text(each, "missed", need.missed),
        text=_text(each, "text", need.text),
    )
    if each.has("when"):
        need = replace(need, when=build_condition(each, knowledge.questions))
    if each.has("accepts"):
        need = replace(need, accepts=each.texts("accepts"))
        check_accepts(each, need.accepts, knowledge.characteristics[need.characteristic])
    own = build_sources(each, load_pages()) if each.has("source") else (Source("policy", name),)
    return replace(need, sources=(*need.sources, *_from_policy(own, name)))


def _text(fields: Fields, key: str, shipped: str) -> str:
    return fields.text(key) if fields.has(key) else shipped


def _from_policy(sources: Sources, name: str) -> Sources:
    """Return sources with each judgement attributed to the policy."""
    return tuple(
        Source("policy", f"{name}: {source.text}") if source.kind == "judgement" else source
        for source in sources
    )
