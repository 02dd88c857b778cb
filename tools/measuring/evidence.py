"""Evidence files: measured cells with reasons for differences, always in the same order."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import advisor
from advisor.documents.read import read_document
from advisor.knowledge.evidence import short_reason
from advisor.knowledge.loader import checked
from measuring.cells import MeasuredCell
from measuring.facts import Facts, Measurement
from measuring.release import Release
from measuring.rows import ROWS

NOTICE: Final = "Written by tools/measure_comparison.py. Do not edit."
REASONS_FILE: Final = Path(__file__).resolve().parent / "reasons.yaml"


@dataclass(frozen=True)
class Reason:
    """Why a cell with this outcome differs from the documentation, written by hand.

    `short` has at most ten words; `why` is the full explanation.
    """

    outcome: str
    short: str
    why: str


Reasons = Mapping[tuple[str, str], Reason]
"""By characteristic and pattern."""


class ReasonMismatch(Exception):
    """A reason does not fit what was measured, or is missing."""


def evidence_text(head: Mapping[str, Any], cells: Iterable[MeasuredCell], reasons: Reasons) -> str:
    """Return the text of an evidence file."""
    document = {"$comment": NOTICE, **head, "cells": [_cell(each, reasons) for each in cells]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def evidence_head(release: Release, date: str, times: int) -> dict[str, Any]:
    """Return the fields that all cells share: the installation, the date, and the repetitions."""
    return {
        "id": f"comparison-{release.airflow}",
        "airflow": release.airflow,
        "task_sdk": release.task_sdk,
        "advisor": advisor.__version__,
        "python": release.python,
        "platform": f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs",
        "deployment": "LocalExecutor, SQLite, one of each service",
        "date": date,
        "times": times,
    }


def _cell(cell: MeasuredCell, reasons: Reasons) -> dict[str, Any]:
    reason = reasons[cell.characteristic, cell.pattern] if cell.agrees != "yes" else None
    return {
        "characteristic": cell.characteristic,
        "pattern": cell.pattern,
        "documented": cell.documented.value,
        "ran": cell.ran,
        "measured": cell.value,
        "outcome": cell.outcome,
        "agrees": cell.agrees,
        "reason": reason.short if reason else None,
        "why": reason.why if reason else None,
        "figures": [_figures(each) for each in cell.measurements],
    }


def _figures(measurement: Measurement) -> dict[str, Any]:
    return {
        "form": measurement.form,
        "scenario": measurement.scenario,
        **asdict(measurement.facts),
        "seconds": measurement.seconds,
    }


def recorded_measurements(document: Mapping[str, Any]) -> list[Measurement]:
    """Return the measurements in an evidence file; those that cells share are returned once."""
    kinds = {row.id: row.facts for row in ROWS}
    measurements = [
        _measurement(figures, kinds[cell["characteristic"]])
        for cell in document["cells"]
        for figures in cell["figures"]
    ]
    return [*{(each.form, each.scenario): each for each in measurements}.values()]


def _measurement(figures: Mapping[str, Any], kind: Callable[..., Facts]) -> Measurement:
    # JSON has no tuples.
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in figures.items()
    }
    form, scenario, seconds = (values.pop(name) for name in ("form", "scenario", "seconds"))
    return Measurement(form, scenario, kind(**values), seconds)


def read_reasons(file: Path = REASONS_FILE) -> Reasons:
    """Return the reasons in a file."""
    with checked(read_document(str(file)).root, file.name) as fields:
        return {
            (each.text("characteristic"), each.text("pattern")): Reason(
                each.text("outcome"), short_reason(each), each.text("why")
            )
            for each in fields.each("reasons")
        }


def check_reasons(cells: Iterable[MeasuredCell], reasons: Reasons) -> None:
    """Check that each cell that differs has a reason, and each reason fits the outcome.

    Raises:
        ReasonMismatch: names each cell whose reason is missing, superfluous or for another outcome.
    """
    problems = [problem for cell in cells if (problem := _problem(cell, reasons))]
    if problems:
        raise ReasonMismatch("\n".join(problems))


def _problem(cell: MeasuredCell, reasons: Reasons) -> str:
    where = f"{cell.characteristic}, {cell.pattern}: {cell.outcome!r}"
    reason = reasons.get((cell.characteristic, cell.pattern))
    if cell.agrees == "yes":
        return f"{where} agrees with the documentation; remove its reason" if reason else ""
    if not reason:
        return f"{where} differs from {cell.documented.words!r}; {REASONS_FILE.name} has no reason"
    if reason.outcome != cell.outcome:
        return f"{where}; the reason is for {reason.outcome!r}"
    return ""
