"""Holding the comparison against itself: what is said of a pattern covers every version it has."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.knowledge.model import Characteristic, Question
from advisor.knowledge.versions import Version

AVAILABLE = "available-from"


def gaps(characteristics: dict[str, Characteristic], question: Question) -> Iterator[str]:
    """Yield, in words, each version in which nothing or two things are said of a pattern.

    Whether a pattern exists is said for every version known; everything else for those in which it
    exists.
    """
    availability = characteristics[AVAILABLE]
    for row in characteristics.values():
        for pattern in row.cells:
            for version in _versions(row, pattern, question):
                cell = availability.cell(pattern, version)
                exists = cell is not None and cell.value == "yes"
                message = sum(version in each.airflow for each in row.cells[pattern])
                if message > 1 or (not message and (exists or row is availability)):
                    what = "two things are" if message > 1 else "nothing is"
                    yield f"{row.id}: {what} said of {pattern} in Airflow {version}"


def _versions(row: Characteristic, pattern: str, question: Question) -> list[Version]:
    """Return the versions at which what is said may change, and every minor version known."""
    ends = {end for cell in row.cells[pattern] for end in cell.airflow}
    oldest, newest = question.known[0], question.known[-1]
    return sorted({*question.known, *(end for end in ends if oldest <= end <= newest)})
