"""The drill: the undisturbed run first, then every scenario, each judged by what it left."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from advisor.drill.model import Drilled, Outcome, Paired, Scenario, Target
from advisor.drill.runner import Runner
from advisor.drill.scenarios import point_text, read_point
from advisor.drill.session import Progress, Session, Wish
from advisor.errors import InputError

__all__ = ["Progress", "Wish", "drill_point", "drill_target"]

MOST_AIMS: Final = 2
"""Signals in one run: an operator under drill has the retries to survive so many."""


def drill_target(target: Target, wish: Wish, progress: Progress = lambda *_: None) -> Drilled:
    """Drill an operator at every point that it reaches.

    Raises InputError where it cannot be loaded, or does not succeed undisturbed.
    """
    started = time.monotonic()
    with Runner(target) as runner:
        session = Session(runner, target, wish)
        begun = time.monotonic()
        scenarios = session.scenarios()
        outcomes = session.outcomes(scenarios, progress)
        paired, twice = _paired(session, wish, scenarios, progress)
        finished = time.monotonic()
    return Drilled(
        target,
        sdk=runner.loaded["sdk"],
        files=runner.loaded["files"],
        own=runner.loaded["own"],
        reached=session.reached,
        undisturbed=session.undisturbed,
        outcomes=[*outcomes, *twice],
        seconds=finished - begun,
        starting=begun - started,
        honours_keys=wish.honours_keys,
        paired=paired,
    )


def _paired(
    session: Session, wish: Wish, scenarios: Sequence[Scenario], progress: Progress
) -> tuple[Paired | None, list[Outcome]]:
    """Run the pairs that were wished for, and say how many there would be."""
    if wish.pairs is None:
        return None, []
    pairs = session.pairs(scenarios)
    sampled = pairs.sampled(wish.pairs, session.behaviour)
    outcomes = session.outcomes(sampled, progress)
    return Paired(len(pairs), len(outcomes), wish.pairs.seed), outcomes


def drill_point(target: Target, wish: Wish, *texts: str) -> Outcome:
    """Run the one scenario that a text such as `KILL:operators.py:57#3` names, or two of them.

    Raises InputError where the operator does not come by that point, or its retry by the second.
    """
    if len(texts) > MOST_AIMS:
        raise InputError.of("--only", f"found {len(texts)} points, accepted are one or two")
    aims = tuple(read_point(text) for text in texts)
    with Runner(target) as runner:
        session = Session(runner, target, wish)
        scenario = Scenario(aims, session.behaviour)
        _refuse_unreached(session, scenario)
        (outcome,) = session.outcomes([scenario])
    return outcome


def _refuse_unreached(session: Session, scenario: Scenario) -> None:
    first, *second = scenario.aims
    if first[0] not in {point for point, _ in session.reached}:
        said = f"the undisturbed run does not come by {point_text(*first)}"
        raise InputError.of("--only", said)
    for aim in second:
        (points,) = session.points_after([Scenario((first,), session.behaviour)])
        if aim[0] not in points:
            said = f"after {point_text(*first)}, the retry does not come by {point_text(*aim)}"
            raise InputError.of("--only", said)
