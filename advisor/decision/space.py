"""The finite answer space: the answers to each question, in classes with equal outcomes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import product

from advisor.knowledge.durations import parse_duration, spell_duration
from advisor.knowledge.model import Clause, Condition, Knowledge, Question
from advisor.knowledge.versions import (
    NO_UPPER_END,
    Version,
    parse_range,
    parse_version,
)

Point = tuple[str, ...]
"""A point of the answer space: one class per question, in the order of Space.questions."""

CompiledCondition = tuple[tuple[int, frozenset[str]], ...]
"""A compiled condition: positions in a point, and the classes accepted at each of them."""

OUTCOME = ("pattern", "variant")


class Space:
    """The questions that affect a decision, and their classes."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.questions = [q for q in knowledge.questions.values() if _is_finite(q)]
        self.position = {q.id: index for index, q in enumerate(self.questions)}
        self.position |= {name: len(self.questions) + index for index, name in enumerate(OUTCOME)}
        conditions = list(_conditions(knowledge))
        self.durations = _duration_classes(knowledge, conditions)
        self.versions = _version_classes(knowledge, conditions)
        self.classes: dict[str, list[str]] = {q.id: self._classes(q) for q in self.questions}

    def _classes(self, question: Question) -> list[str]:
        if question.kind == "duration":
            return [label for _, _, label in self.durations]
        if question.kind == "version":
            return [str(version) for version in self.versions]
        return [choice.id for choice in question.choices]

    def points(self) -> Iterator[Point]:
        """Yield every point of the space."""
        return product(*(self.classes[q.id] for q in self.questions))

    def point(self, values: Mapping[str, str]) -> Point:
        """Return the point of a complete set of canonical answers."""
        return tuple(self.class_of(q, values[q.id]) for q in self.questions)

    def class_of(self, question: Question, text: str) -> str:
        """Return the class of a canonical answer."""
        if question.kind == "choice":
            return text
        if question.kind == "version":
            index = bisect_right(self.versions, parse_version(text)) - 1
            return str(self.versions[max(index, 0)])
        lows = [low for low, _, _ in self.durations]
        return self.durations[bisect_right(lows, parse_duration(text)) - 1][2]

    def version_at(self, point: Point) -> Version:
        """Return the lowest version in a point's class of versions."""
        return parse_version(point[self.position["airflow_version"]])

    def compile(self, condition: Condition) -> CompiledCondition:
        """Return a condition that can be tested with `holds`."""
        return tuple(
            (self.position[clause.question], self._accepted(clause)) for clause in condition
        )

    def _accepted(self, clause: Clause) -> frozenset[str]:
        if clause.question == "airflow_version":
            accepted = parse_range(clause.accepts[0])
            return frozenset(str(version) for version in self.versions if version in accepted)
        if clause.question == "duration":
            return frozenset(
                label
                for low, band, label in self.durations
                for text in clause.accepts
                if text == band or (text.startswith(">=") and low >= parse_duration(text[2:]))
            )
        return frozenset(clause.accepts)


def _is_finite(question: Question) -> bool:
    """Return whether a decision depends on a question, whose answers fall into classes."""
    return question.kind != "text" and question.asked != "context"


def holds(test: CompiledCondition, point: Point) -> bool:
    """Return whether a compiled condition holds at a point."""
    return all(point[position] in classes for position, classes in test)


def _conditions(knowledge: Knowledge) -> Iterator[Condition]:
    for need in knowledge.needs:
        yield need.when
    for pattern in knowledge.patterns.values():
        for variant in pattern.variants:
            yield variant.when
    for advice in (*knowledge.warnings, *knowledge.alternatives, *knowledge.costs):
        yield advice.when


def _duration_classes(
    knowledge: Knowledge, conditions: list[Condition]
) -> list[tuple[int, str, str]]:
    """Return the lower limit in seconds, the band and the label of each class of durations.

    A band is one class, unless a condition names a duration inside it.
    """
    bands: list[tuple[int, str, str]] = []
    low = 0
    for band in knowledge.questions["duration"].bands:
        bands.append((low, band.id, band.id))
        low = band.below or low
    cuts = {
        parse_duration(text[2:])
        for clause in _clauses(conditions, "duration")
        for text in clause.accepts
        if text.startswith(">=")
    }
    classes = list(bands)
    for cut in cuts - {low for low, _, _ in bands}:
        band_id = next(band_id for low, band_id, _ in reversed(bands) if low <= cut)
        classes.append((cut, band_id, f"{band_id}>={spell_duration(cut)}"))
    return sorted(classes)


def _version_classes(knowledge: Knowledge, conditions: list[Condition]) -> list[Version]:
    """Return the versions at which the outcome may change, in ascending order."""
    ranges = [parse_range(c.accepts[0]) for c in _clauses(conditions, "airflow_version")]
    ranges += [
        cell.airflow
        for row in knowledge.characteristics.values()
        for cells in row.cells.values()
        for cell in cells
    ]
    oldest = knowledge.questions["airflow_version"].known[0]
    return sorted(
        {oldest, *(end for each in ranges for end in each if oldest < end < NO_UPPER_END)}
    )


def _clauses(conditions: list[Condition], question: str) -> Iterator[Clause]:
    return (c for condition in conditions for c in condition if c.question == question)
