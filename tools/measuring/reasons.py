"""Why a cell is not as documented: written by a person, and held against what came out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from advisor.documents.read import read_document
from advisor.documents.validation import Fields, ValidationIssue
from advisor.knowledge.loader import raise_issues
from measuring.cells import Measured

FILE: Final = Path(__file__).resolve().parent / "reasons.yaml"


class Reason(NamedTuple):
    """Why one cell differs, for the one outcome that its author had seen."""

    outcome: str
    why: str


class Unfit(Exception):
    """A reason does not go with what was measured, or there is none where one is due."""


Reasons = Mapping[tuple[str, str], Reason]


def read_reasons(file: Path = FILE) -> Reasons:
    """Return the reasons by characteristic and pattern."""
    issues: list[ValidationIssue] = []
    fields = Fields(read_document(str(file)).root, (), issues)
    reasons = {
        (each.text("characteristic"), each.text("pattern")): Reason(
            each.text("outcome"), each.text("why")
        )
        for each in fields.each("reasons")
    }
    fields.done()
    raise_issues(issues)
    return reasons


def check_reasons(cells: Iterable[Measured], reasons: Reasons) -> None:
    """Hold every reason against what was measured.

    Raises:
        Unfit: names each cell that differs without a reason, or has one for another outcome.
    """
    problems = [problem for cell in cells if (problem := _problem(cell, reasons))]
    if problems:
        raise Unfit("\n".join(problems))


def _problem(cell: Measured, reasons: Reasons) -> str:
    where = f"{cell.characteristic}, {cell.pattern}: {cell.outcome!r}"
    reason = reasons.get((cell.characteristic, cell.pattern))
    if cell.agrees == "yes":
        return f"{where} agrees with the documentation; its reason is to go" if reason else ""
    if not reason:
        return f"{where} differs from {cell.documented.words!r}; {FILE.name} has no reason"
    if reason.outcome != cell.outcome:
        return f"{where}; the reason is for {reason.outcome!r}"
    return ""
