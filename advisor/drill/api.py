"""The drill: the undisturbed run first, then every scenario, each judged by what it left."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from advisor.drill.model import DrillResult, Outcome, PairSummary, Scenario, Target
from advisor.drill.runner import Runner
from advisor.drill.scenarios import point_text, read_point
from advisor.drill.session import DrillOptions, Progress, Session
from advisor.errors import InputError

__all__ = ["DrillOptions", "Progress", "drill_point", "drill_target"]

MOST_AIMS: Final = 2
"""Signals in one run: an operator under drill has the retries to survive so many."""


def drill_target(
    target: Target, options: DrillOptions, progress: Progress = lambda *_: None
) -> DrillResult:
    """Drill an operator at every point that it reaches.

    Raises InputError where it cannot be loaded, or does not succeed undisturbed.
    """
    started = time.monotonic()
    with Runner(target) as runner:
        session = Session(runner, target, options)
        begun = time.monotonic()
        scenarios = session.scenarios()
        outcomes = session.outcomes(scenarios, progress)
        pair_summary, twice = _paired(session, options, scenarios, progress)
        finished = time.monotonic()
    return DrillResult(
        target,
        sdk=runner.loaded["sdk"],
        files=runner.loaded["files"],
        own=runner.loaded["own"],
        reached=session.reached,
        baseline=session.baseline,
        outcomes=[*outcomes, *twice],
        seconds=finished - begun,
        starting=begun - started,
        honours_keys=options.honours_keys,
        pair_summary=pair_summary,
    )


def _paired(
    session: Session, options: DrillOptions, scenarios: Sequence[Scenario], progress: Progress
) -> tuple[PairSummary | None, list[Outcome]]:
    """Run the pairs that were wished for, and say how many there would be."""
    if options.pairs is None:
        return None, []
    pairs = session.pairs(scenarios)
    sampled = pairs.sampled(options.pairs, session.behaviour)
    outcomes = session.outcomes(sampled, progress)
    return PairSummary(len(pairs), len(outcomes), options.pairs.seed), outcomes


def drill_point(target: Target, options: DrillOptions, *texts: str) -> Outcome:
    """Run the one scenario that a text such as `KILL:operators.py:57#3` names, or two of them.

    Raises InputError where the operator does not come by that point, or its retry by the second.
    """
    if len(texts) > MOST_AIMS:
        raise InputError.of("--only", f"found {len(texts)} points, accepted are one or two")
    aims = tuple(read_point(text) for text in texts)
    with Runner(target) as runner:
        session = Session(runner, target, options)
        scenario = Scenario(aims, session.behaviour)
        _refuse_unreached(session, scenario)
        (outcome,) = session.outcomes([scenario])
    return outcome


def _refuse_unreached(session: Session, scenario: Scenario) -> None:
    first, *second = scenario.aims
    if first[0] not in {point for point, _ in session.reached}:
        message = f"the undisturbed run does not come by {point_text(*first)}"
        raise InputError.of("--only", message)
    for aim in second:
        (points,) = session.points_after([Scenario((first,), session.behaviour)])
        if aim[0] not in points:
            message = f"after {point_text(*first)}, the retry does not come by {point_text(*aim)}"
            raise InputError.of("--only", message)
