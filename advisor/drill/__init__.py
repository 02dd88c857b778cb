"""Proof by crash: the operator is killed at every line it executes, retried, and counted after."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from advisor.errors import UnknownAirflow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from advisor.drill.model import DrillResult, Outcome

__all__ = ["UnknownAirflow", "drill", "report"]


def drill(
    target: str | Path,
    *,
    python: str | Path | None = None,
    jobs: int = 2,
    twice: bool = False,
    budget: int = 1000,
) -> DrillResult:
    """Kill an operator wherever it can be killed, for a test suite of one's own.

    Args:
        target: a folder that `advisor scaffold` wrote, or `path/to/file.py:factory`.
        python: the interpreter that has Airflow; None for this one.
        jobs: how many scenarios run beside each other.
        twice: whether the retry is killed too, at every point that it comes by.
        budget: how many of these pairs of kills are run at most; drawn at random, always the same.

    Returns:
        What came out; `violations` is empty where the operator survived everything.

    Raises:
        InputError: the target cannot be drilled.
        UnknownAirflow: the drill does not know the Airflow, or there is none.
    """
    # Here, since the modules in `inside` are a part of this package, and run where advisor's own
    # dependencies may be missing.
    from advisor.drill.api import DrillOptions, drill_target
    from advisor.drill.pairs import Sample
    from advisor.drill.target import read_target

    named = read_target(str(target), str(python or ""))
    pairs = Sample(budget) if twice else None
    return drill_target(named, DrillOptions(jobs=jobs, pairs=pairs))


def report(result: DrillResult, outcomes: Iterable[Outcome] | None = None) -> str:
    """Return what was found, a line for each outcome, for the message of a failing test.

    Args:
        result: the result of a drill.
        outcomes: which ones; None for all violations.
    """
    from advisor.drill.reproduce import report_of

    return report_of(result, result.violations if outcomes is None else outcomes)
