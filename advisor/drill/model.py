"""The types of a drill: targets, scenarios, findings, outcomes and results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from advisor.drill.runtime.events import END, KILL, TERM, Event, Point, Reached, SignalSent
from advisor.drill.runtime.service import Behaviour


class Signal(str, Enum):
    """A signal to the worker or the trigger; the values are described in `runtime.events`."""

    KILL = KILL
    TERM = TERM
    END = END


class Finding(str, Enum):
    """What can be wrong with an outcome, worst first."""

    no_job = "success without a job"
    """The task succeeded, although a job that succeeds in the baseline run did not."""
    duplicate = "duplicate"
    """A job was submitted although one with the same spec was running or had succeeded."""
    result_lost = "result lost"
    """The task succeeded, but an XCom is missing or differs from the baseline run."""
    orphan = "orphan"
    """A job was left running, and no attempt of the task waits for it."""
    false_success = "false success"
    """The task reported success after a user had ended it, although its job did not succeed."""
    failed = "failed"
    """The task failed although a retry should have succeeded."""
    skipped = "skipped"
    """The task was skipped although a retry should have succeeded."""
    stuck = "stuck"
    """The task has no final state: a process hung, or the attempts never ended."""
    not_reached = "not reached"
    """The signal was not sent, because the run did not reach its point."""
    work_lost = "work lost on shutdown"
    """SIGTERM destroyed a running job, and another one was started; a warning by default."""


WARNINGS: Final = frozenset({Finding.work_lost})
"""The findings that are not violations unless the user asks for it."""
FAIL_ON: Final = frozenset(Finding) - WARNINGS
"""The findings that are violations by default."""


class Stage(str, Enum):
    """How far a task has got, in the order of a run."""

    before = "before submission"
    """The attempt has not submitted a job, and has not looked for an earlier one."""
    submitting = "submitting"
    """A job has been submitted, but its id is not safe yet.

    It is safe once it is stored. If the operator stores nothing, the stage ends with the first
    wait, poll or deferral.
    """
    polling = "polling"
    """A worker waits for a running job."""
    deferred = "deferred"
    """A trigger waits for a running job."""
    resuming = "resuming"
    """The method that a deferred task resumes with is running."""
    after = "after the end"
    """All submitted jobs have ended."""


class Pattern(str, Enum):
    """How an operator treats its jobs, as observed in the baseline run."""

    plain = "waits in the worker, stores nothing"
    durable = "waits in the worker, stores state"
    deferrable = "deferrable"
    no_wait = "does not wait"
    no_submission = "submits nothing"


class ServiceFault(str, Enum):
    """A fault of the job service."""

    job_fails = "the job fails"
    job_vanishes = "the job vanishes"
    answer_lost = "the answer to the submission is lost"
    submit_fails = "the first submit call fails"
    find_fails = "the first find call fails"
    status_fails = "the first status call fails"
    result_fails = "the first result call fails"
    unseen_end = "the job ends between two attempts"
    forgotten = "a job that succeeded is forgotten"


@dataclass(frozen=True)
class Scenario:
    """One run of the operator: the signals to send, and how the service behaves."""

    aims: tuple[tuple[Point, Signal], ...] = ()
    """The points to reach and the signals to send there, in order."""
    behaviour: Behaviour = field(default_factory=Behaviour)
    service_fault: str = ""
    """A ServiceFault, or the title of a fault of a live drill; "" if there is none."""


@dataclass(frozen=True)
class Moment:
    """When a signal was sent."""

    signal: str
    point: Point
    stage: Stage
    at: float = 0.0
    """Seconds since the epoch, simulated in the line drill."""


@dataclass(frozen=True)
class Job:
    """A job that the task submitted."""

    id: str | int
    end: str
    """Its status at the end of the run: `running`, `succeeded`, `failed`, `cancelled`, ..."""
    left: Stage | None = None
    """When it was left, if it is an orphan."""


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
    """Whether a signal was sent between submitting the job and storing or using its id."""
    events: Sequence[Event]
    moments: tuple[Moment, ...] = ()
    """When each signal was sent."""
    jobs: tuple[Job, ...] = ()
    """The jobs that were submitted."""
    tries: int = 1
    """The try in which the run ended."""
    lost_keys: tuple[str, ...] = ()
    """The keys of the XComs that are missing or differ from the baseline run."""

    @property
    def submissions(self) -> int:
        """The number of jobs that were submitted."""
        return len(self.jobs)

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
    jobs: tuple[Any, ...] = field(default=(), hash=False)  # JSON objects have no hash
    """Samples of jobs for a scaffold, from its record; () for those of the drill."""


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
    pattern: Pattern = Pattern.plain
    """How the operator treats its jobs."""
    fail_on: frozenset[Finding] = FAIL_ON
    """The findings that are violations."""

    @property
    def violations(self) -> list[Outcome]:
        """The outcomes with a finding that is a violation."""
        return [each for each in self.outcomes if not self.fail_on.isdisjoint(each.findings)]

    @property
    def noteworthy(self) -> list[Outcome]:
        """The outcomes with any finding, violations and warnings."""
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
