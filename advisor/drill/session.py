"""Runs the scenarios of one operator, after a baseline run that must succeed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from advisor.documents.model import printable
from advisor.drill.judge import judge
from advisor.drill.model import FAIL_ON, Finding, Outcome, Scenario, Signal, Target
from advisor.drill.runner import RunnerProcess
from advisor.drill.runtime.events import (
    Ended,
    Event,
    JobsEnded,
    Point,
    Started,
    Submitted,
    Unanswered,
)
from advisor.drill.runtime.messages import Loaded, RunResult
from advisor.drill.runtime.service import Behaviour
from advisor.drill.scenarios import (
    KillGroup,
    Sample,
    each_point,
    each_service_fault,
    grouped,
    sampled_pairs,
)
from advisor.errors import InputError

LEAST_RETRIES: Final = 1
UNANSWERED_HINT: Final = "the drill cannot answer this message of the task to Airflow"
PAIR_RETRIES: Final = 2
"""The least retries of a task that gets two signals."""

Progress = Callable[[int, int], None]
"""Called with the number of finished scenarios and the number of all scenarios."""


@dataclass(frozen=True)
class DrillOptions:
    """The options of a line drill."""

    signals: Sequence[Signal] = ()
    """The signals to send (default: every signal, or only KILL if there are pairs)."""
    jobs: int = 2
    """The number of scenarios to run in parallel."""
    honours_keys: bool | None = None
    """Whether the service honours idempotency keys (default: as the hook declares)."""
    pairs: Sample | None = None
    """Which pairs of kills to run in addition to single kills (default: none)."""
    fail_on: frozenset[Finding] = FAIL_ON
    """The findings that are violations."""

    @property
    def sent(self) -> Sequence[Signal]:
        """The signals to send."""
        return self.signals or ((Signal.KILL,) if self.pairs else tuple(Signal))


class Session:
    """The runs of one operator: the baseline run, and the scenarios that follow it.

    Args:
        runner: the runner that has loaded the operator.
        target: the operator.
        options: the options of the drill.

    Raises:
        InputError: the baseline run does not succeed.
    """

    def __init__(self, runner: RunnerProcess, target: Target, options: DrillOptions) -> None:
        self._runner = runner
        self._target = target
        self._options = options
        self._left: dict[Scenario, str] = {}
        self.behaviour = _behaviour(runner.loaded, options.honours_keys)
        self.behaviour = replace(self.behaviour, duration=self._duration())
        scenario = Scenario((), self.behaviour)
        (result,) = runner.runs([scenario], retries=self._retries, record=True)
        self._refuse_unanswered(result)
        self.baseline = self._judged(scenario, result, result.events)
        self.reached = result.reached
        self._refuse_failure()

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes on retries that the operator does not have itself."""
        own = self._runner.loaded.retries
        notes: list[str] = []
        if own < LEAST_RETRIES:
            notes.append("the operator has no retries; it is drilled with 1")
        if self._options.pairs and own < PAIR_RETRIES:
            notes.append(f"pairs are drilled with {PAIR_RETRIES} retries; the operator has {own}")
        return tuple(notes)

    def scenarios(self) -> list[Scenario]:
        """Return all requested scenarios except the pairs."""
        return [
            *each_point(self.reached, self._options.sent, self.behaviour),
            *each_service_fault(self.reached, self.baseline.events, self.behaviour),
        ]

    def outcomes(
        self, scenarios: Sequence[Scenario], progress: Progress = lambda *_: None
    ) -> list[Outcome]:
        """Run scenarios and judge them."""
        judged: dict[int, Outcome] = {}
        runs = self._runner.runs(scenarios, retries=self._retries, jobs=self._options.jobs)
        for result in runs:
            self._refuse_unanswered(result)
            scenario = scenarios[result.number]
            self._left[scenario] = result.left
            judged[result.number] = self._judged(scenario, result, self.baseline.events)
            progress(len(judged), len(scenarios))
        return [judged[number] for number in range(len(scenarios))]

    def pairs(self, scenarios: Iterable[Scenario], sample: Sample) -> tuple[int, list[Scenario]]:
        """Return the number of pairs that start with these scenarios, and a sample of the pairs.

        The scenarios must have been run, since pairs depend on the state that they left behind.
        """
        kills = [each for each in scenarios if each.aims and not each.service_fault]
        groups = self._with_points(grouped(kills, self._left))
        return sampled_pairs(groups, self._options.sent, sample, self.behaviour)

    def points_after(self, scenarios: Sequence[Scenario]) -> list[tuple[Point, ...]]:
        """Return the points that are reached after the signals, for each scenario."""
        results = self._runner.runs(
            scenarios,
            # The second signal to send can need a retry of its own.
            retries=lambda scenario: max(self._retries(scenario), len(scenario.aims) + 1),
            jobs=self._options.jobs,
            record=True,
        )
        points = {result.number: _points(result) for result in results}
        return [points[number] for number in range(len(scenarios))]

    def _retries(self, scenario: Scenario) -> int:
        """Return the retries of the task in a scenario: its own, but one for each signal."""
        return max(self._runner.loaded.retries, LEAST_RETRIES, len(scenario.aims))

    def _duration(self) -> float:
        """Return how long jobs run: as the factory sets it, or short for this operator."""
        if self._runner.loaded.duration is not None:
            return self._runner.loaded.duration
        calibrating = replace(self.behaviour, calibrates=True)
        (result,) = self._runner.runs([Scenario((), calibrating)], retries=self._retries)
        return calibrated_duration(result.events)

    def _with_points(self, groups: Sequence[KillGroup]) -> list[KillGroup]:
        """Return the groups with their points; one kill per group is run, as all reach the same."""
        points = self.points_after([group.scenarios[0] for group in groups])
        return [replace(group, points=each) for group, each in zip(groups, points, strict=True)]

    def _judged(self, scenario: Scenario, result: RunResult, baseline: Sequence[Event]) -> Outcome:
        leaves = self._target.leaves_jobs
        return judge(scenario, result.state, result.events, baseline, leaves_jobs=leaves)

    def _refuse_unanswered(self, result: RunResult) -> None:
        """Raise an error if the task has sent a message that the drill cannot answer."""
        for event in result.events:
            if isinstance(event, Unanswered):
                message = f"cannot be drilled: asks for {event.message}"
                raise InputError.of(self._target.text, message, UNANSWERED_HINT)

    def _refuse_failure(self) -> None:
        run = self.baseline
        tries = max(event.attempt for event in run.events if isinstance(event, Started))
        problems = [finding.value for finding in run.findings]
        if run.state == "success" and tries > 1:
            # A fault that a retry hides in the baseline run would be hidden after every kill.
            problems.append(f"took {tries} tries")
        if run.state != "success" or problems:
            errors = [each.error for each in run.events if isinstance(each, Ended) and each.error]
            # Later tries can fail of what the first one left behind, so its error is the cause.
            causes = [*errors[:1], *(problems if run.state == "success" or not errors else [])]
            message = printable("; ".join(causes) or run.state)
            message = f"the baseline run must succeed on the first try: {message}"
            raise InputError.of(self._target.text, message)


def calibrated_duration(events: Sequence[Event]) -> float:
    """Return how long the first job ran in a run that calibrates the duration."""
    submitted = next((each.at for each in events if isinstance(each, Submitted)), None)
    ended = next((each.at for each in events if isinstance(each, JobsEnded)), None)
    if submitted is None or ended is None:
        return Behaviour().duration
    return ended - submitted


def _points(result: RunResult) -> tuple[Point, ...]:
    """Return the distinct points of a run; several of its processes can reach the same point."""
    return tuple(dict.fromkeys(point for point, _ in result.reached))


def _behaviour(loaded: Loaded, honours_keys: bool | None) -> Behaviour:
    """Return the behaviour of the service: as the hook declares, unless an option overrides it."""
    lag = loaded.listing_lag
    return Behaviour(
        honours_keys=loaded.honours_keys if honours_keys is None else honours_keys,
        finds_keys=lag is not None and honours_keys is not False,
        listing_lag=lag or 0.0,
    )
