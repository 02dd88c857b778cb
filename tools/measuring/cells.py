"""Turns measurements into cells of the documented table, and compares the two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from advisor.knowledge.model import Cell, Knowledge
from advisor.knowledge.versions import Version
from measuring.facts import Measurement
from measuring.rows import ROWS, UNCLEAR, Label, Row

STORING = "_storing"
"""The suffix of a form that stores the id of its job, unlike the documented one."""
IN_PART = "in part"
DEPENDS = "depends"


class UnexpectedFacts(Exception):
    """Facts that no value of the table describes."""


@dataclass(frozen=True)
class MeasuredCell:
    """A cell that was measured."""

    characteristic: str
    pattern: str
    documented: Cell
    ran: str
    value: str
    outcome: str
    measurements: tuple[Measurement, ...]

    @property
    def agrees(self) -> str:
        """Whether the measured value is the documented one: yes, in part or no."""
        if self.documented.value == "not-applicable":  # then there is nothing to prevent
            return "yes" if self.value == "yes" else "no"
        if self.value == self.documented.value:
            return "yes"
        return "in part" if self.value in {IN_PART, DEPENDS} else "no"


def measured_cells(
    measurements: Sequence[Measurement], knowledge: Knowledge, version: Version
) -> Iterator[MeasuredCell]:
    """Yield each cell that was measured, in the order of the table.

    Raises:
        UnexpectedFacts: no value of the table describes the facts.
    """
    for row in ROWS:
        for pattern in knowledge.patterns:
            own = _sorted([each for each in measurements if _measures(each, row, pattern)], row)
            cell = knowledge.characteristics[row.id].cell(pattern, version)
            if own and cell:
                yield _measured_cell(row, pattern, cell, own)


def _measures(measurement: Measurement, row: Row, pattern: str) -> bool:
    return measurement.scenario in row.scenarios and measurement.form.split("_")[0] == pattern


def _sorted(measurements: list[Measurement], row: Row) -> tuple[Measurement, ...]:
    """Sort the documented form first, and each form in the order of the row's scenarios."""

    def place(measurement: Measurement) -> tuple[bool, int]:
        return measurement.form.endswith(STORING), row.scenarios.index(measurement.scenario)

    return tuple(sorted(measurements, key=place))


def _measured_cell(
    row: Row, pattern: str, cell: Cell, measurements: tuple[Measurement, ...]
) -> MeasuredCell:
    labelled = [(each, row.label(each.facts)) for each in measurements]
    for measurement, label in labelled:
        if label.value == UNCLEAR:
            raise UnexpectedFacts(f"{row.id}, {pattern}: no value describes {measurement}")
    return MeasuredCell(
        characteristic=row.id,
        pattern=pattern,
        documented=cell,
        ran=f"{row.ran}{row.how.get(pattern, '')}.",
        value=_value(labelled),
        outcome=_outcome(labelled),
        measurements=measurements,
    )


def _value(labelled: Iterable[tuple[Measurement, Label]]) -> str:
    """Return the value of the documented form, or `depends` if a form that stores does better."""
    plain, storing = dict[str, str](), dict[str, str]()
    for measurement, label in labelled:
        values = storing if measurement.form.endswith(STORING) else plain
        values[measurement.scenario] = label.value
    if any(plain[scenario] == "no" and value == "yes" for scenario, value in storing.items()):
        return DEPENDS
    return IN_PART if len({*plain.values()}) > 1 else next(iter(plain.values()))


def _outcome(labelled: Sequence[tuple[Measurement, Label]]) -> str:
    """Return the outcome in words; scenarios with the same outcome are listed together."""
    if len(labelled) == 1:
        return labelled[0][1].words
    parts, last = list[str](), ""
    for (head, words), moments in _moments_by_outcome(labelled).items():
        parts.append(f"{'' if head == last else head}{_any_of(moments)}: {words}")
        last = head
    return "; ".join(parts)


def _moments_by_outcome(
    labelled: Iterable[tuple[Measurement, Label]],
) -> Mapping[tuple[str, str], Sequence[str]]:
    """Return the moments of the kills by killed process and outcome.

    For a form that stores, only those at which the documented form had another outcome.
    """
    moments, documented = defaultdict(list), dict[str, str]()
    for measurement, label in labelled:
        process, killed, moment = measurement.scenario.partition(" killed ")
        if not measurement.form.endswith(STORING):
            documented[moment] = label.words
            moments[f"{process}{killed}", label.words].append(moment)
        elif label.words != documented[moment]:
            moments["id stored, worker killed ", label.words].append(moment)
    return moments


def _any_of(moments: Sequence[str]) -> str:
    *some, last = moments
    return f"{', '.join(some)} or {last}" if some else last
