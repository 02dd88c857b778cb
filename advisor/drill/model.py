"""The types of a drill: targets, scenarios, findings, outcomes and results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from advisor.drill.runtime.events import END, KILL, TERM, Event, Point, Reached, SignalSent
from advisor.drill.runtime.service import Behaviour


class Signal(str, Enum):
    """A signal to the worker or the trigger; the values are described in `runtime.events`."""

    KILL = KILL
    TERM = TERM
    END = END


class Finding(str, Enum):
    """What can be wrong with an outcome, worst first."""

    duplicate = "duplicate"
    """A job was submitted although one with the same spec was running or had succeeded."""
    result_lost = "result lost"
    """The task succeeded, but its result differs from the baseline run."""
    orphan = "orphan"
    """A job was left running, and no attempt of the task waits for it."""
    false_success = "false success"
    """The task continued and reported success after a user had ended it."""
    failed = "failed"
    """The task failed although a retry should have succeeded."""
    stuck = "stuck"
    """The task has no final state: a process hung, or the attempts never ended."""
    not_reached = "not reached"
    """The signal was not sent, because the run did not reach its point."""


@dataclass(frozen=True)
class Scenario:
    """One run of the operator: the signals to send, and how the service behaves."""

    aims: tuple[tuple[Point, Signal], ...] = ()
    """The points to reach and the signals to send there, in order."""
    behaviour: Behaviour = field(default_factory=Behaviour)
    service_fault: str = ""
    """The name of the service fault; "" if there is none."""


@dataclass(frozen=True)
class Outcome:
    """The outcome of a scenario."""

    scenario: Scenario
    state: str
    """The final state of the task instance; `stuck` or `endless` if it has none."""
    findings: tuple[Finding, ...]
    restarted: bool
    """Whether a job was submitted again after an earlier one failed, was cancelled or was lost."""
    in_window: bool
    """Whether a signal was sent between submitting the job and the next write to the store."""
    submissions: int
    """The number of jobs that were submitted."""
    events: Sequence[Event]

    @property
    def worst(self) -> Finding | None:
        """The worst finding; None if the operator survived."""
        return min(self.findings, key=list(Finding).index, default=None)


@dataclass(frozen=True)
class Target:
    """The operator to drill."""

    text: str
    """TARGET as the user typed it."""
    path: str
    stem: str = ""
    """The stem of a scaffold's class names; "" for a factory."""
    factory: str = ""
    leaves_jobs: bool = False
    """Whether the job should continue if a user ends the task."""
    python: str = ""
    """The interpreter with Airflow, as the user typed it; "" for the current one."""


@dataclass(frozen=True)
class PairSummary:
    """The number of pairs of kills, how many of them were run, and the seed that selected them."""

    all: int
    run: int
    seed: int


@dataclass(frozen=True)
class DrillResult:
    """The result of a drill."""

    target: Target
    sdk: str
    files: Mapping[str, str]
    """Paths of the files whose lines are crash points, by their names in points."""
    own: Sequence[str]
    """The names of the operator's own files; the others are Airflow's."""
    reached: Sequence[Reached]
    """Every point of the baseline run."""
    baseline: Outcome
    outcomes: Sequence[Outcome]
    seconds: float
    """Duration of the scenarios."""
    starting: float = 0.0
    """Seconds before the scenarios, for starting Airflow and the baseline run."""
    honours_keys: bool | None = None
    """Whether the service honours idempotency keys (default: as the hook declares)."""
    pair_summary: PairSummary | None = None
    """The pairs among the outcomes; None if no pairs were requested."""
    notes: tuple[str, ...] = ()
    """Notes on the drill itself."""

    @property
    def violations(self) -> list[Outcome]:
        """The outcomes with findings."""
        return [each for each in self.outcomes if each.findings]

    @property
    def counts(self) -> Counter[Finding]:
        """The number of outcomes with each finding."""
        return Counter(finding for each in self.outcomes for finding in each.findings)

    @property
    def planned(self) -> int:
        """The number of signals to send."""
        return sum(len(each.scenario.aims) for each in self.outcomes)

    @property
    def sent(self) -> int:
        """The number of signals that were sent."""
        events = (event for each in self.outcomes for event in each.events)
        return sum(1 for event in events if isinstance(event, SignalSent))
