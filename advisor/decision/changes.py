"""Finds the answers that would change a recommendation, and the questions that matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, product, takewhile

from advisor.decision.decide import Decider, OutcomeKey
from advisor.decision.space import Point, Space
from advisor.knowledge.durations import say_between
from advisor.knowledge.model import Question

CHANGE_ORDER = ("deployment", "system", "job")
"""The order in which changes are listed: what is easiest to change comes first."""


@dataclass(frozen=True)
class Change:
    """Answers that would change the recommendation.

    `answers` maps each question to the answers that change it, and `text` describes them.
    """

    answers: Mapping[str, tuple[str, ...]]
    text: str
    pattern: str | None
    variant: str | None
    headline: str | None


def would_change(decider: Decider, point: Point) -> tuple[Change, ...]:
    """Return the single answers that would change the recommendation.

    Answers to one question with the same outcome are one change. If no pattern fits and no single
    answer leads to one, the result includes the smallest sets of answers that do.
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
    questions = sorted(space.questions, key=lambda q: CHANGE_ORDER.index(q.changes))
    changes = []
    for chosen in combinations(questions, size):
        groups: dict[OutcomeKey, list[tuple[str, ...]]] = {}
        for labels in product(*(_others(space, q, point) for q in chosen)):
            outcome_key = decider.outcome_key(_moved(space, point, chosen, labels))
            if outcome_key != decider.outcome_key(point):
                groups.setdefault(outcome_key, []).append(labels)
        changes += [_change(space, chosen, labels, key) for key, labels in groups.items()]
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
    space: Space,
    chosen: tuple[Question, ...],
    rows: list[tuple[str, ...]],
    outcome_key: OutcomeKey,
) -> Change:
    columns = _columns(rows)
    answers = {q.id: labels for q, labels in zip(chosen, columns, strict=True)}
    text = " and ".join(say_classes(space, q, answers[q.id]) for q in chosen)
    return Change(answers, text, *outcome_key)


def _columns(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return, for each question, the answers that can be combined freely.

    `rows` are the combinations with the same outcome, one answer per question. If they are all
    combinations of some answers, which is always the case for one question, returns those answers;
    otherwise only the answers of the first row.
    """
    columns = [tuple(dict.fromkeys(column)) for column in zip(*rows, strict=True)]
    complete = set(product(*columns)) == set(rows)
    return columns if complete else [(label,) for label in rows[0]]


def can_matter(decider: Decider, question_id: str, given: Mapping[str, str]) -> bool:
    """Return whether an answer to a question can change the recommendation or its advice.

    `given` are canonical answers. Tries all combinations of answers to the other open questions,
    which are few because the required questions are asked first.
    """
    space = decider.space
    position = space.position[question_id]
    columns = [
        [space.class_of(q, given[q.id])] if q.id in given else space.classes[q.id]
        for q in space.questions
    ]
    labels, columns[position] = columns[position], columns[position][:1]
    for point in product(*columns):
        before, after = point[:position], point[position + 1 :]
        shown = {_shown(decider, (*before, label, *after)) for label in labels}
        if len(shown) > 1:
            return True
    return False


def without_effect(decider: Decider, point: Point) -> frozenset[str]:
    """Return the follow-up questions to which no other answer would change what users see."""
    space, shown = decider.space, _shown(decider, point)
    return frozenset(
        question.id
        for question in space.questions
        if question.asked == "follow-up"
        and all(
            _shown(decider, _moved(space, point, (question,), (label,))) == shown
            for label in _others(space, question, point)
        )
    )


def _shown(decider: Decider, point: Point) -> tuple[object, ...]:
    """Return the parts of a recommendation that users see."""
    warnings = tuple(each.id for each in decider.warnings(point))
    alternatives = tuple(each.id for each in decider.alternatives(point))
    return decider.outcome_key(point), warnings, alternatives


def say_classes(space: Space, question: Question, labels: tuple[str, ...]) -> str:
    """Return answers to a question as the rest of a sentence that starts with "if"."""
    if question.kind == "choice":
        by_id = {choice.id: choice.if_so for choice in question.choices}
        texts = [by_id[label].split() for label in labels]
        same = takewhile(lambda words: len(set(words)) == 1, zip(*texts, strict=False))
        shared = sum(1 for _ in same) if len(texts) > 1 else 0
        rest = " or ".join(" ".join(words[shared:]) for words in texts)
        return " ".join([*texts[0][:shared], rest])
    classes = space.classes[question.id]
    runs = _runs([label in labels for label in classes])
    if question.kind == "version":
        versions = " or ".join(_say_versions(classes, first, end) for first, end in runs)
        return f"you run Airflow {versions}"
    lows: list[int | None] = [*(low for low, _, _ in space.durations), None]
    return "one wait takes " + " or ".join(
        say_between(lows[first] or 0, lows[end]) for first, end in runs
    )


def _runs(marks: list[bool]) -> list[tuple[int, int]]:
    """Return the start and end of each unbroken run of true marks."""
    starts = [i for i, mark in enumerate(marks) if mark and not (i and marks[i - 1])]
    ends = [i + 1 for i, mark in enumerate(marks) if mark and not any(marks[i + 1 : i + 2])]
    return list(zip(starts, ends, strict=True))


def _say_versions(classes: list[str], first: int, end: int) -> str:
    """Return a run of classes: `3.3 or newer`, `before 3.2`, `3.2`, `3.0 to before 3.3`."""
    if end == len(classes):
        return classes[first] if first == end - 1 else f"{classes[first]} or newer"
    if first == 0:
        return f"before {classes[end]}"
    return classes[first] if end == first + 1 else f"{classes[first]} to before {classes[end]}"
