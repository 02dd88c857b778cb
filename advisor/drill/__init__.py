"""Drills an operator: kills it at every line it executes, retries it, and judges the result."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from advisor.errors import ProbeFailed, UnknownAirflow, UnsupportedAirflow, UnsupportedPlatform

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from advisor.drill.model import DrillResult, Outcome

__all__ = [
    "ProbeFailed",
    "UnknownAirflow",
    "UnsupportedAirflow",
    "UnsupportedPlatform",
    "drill",
    "report",
]


def drill(  # noqa: PLR0913 - the options are keywords
    target: str | Path,
    *,
    python: str | Path | None = None,
    jobs: int = 2,
    pairs: bool = False,
    budget: int = 1000,
    fail_on: Sequence[str] = (),
) -> DrillResult:
    """Kill an operator at every point of a run; use it in your test suite.

    Args:
        target: a folder written by `advisor scaffold`, or `path/to/file.py:factory`.
        python: the interpreter with Airflow installed (default: the current one).
        jobs: the number of scenarios to run in parallel.
        pairs: whether to kill the retry too, at pairs of points.
        budget: the maximum number of pairs to run; a fixed seed selects them.
        fail_on: the findings that are violations, or "all" (default: all except
            "work lost on shutdown").

    Returns:
        The result. `violations` is empty if the operator survived every scenario.

    Raises:
        InputError: the target cannot be drilled, or a finding is unknown.
        UnsupportedPlatform: this system has no `os.fork`.
        UnsupportedAirflow: Airflow is older than 3.3, so it has no task state store.
        ProbeFailed: the drill does not work with this release of Airflow; the message says why.
        UnknownAirflow: Airflow is not installed; also the base class of the three errors above.
    """
    # Imported here, because `runtime` imports this package without advisor's dependencies.
    from advisor.drill.api import DrillOptions, drill_target
    from advisor.drill.command_line import read_findings, read_target
    from advisor.drill.scenarios import Sample

    sample = Sample(budget) if pairs else None
    options = DrillOptions(jobs=jobs, pairs=sample, fail_on=read_findings(fail_on))
    return drill_target(read_target(str(target), str(python or "")), options)


def report(result: DrillResult, outcomes: Iterable[Outcome] | None = None) -> str:
    """Return one line per outcome, for the message of a failing test.

    Args:
        result: the result of a drill.
        outcomes: the outcomes to report (default: all violations).
    """
    from advisor.drill.command_line import report_of

    return report_of(result, result.violations if outcomes is None else outcomes)
