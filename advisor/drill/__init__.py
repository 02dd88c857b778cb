"""Proof by crash: the operator is killed at every line it executes, retried, and counted after."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from advisor.drill.model import Drilled


def drill(
    target: str | Path,
    *,
    python: str | Path | None = None,
    jobs: int = 2,
    twice: bool = False,
    budget: int = 1000,
) -> Drilled:
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
        InputError: the target cannot be drilled, or not with this Airflow.
    """
    # Here, since the modules in `inside` are a part of this package, and run where advisor's own
    # dependencies may be missing.
    from advisor.drill.drilling import Wish, drill_target
    from advisor.drill.pairs import Sample
    from advisor.drill.target import read_target

    named = read_target(str(target), str(python or ""))
    pairs = Sample(budget) if twice else None
    return drill_target(named, Wish(jobs=jobs, pairs=pairs))
