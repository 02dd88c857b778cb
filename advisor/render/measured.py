"""What was measured of a cell, in words: on which release, what came out, and why it differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from advisor.knowledge.evidence import Evidence, Measurement
from advisor.knowledge.model import Cell, Characteristic, Knowledge, Source
from advisor.knowledge.versions import Version
from advisor.render.shape import Shape, plain, shape_sources

AGREES = {"yes": "agrees", "in part": "agrees in part", "no": "does not agree"}


class MeasuredStatement(NamedTuple):
    """A sentence on a cell, and the evidence for it."""

    text: str
    sources: tuple[Source, ...]


def measured_on(evidence: Iterable[Evidence]) -> str:
    """Return on which releases anything was measured, when and how often."""
    message = [f"{each.airflow} ({each.date}, {_often(each.times)})" for each in evidence]
    return f"Measured on Airflow {' and '.join(message)}. Older releases were not run."


def _often(times: int) -> str:
    return "once" if times == 1 else f"{times} times"


def outcomes(
    evidence: Iterable[Evidence], characteristic: str, pattern: str
) -> Iterator[MeasuredStatement]:
    """Yield what came out for a cell, by release."""
    for each, measured in _of(evidence, characteristic, pattern):
        differs = f", {AGREES[measured.agrees]}" if measured.why else ""
        yield MeasuredStatement(
            f"measured on {each.airflow}{differs}: {measured.outcome}", (each.source,)
        )


def differences(
    evidence: tuple[Evidence, ...], knowledge: Knowledge, version: Version
) -> Iterator[MeasuredStatement]:
    """Yield, for each cell that is not as documented and that a version has, why."""
    for row in knowledge.characteristics.values():
        for pattern, cell in _cells(row, version):
            for each, measured in _of(evidence, row.id, pattern):
                if measured.why:
                    verdict = f'"{plain(cell.words)}" {AGREES[measured.agrees]}'
                    message = f"{row.title}, {pattern}: {verdict}. {measured.why}"
                    yield MeasuredStatement(message, (each.source,))


def _cells(row: Characteristic, version: Version) -> Iterator[tuple[str, Cell]]:
    for pattern in row.cells:
        if cell := row.cell(pattern, version):
            yield pattern, cell


def _of(
    evidence: Iterable[Evidence], characteristic: str, pattern: str
) -> Iterator[tuple[Evidence, Measurement]]:
    for each in evidence:
        if measured := each.of(characteristic, pattern):
            yield each, measured


def shape_measured(evidence: Iterable[Evidence], characteristic: str, pattern: str) -> list[Shape]:
    """Return what was measured of a cell as mappings."""
    return [
        {
            "airflow": str(each.airflow),
            "date": each.date,
            "times": each.times,
            "ran": measured.ran,
            "value": measured.value,
            "outcome": measured.outcome,
            "agrees": measured.agrees,
            "why": measured.why or None,
            "source": shape_sources((each.source,)),
        }
        for each, measured in _of(evidence, characteristic, pattern)
    ]
