"""Finds the versions of Airflow for which the comparison has no cell, or two."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.knowledge.model import Characteristic, Knowledge, Question
from advisor.knowledge.versions import Version

AVAILABLE = "available-from"
"""The characteristic that states in which versions a pattern exists."""


def version_gaps(knowledge: Knowledge) -> Iterator[str]:
    """Yield a message for each version in which a pattern has no cell, or two.

    The characteristic AVAILABLE needs a cell for every known version; the others for the versions
    in which the pattern exists.
    """
    question = knowledge.questions["airflow_version"]
    availability = knowledge.characteristics[AVAILABLE]
    for row in knowledge.characteristics.values():
        for pattern in row.cells:
            for version in versions_to_check(row, pattern, question):
                available = availability.cell(pattern, version)
                exists = available is not None and available.value == "yes"
                count = sum(version in cell.airflow for cell in row.cells[pattern])
                if count > 1 or (not count and (exists or row is availability)):
                    amount = "two cells" if count > 1 else "no cell"
                    yield f"{row.id}: {amount} for {pattern} in Airflow {version}"


def versions_to_check(row: Characteristic, pattern: str, question: Question) -> list[Version]:
    """Return every known minor version, and the versions at which a cell begins or ends."""
    ends = {end for cell in row.cells[pattern] for end in cell.airflow}
    oldest, newest = question.known[0], question.known[-1]
    return sorted({*question.known, *(end for end in ends if oldest <= end <= newest)})
