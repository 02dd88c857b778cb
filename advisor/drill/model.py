"""The types of a drill: targets, scenarios, findings, outcomes and results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from advisor.drill.runtime.events import END, KILL, TERM, Event, Point, Reached, SignalSent
from advisor.drill.runtime.service import Behaviour


class Signal(str, Enum):
    """What happens to the worker, or to the trigger."""

    KILL = KILL
    TERM = TERM
    END = END


class Finding(str, Enum):
    """What can be wrong with an outcome, the worst first."""

    duplicate = "duplicate"
    """A job was submitted while an earlier one of the same spec ran or had succeeded."""
    result_lost = "result lost"
    """The task succeeded with a result other than that of the baseline run."""
    orphan = "orphan"
    """A job was left running that no attempt owns."""
    false_success = "false success"
    """A task that a user had ended continued, and reported success."""
    failed = "failed"
    """The task failed although a retry should have survived."""
    stuck = "stuck"
    """There was no final outcome: a process hung, or the attempts did not end."""
    not_reached = "not reached"
    """The point was not reached in this run, so the run shows nothing."""


@dataclass(frozen=True)
class Scenario:
    """One run of the operator: the signals that it gets, and how the service behaves."""

    aims: tuple[tuple[Point, Signal], ...] = ()
    behaviour: Behaviour = field(default_factory=Behaviour)
    service_fault: str = ""
    """The fault of the service; "" if it has none."""


@dataclass(frozen=True)
class Outcome:
    """The outcome of a scenario."""

    scenario: Scenario
    state: str
    """The final state of the task instance; `stuck` or `endless` if it has none."""
    findings: tuple[Finding, ...]
    restarted: bool
    """Whether a job was submitted again after it was cancelled, had failed or was lost."""
    in_window: bool
    """Whether the signal came between a submission and the next write to the store."""
    submissions: int
    events: Sequence[Event]

    @property
    def worst(self) -> Finding | None:
        """The worst finding; None if the operator survived."""
        return min(self.findings, key=list(Finding).index, default=None)


@dataclass(frozen=True)
class Target:
    """The operator to drill."""

    text: str
    """As the user named it."""
    path: str
    stem: str = ""
    """The stem of a scaffold's class names; "" for a factory."""
    factory: str = ""
    leaves_jobs: bool = False
    """Whether the job should continue if a user ends the task."""
    python: str = ""
    """The interpreter that has Airflow, as the user named it; "" for this one."""


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
    """Paths of the files whose lines were crash points, by the names that points use."""
    own: Sequence[str]
    """The names of the operator's own files; the others are Airflow's."""
    reached: Sequence[Reached]
    """Every point of the baseline run."""
    baseline: Outcome
    outcomes: Sequence[Outcome]
    seconds: float
    """How long the scenarios took."""
    starting: float = 0.0
    """Seconds before that, for starting Airflow and the baseline run."""
    honours_keys: bool | None = None
    """Whether the service was told to honour keys; None: as the hook declares."""
    pair_summary: PairSummary | None = None
    """The pairs among the outcomes; None if none were asked for."""
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
