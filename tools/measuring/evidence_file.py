"""The evidence as a file: the same keys in the same order, so that a rerun changes only figures."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

import advisor
from measuring.cells import Measured
from measuring.facts import Facts, Finding
from measuring.installed import Release
from measuring.reasons import Reasons
from measuring.rows import ROWS

NOTICE = "Written by tools/measure_comparison.py. Do not edit."


def evidence_text(head: Mapping[str, Any], cells: Iterable[Measured], reasons: Reasons) -> str:
    """Return the text of the file."""
    told = {"$comment": NOTICE, **head, "cells": [_cell(each, reasons) for each in cells]}
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def head_of(release: Release, date: str, times: int) -> dict[str, Any]:
    """Return what holds for all cells: what was installed, where, when and how often it ran."""
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


def _cell(cell: Measured, reasons: Reasons) -> dict[str, Any]:
    differs = cell.agrees != "yes"
    return {
        "characteristic": cell.characteristic,
        "pattern": cell.pattern,
        "documented": cell.documented.value,
        "ran": cell.ran,
        "measured": cell.value,
        "outcome": cell.outcome,
        "agrees": cell.agrees,
        "why": reasons[cell.characteristic, cell.pattern].why if differs else None,
        "figures": [_figures(each) for each in cell.findings],
    }


def _figures(finding: Finding) -> dict[str, Any]:
    return {
        "form": finding.form,
        "scenario": finding.scenario,
        **asdict(finding.facts),
        "seconds": finding.seconds,
    }


def recorded(told: Mapping[str, Any]) -> list[Finding]:
    """Return the findings that a file holds; those that several cells share, once."""
    kinds = {row.id: row.facts for row in ROWS}
    found = [
        _finding(figures, kinds[cell["characteristic"]])
        for cell in told["cells"]
        for figures in cell["figures"]
    ]
    return [*{(each.form, each.scenario): each for each in found}.values()]


def _finding(figures: Mapping[str, Any], kind: Callable[..., Facts]) -> Finding:
    # JSON has no tuples.
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in figures.items()
    }
    form, scenario, seconds = (values.pop(name) for name in ("form", "scenario", "seconds"))
    return Finding(form, scenario, kind(**values), seconds)
