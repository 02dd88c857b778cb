"""An operator that has succeeded undisturbed, and the runs that are made of it after that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from advisor.documents.model import printable
from advisor.drill.judge import judge
from advisor.drill.model import Outcome, Scenario, Signal, Target
from advisor.drill.pairs import KillGroup, Pairs, Sample, grouped
from advisor.drill.runner import Runner
from advisor.drill.runtime.events import Ended, Event, Started
from advisor.drill.runtime.points import Point, Reached
from advisor.drill.runtime.service import Behaviour
from advisor.drill.scenarios import each_point, each_service_fault
from advisor.errors import InputError

Progress = Callable[[int, int], None]
"""Told how many scenarios are done, and of how many."""


class DrillOptions(NamedTuple):
    """How to drill."""

    signals: Sequence[Signal] = ()
    """What is sent; empty for all of them, and for KILL alone where there are two in a run."""
    jobs: int = 2
    """How many scenarios run beside each other."""
    honours_keys: bool | None = None
    """Whether the service honours keys; None for what the hook says of the system."""
    pairs: Sample | None = None
    """Which pairs of kills to run beside the single ones; None for none."""

    @property
    def sent(self) -> Sequence[Signal]:
        """The signals that are sent."""
        return self.signals or ((Signal.KILL,) if self.pairs else tuple(Signal))


class Session:
    """A runner whose operator has succeeded undisturbed, with what that run came by.

    Args:
        runner: that has loaded the operator.
        target: what it has loaded.
        wish: how to drill.

    Raises:
        InputError: the operator does not succeed undisturbed.
    """

    def __init__(self, runner: Runner, target: Target, options: DrillOptions) -> None:
        self._runner = runner
        self._target = target
        self._wish = options
        self._left: dict[Scenario, str] = {}
        self.behaviour = _behaviour(runner.loaded, options.honours_keys)
        scenario = Scenario((), self.behaviour)
        ((_, answer),) = runner.runs([scenario], record=True)
        self.baseline = self._judged(scenario, answer, answer["events"])
        self.reached = [Reached(Point(*point), at) for point, at in answer["reached"]]
        self._refuse_failure()

    def scenarios(self) -> list[Scenario]:
        """Return every scenario that was wished for, but for the pairs."""
        return [
            *each_point(self.reached, self._wish.sent, self.behaviour),
            *each_service_fault(self.reached, self.baseline.events, self.behaviour),
        ]

    def outcomes(
        self, scenarios: Sequence[Scenario], progress: Progress = lambda *_: None
    ) -> list[Outcome]:
        """Run scenarios and judge them."""
        found: dict[int, Outcome] = {}
        for number, answer in self._runner.runs(scenarios, jobs=self._wish.jobs):
            self._left[scenarios[number]] = answer["left"]
            found[number] = self._judged(scenarios[number], answer, self.baseline.events)
            progress(len(found), len(scenarios))
        return [found[number] for number in range(len(scenarios))]

    def pairs(self, scenarios: Iterable[Scenario]) -> Pairs:
        """Return every pair that begins with one of these scenarios, which were run before."""
        kill_groups = [each for each in scenarios if each.aims and not each.service_fault]
        return Pairs(self._followed(grouped(kill_groups, self._left)), self._wish.sent)

    def points_after(self, scenarios: Sequence[Scenario]) -> list[tuple[Point, ...]]:
        """Return what the processes after a signal come by, for each scenario."""
        jobs = self._wish.jobs
        answers = dict(self._runner.runs(scenarios, jobs=jobs, record=True))
        return [_points(answers[number]["reached"]) for number in range(len(scenarios))]

    def _followed(self, groups: Sequence[KillGroup]) -> list[KillGroup]:
        """Return the groups with their points: of each, one kill stands for the others."""
        points = self.points_after([group.scenarios[0] for group in groups])
        return [group._replace(points=each) for group, each in zip(groups, points, strict=True)]

    def _judged(
        self, scenario: Scenario, answer: Mapping[str, Any], baseline: Sequence[Event]
    ) -> Outcome:
        state, events, leaves = answer["state"], answer["events"], self._target.leaves_jobs
        return judge(scenario, state, events, baseline, leaves_jobs=leaves)

    def _refuse_failure(self) -> None:
        run = self.baseline
        tries = max(event.attempt for event in run.events if isinstance(event, Started))
        wrong = [finding.value for finding in run.findings]
        if run.state == "success" and tries > 1:
            # What a retry mends that nobody has disturbed, it would mend after every kill.
            wrong.append(f"it takes {tries} tries")
        if run.state != "success" or wrong:
            errors = [each.error for each in run.events if isinstance(each, Ended) and each.error]
            message = printable(", ".join([*errors[-1:], *wrong]) or run.state)
            raise InputError.of(self._target.text, f"does not succeed undisturbed: {message}")


def _points(reached: Iterable[Sequence[Any]]) -> tuple[Point, ...]:
    """Return points, each once: a later process may come by what an earlier one came by."""
    return tuple(dict.fromkeys(Point(*point) for point, _ in reached))


def _behaviour(loaded: Mapping[str, Any], honours_keys: bool | None) -> Behaviour:
    """Return how the service behaves: as the hook says of its system, unless it is said here."""
    lag = loaded["listing_lag"]
    return Behaviour(
        honours_keys=loaded["closes_window"] if honours_keys is None else honours_keys,
        finds_keys=lag is not None and honours_keys is not False,
        listing_lag=lag or 0.0,
    )
