"""What would change a recommendation: each single answer, or the smallest sets of them."""

from __future__ import annotations

from itertools import combinations, product

from advisor.decision.decide import Decider, Identity
from advisor.decision.model import Change
from advisor.decision.space import Point, Space
from advisor.knowledge.model import Question

# Whoever reads on wants to know first what they could do themselves.
BY_WHOM = ("deployment", "system", "job")


def would_change(decider: Decider, point: Point) -> tuple[Change, ...]:
    """Return every single answer that, changed alone, changes the recommendation.

    Answers of one question that lead to the same are one change. Where no pattern fits and no
    single answer leads to one, the smallest sets of answers that do follow.
    """
    singles = _changes(decider, point, 1)
    if decider.outcome(point).pattern is not None or any(each.pattern for each in singles):
        return tuple(singles)
    for size in (2, 3):
        larger = [each for each in _changes(decider, point, size) if each.pattern]
        if larger:
            return tuple(singles + larger)
    return tuple(singles)


def _changes(decider: Decider, point: Point, size: int) -> list[Change]:
    space = decider.space
    questions = sorted(space.questions, key=lambda q: BY_WHOM.index(q.changes))
    changes = []
    for chosen in combinations(questions, size):
        groups: dict[Identity, list[tuple[str, ...]]] = {}
        for labels in product(*(_others(space, q, point) for q in chosen)):
            identity = decider.identity(_moved(space, point, chosen, labels))
            if identity != decider.identity(point):
                groups.setdefault(identity, []).append(labels)
        changes += [_change(space, chosen, labels, ident) for ident, labels in groups.items()]
    return changes


def _others(space: Space, question: Question, point: Point) -> list[str]:
    current = point[space.position[question.id]]
    return [label for label in space.classes[question.id] if label != current]


def _moved(
    space: Space, point: Point, chosen: tuple[Question, ...], labels: tuple[str, ...]
) -> Point:
    moved = list(point)
    for question, label in zip(chosen, labels, strict=True):
        moved[space.position[question.id]] = label
    return tuple(moved)


def _change(
    space: Space, chosen: tuple[Question, ...], found: list[tuple[str, ...]], identity: Identity
) -> Change:
    """Return one change. Of a set of several answers the first that does is named, of one all."""
    columns = [found[0]] if len(chosen) > 1 else found
    answers = {
        question.id: tuple(dict.fromkeys(labels[at] for labels in columns))
        for at, question in enumerate(chosen)
    }
    text = " and ".join(say_classes(space, q, answers[q.id]) for q in chosen)
    return Change(answers, text, *identity)


def say_classes(space: Space, question: Question, labels: tuple[str, ...]) -> str:
    """Return answers of a question as words that follow "if"."""
    if question.kind == "version":
        return f"it ran on Airflow {_say_versions(space, labels)}"
    if question.kind == "duration":
        return f"one wait took {_say_bands(space, question, labels)}"
    by_id = {choice.id: choice.if_so for choice in question.choices}
    return " or ".join(by_id[label] for label in labels)


def _say_bands(space: Space, question: Question, labels: tuple[str, ...]) -> str:
    band_of = {label: band for _, band, label in space.durations}
    bands = dict.fromkeys(band_of[label] for label in labels)
    text_of = {band.id: band.text for band in question.bands}
    return " or ".join(text_of[band] for band in bands)


def _say_versions(space: Space, labels: tuple[str, ...]) -> str:
    """Return classes of versions as ranges: `3.3 or newer`, `before 3.2`, `3.2`."""
    classes = space.classes["airflow_version"]
    ranges, at = [], 0
    while at < len(classes):
        if classes[at] not in labels:
            at += 1
            continue
        first = at
        while at < len(classes) and classes[at] in labels:
            at += 1
        ranges.append(_say_range(classes, first, at))
    return " or ".join(ranges)


def _say_range(classes: list[str], first: int, end: int) -> str:
    if end == len(classes):
        return classes[first] if first == end - 1 else f"{classes[first]} or newer"
    if first == 0:
        return f"before {classes[end]}"
    return classes[first] if end == first + 1 else f"from {classes[first]} to before {classes[end]}"
