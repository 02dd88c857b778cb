"""From the findings to the cells of the table: what came out, and whether that is documented."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from advisor.knowledge.model import Cell, Knowledge
from advisor.knowledge.versions import Version
from measuring.facts import Finding
from measuring.labels import UNCLEAR, Label
from measuring.rows import ROWS, Row

STORING = "_storing"
"""Ends the name of a form that, unlike the documented one, stores the id of its job itself."""
IN_PART = "in part"
DEPENDS = "depends"


class Unclear(Exception):
    """Facts of which no sense can be made."""


class Measured(NamedTuple):
    """A cell that was measured."""

    characteristic: str
    pattern: str
    documented: Cell
    ran: str
    value: str
    outcome: str
    findings: tuple[Finding, ...]

    @property
    def agrees(self) -> str:
        """Return whether the measured value is the documented one: yes, in part or no."""
        if self.documented.value == "not-applicable":  # then there is nothing to prevent
            return "yes" if self.value == "yes" else "no"
        if self.value == self.documented.value:
            return "yes"
        return "in part" if self.value in {IN_PART, DEPENDS} else "no"


def measured_cells(
    findings: Sequence[Finding], knowledge: Knowledge, version: Version
) -> Iterator[Measured]:
    """Yield each cell that the findings tell of, in the order of the table.

    Raises:
        Unclear: something came out that is none of the values that the table knows.
    """
    for row in ROWS:
        for pattern in knowledge.patterns:
            found = _in_order([each for each in findings if _tells_of(each, row, pattern)], row)
            cell = knowledge.characteristics[row.id].cell(pattern, version)
            if found and cell:
                yield _measured(row, pattern, cell, found)


def _tells_of(finding: Finding, row: Row, pattern: str) -> bool:
    return finding.scenario in row.scenarios and finding.form.split("_")[0] == pattern


def _in_order(findings: list[Finding], row: Row) -> tuple[Finding, ...]:
    """Return what the documented form did first, each form in the order of the row."""

    def place(finding: Finding) -> tuple[bool, int]:
        return finding.form.endswith(STORING), row.scenarios.index(finding.scenario)

    return tuple(sorted(findings, key=place))


def _measured(row: Row, pattern: str, cell: Cell, found: tuple[Finding, ...]) -> Measured:
    labelled = [(each, row.label(each.facts)) for each in found]
    for finding, label in labelled:
        if label.value == UNCLEAR:
            raise Unclear(f"{row.id}, {pattern}: no sense can be made of {finding}")
    return Measured(
        characteristic=row.id,
        pattern=pattern,
        documented=cell,
        ran=f"{row.ran}{row.how.get(pattern, '')}.",
        value=_value(labelled),
        outcome=_outcome(labelled),
        findings=found,
    )


def _value(labelled: Iterable[tuple[Finding, Label]]) -> str:
    """Return the value of the documented form; `depends` where one that stores does better."""
    plain, storing = dict[str, str](), dict[str, str]()
    for finding, label in labelled:
        (storing if finding.form.endswith(STORING) else plain)[finding.scenario] = label.value
    if any(plain[scenario] == "no" and value == "yes" for scenario, value in storing.items()):
        return DEPENDS
    return IN_PART if len({*plain.values()}) > 1 else next(iter(plain.values()))


def _outcome(labelled: Sequence[tuple[Finding, Label]]) -> str:
    """Return what came out, the scenarios with the same outcome together."""
    if len(labelled) == 1:
        return labelled[0][1].words
    said, last = list[str](), ""
    for (head, words), moments in _together(labelled).items():
        said.append(f"{'' if head == last else head}{_any_of(moments)}: {words}")
        last = head
    return "; ".join(said)


def _together(
    labelled: Iterable[tuple[Finding, Label]],
) -> Mapping[tuple[str, str], Sequence[str]]:
    """Return the moments at which what was hit came out in the same words.

    Of a form that stores, only those at which the documented one came out otherwise.
    """
    moments, documented = defaultdict(list), dict[str, str]()
    for finding, label in labelled:
        hit, killed, moment = finding.scenario.partition(" killed ")
        if not finding.form.endswith(STORING):
            documented[moment] = label.words
            moments[f"{hit}{killed}", label.words].append(moment)
        elif label.words != documented[moment]:
            moments["id stored first, ", label.words].append(moment)
    return moments


def _any_of(moments: Sequence[str]) -> str:
    *some, last = moments
    return f"{', '.join(some)} or {last}" if some else last
