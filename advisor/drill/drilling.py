"""The drill: the undisturbed run first, then every scenario, each judged by what it left."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from advisor.documents.model import printable
from advisor.drill.inside.journal import Event
from advisor.drill.inside.points import Point, Reached
from advisor.drill.inside.service import Behaviour
from advisor.drill.judge import judge
from advisor.drill.model import Drilled, Outcome, Scenario, Signal, Target
from advisor.drill.runner import Runner
from advisor.drill.scenarios import each_circumstance, each_point, read_point
from advisor.errors import InputError

Progress = Callable[[int, int], None]
"""Told how many scenarios are done, and of how many."""

SIGNALS: Final = tuple(Signal)


class Wish(NamedTuple):
    """How to drill."""

    signals: Sequence[Signal] = SIGNALS
    jobs: int = 2
    """How many scenarios run beside each other."""
    honours_keys: bool | None = None
    """Whether the service honours keys; None for what the hook says of the system."""


def drill_target(target: Target, wish: Wish, progress: Progress = lambda *_: None) -> Drilled:
    """Drill an operator at every point that it reaches.

    Raises InputError where it cannot be loaded, or does not succeed undisturbed.
    """
    started = time.monotonic()
    with Runner(target) as runner:
        session = _Session(runner, target, wish)
        outcomes = session.outcomes(session.scenarios(), progress)
    return Drilled(
        target,
        sdk=runner.loaded["sdk"],
        files=runner.loaded["files"],
        own=runner.loaded["own"],
        reached=session.reached,
        undisturbed=session.undisturbed,
        outcomes=outcomes,
        seconds=time.monotonic() - started,
    )


def drill_point(target: Target, wish: Wish, text: str) -> Outcome:
    """Run the one scenario that a text such as `KILL:operators.py:57#3` names.

    Raises InputError where the operator does not come by that point.
    """
    aim = read_point(text)
    with Runner(target) as runner:
        session = _Session(runner, target, wish)
        if aim[0] not in {point for point, _ in session.reached}:
            raise InputError.of("--only", f"the undisturbed run does not come by {text}")
        (outcome,) = session.outcomes([Scenario((aim,), session.behaviour)])
    return outcome


class _Session:
    """A runner whose operator has succeeded undisturbed, with what that run came by."""

    def __init__(self, runner: Runner, target: Target, wish: Wish) -> None:
        self._runner = runner
        self._target = target
        self._wish = wish
        self.behaviour = _behaviour(runner.loaded, wish.honours_keys)
        scenario = Scenario((), self.behaviour)
        ((_, answer),) = runner.runs([scenario], record=True)
        self.undisturbed = self._judged(scenario, answer, answer["events"])
        self.reached = [Reached(Point(*point), at) for point, at in answer["reached"]]
        self._refuse_failure()

    def scenarios(self) -> list[Scenario]:
        """Return every scenario that was wished for."""
        return [
            *each_point(self.reached, self._wish.signals, self.behaviour),
            *each_circumstance(self.reached, self.undisturbed.events, self.behaviour),
        ]

    def outcomes(
        self, scenarios: Sequence[Scenario], progress: Progress = lambda *_: None
    ) -> list[Outcome]:
        """Run scenarios and judge them."""
        found: dict[int, Outcome] = {}
        for number, answer in self._runner.runs(scenarios, jobs=self._wish.jobs):
            found[number] = self._judged(scenarios[number], answer, self.undisturbed.events)
            progress(len(found), len(scenarios))
        return [found[number] for number in range(len(scenarios))]

    def _judged(
        self, scenario: Scenario, answer: Mapping[str, Any], undisturbed: Sequence[Event]
    ) -> Outcome:
        state, events, leaves = answer["state"], answer["events"], self._target.leaves_jobs
        return judge(scenario, state, events, undisturbed, leaves_jobs=leaves)

    def _refuse_failure(self) -> None:
        run = self.undisturbed
        if run.state != "success" or run.findings:
            errors = [event["error"] for event in run.events if "error" in event]
            found = [finding.value for finding in run.findings]
            said = printable(", ".join([*errors[-1:], *found]) or run.state)
            raise InputError.of(self._target.text, f"does not succeed undisturbed: {said}")


def _behaviour(loaded: Mapping[str, Any], honours_keys: bool | None) -> Behaviour:
    """Return how the service behaves: as the hook says of its system, unless it is said here."""
    lag = loaded["listing_lag"]
    return Behaviour(
        honours_keys=loaded["closes_window"] if honours_keys is None else honours_keys,
        finds_keys=lag is not None and honours_keys is not False,
        listing_lag=lag or 0.0,
    )
