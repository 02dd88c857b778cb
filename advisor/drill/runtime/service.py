"""The fake job service of a drill, which survives the worker and keeps a ledger."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from advisor.drill.runtime.clock import Clock
from advisor.drill.runtime.events import (
    END,
    EXECUTE,
    TERM,
    Cancelled,
    Ended,
    Event,
    FoundByKey,
    Given,
    JobsEnded,
    Journal,
    Kept,
    LookedUp,
    Polled,
    Refused,
    ResultFetched,
    SignalSent,
    Started,
    Submitted,
    UnknownCancelled,
)

CALIBRATION_MOVES: Final = 2
"""How often the clock moves before jobs end in a run that calibrates their duration.

It is as small as possible, because each sleep of an operator adds crash points.
"""
FIRST_NUMBER: Final = 1_000_001
"""The first numeric id, large enough not to be mistaken for other numbers."""
RESCHEDULED: Final = "up_for_reschedule"
"""The state of a task between two looks of the same attempt."""
TOLERANCE: Final = 1e-3
"""Seconds by which a job can end early, so that rounding does not delay it by a whole sleep."""


class Status(str, Enum):
    """The statuses of a job, as a service returns them to a factory; equal to their texts."""

    RUNNING = "RUNNING"
    """The job has been submitted and has not ended."""
    SUCCEEDED = "SUCCEEDED"
    """The job ended by itself, and has a result."""
    FAILED = "FAILED"
    """The job ended by itself, without a result."""
    CANCELLED = "CANCELLED"
    """The job was cancelled while it was running."""
    NOT_FOUND = "NOT_FOUND"
    """No job has this id, or the system has forgotten the job."""

    __str__ = str.__str__


@dataclass(frozen=True)
class Statuses:
    """The statuses, as the system spells them."""

    running: str = Status.RUNNING
    succeeded: str = Status.SUCCEEDED
    failed: str = Status.FAILED
    cancelled: str = Status.CANCELLED
    not_found: str = Status.NOT_FOUND


@dataclass(frozen=True)
class Job:
    """A job of the service."""

    id: Any
    """`job-1`, `job-2`, ...; or 1000001, 1000002, ... if the service has numeric ids."""
    spec: Any
    """What was submitted. Jobs with equal specs do the same work, so a second one is a duplicate if
    the first one is running or has succeeded."""
    key: str | None
    """The idempotency key of the submission."""
    submitted_at: float
    """The simulated time of the submission, in seconds, as `time.time` returns it."""


@dataclass(frozen=True)
class Behaviour:
    """How the service treats its jobs and its callers."""

    duration: float = 2.0
    """Seconds that a job runs, not counting those between two attempts (see `state_of`)."""
    calibrates: bool = False
    """Whether jobs end after CALIBRATION_MOVES instead, to find a duration for the operator."""
    first_ends: str = "succeeded"
    """How the first job ends: `succeeded`, `failed` or `not_found`; all others succeed."""
    honours_keys: bool = True
    """Whether a submission that repeats a key returns the job of the first submission."""
    finds_keys: bool = True
    """Whether jobs can be looked up by key."""
    listing_lag: float = 0.0
    """Seconds after a submission before `find` returns its job."""
    unseen: bool = False
    """Whether jobs end while no attempt is running."""
    forgets: bool = False
    """Whether a job whose end was polled is no longer found by later attempts.

    The attempt that polled it still finds it, because operators read a job again after its end.
    """
    fails_once: tuple[str, ...] = ()
    """The calls that fail the first time, before they have any effect."""
    loses_answer: bool = False
    """Whether the first submission is accepted but its answer is lost."""


class ServiceUnavailable(ConnectionError):
    """The service did not answer."""


@dataclass
class RunContext:
    """The journal, the behaviour of the service and the tracer of one run."""

    journal: Journal
    behaviour: Behaviour
    reach: Callable[[str], None]
    """Called with a place, such as `submit:before`, before and after each external call."""
    in_factory: bool = False
    """Whether the factory is running, and not yet the operator."""

    def keep(self, key: str, value: Any) -> None:
        """Keep a JSON value, which all processes of the run can read."""
        self.journal.write(Kept(key, value))

    def kept(self, key: str) -> Any:
        """Return the value that was kept last under a key, or None."""
        values = [event.value for event in self.journal.of(Kept) if event.key == key]
        return values[-1] if values else None


class JobService:
    """The service that an operator under drill submits to, in place of the real system.

    It has the members of a hook written by `advisor scaffold`: `submit`, `find`, `status`,
    `astatus`, `cancel` and `result`, before and after each of which the drill can send a signal.
    The other members are for stand-ins of a system: `peek`, `jobs`, `keep` and `kept` are not calls
    of the operator, so they are not crash points, and only `keep` leaves an event.

    A factory can submit jobs too, for an operator that waits for the job of another task. It can
    set two attributes:

    - `duration`: the number of simulated seconds that a job runs. By default it is so short that
      an operator sleeps twice before the job has ended.
    - `numeric_ids`: whether the ids of jobs are numbers (default: False).

    Args:
        context: the context of the run, whose journal is the ledger.
        clock: the clock of the run.
        statuses: the statuses, as the system spells them.
    """

    def __init__(self, context: RunContext, clock: Clock, statuses: Statuses) -> None:
        self._context = context
        self._clock = clock
        self._statuses = statuses
        self.duration: float | None = None
        self.numeric_ids = False
        self.ACTIVE = frozenset({statuses.running})
        self.SUCCEEDED = frozenset({statuses.succeeded})
        self.FAILED = frozenset({statuses.failed, statuses.cancelled})

    @property
    def jobs(self) -> list[Job]:
        """All jobs that were submitted so far, oldest first."""
        return [
            Job(event.job, event.spec, event.key, event.at or 0.0)
            for event in self._context.journal.of(Submitted)
        ]

    def peek(self, job_id: Any) -> str:
        """Return the status of a job, like `status`, but without a crash point or an event."""
        return self._spelled(self._current(job_id))

    def keep(self, key: str, value: Any) -> None:
        """Keep a JSON value, such as a label; it survives the process."""
        self._context.keep(key, value)

    def kept(self, key: str) -> Any:
        """Return the value that was kept last under a key, or None."""
        return self._context.kept(key)

    def submit(self, spec: Any, key: str | None = None) -> Any:
        """Start a job and return its id.

        Args:
            spec: what to run, a JSON value; jobs with equal specs do the same work.
            key: the idempotency key; a key that was used before returns the job of then.
        """
        if self._context.in_factory:
            return self._given(key, spec)
        self._begin("submit")
        job = self._started(key) if self._context.behaviour.honours_keys else None
        if job is None:
            job = self._new_id()
            self._start(Submitted(job, key, spec, at=self._clock.time()))
        else:
            self._context.journal.write(FoundByKey(job, key))
        self._context.reach("submit:after")
        return job

    def submit_as(self, job_id: Any, spec: Any, key: str | None = None) -> None:
        """Start a job whose id the caller chooses."""
        self._begin("submit")
        self._start(Submitted(job_id, key, spec, at=self._clock.time()))
        self._context.reach("submit:after")

    def find(self, key: str) -> Any:
        """Return the id of the job that was started with a key, or None if no job was."""
        self._begin("find")
        job = self._started(key, self._context.behaviour.listing_lag) if self._finds else None
        self._context.journal.write(LookedUp(key, job))
        self._context.reach("find:after")
        return job

    def status(self, job_id: Any) -> str:
        """Return the status of a job: one of `Status` for a factory."""
        return self._spelled(self.poll(job_id))

    def poll(self, job_id: Any) -> str:
        """Return the status of a job: the name of a field of Statuses."""
        self._begin("status")
        status = self._current(job_id)
        self._context.journal.write(Polled(self._known(job_id), status))
        self._context.reach("status:after")
        return status

    async def astatus(self, job_id: Any) -> str:
        """Return the status of a job, from async code."""
        return self.status(job_id)

    def cancel(self, job_id: Any) -> None:
        """Cancel a job; do nothing if it has ended, and note it if it never existed."""
        self._begin("cancel")
        job = self._known(job_id)
        is_known = job in self._jobs()
        self._context.journal.write(Cancelled(job) if is_known else UnknownCancelled(job_id))
        self._context.reach("cancel:after")

    def result(self, job_id: Any) -> Any:
        """Return the result of a job: `{"result_of": spec}`.

        Raises:
            LookupError: the job has not succeeded.
        """
        self._begin("result")
        job = self._known(job_id)
        if self._status(job) != "succeeded":
            raise LookupError(f"{job_id} has no result")
        self._context.journal.write(ResultFetched(job))
        self._context.reach("result:after")
        return {"result_of": self._jobs()[job].spec}

    def _given(self, key: str | None, spec: Any) -> Any:
        """Return the job that the factory starts, which is the same in all processes of a run."""
        given = Given(self._new_id(), key, json.loads(json.dumps(spec)), at=self._clock.time())
        for event in self._context.journal.of(Given):
            if (event.key, event.spec) == (given.key, given.spec):
                return event.job
        self._start(given)
        return given.job

    def _new_id(self) -> Any:
        number = len(self._jobs()) + 1
        return FIRST_NUMBER - 1 + number if self.numeric_ids else f"job-{number}"

    def _known(self, job_id: Any) -> Any:
        """Return the id as it was submitted; systems accept numbers as text, and vice versa."""
        return next((job for job in self._jobs() if str(job) == str(job_id)), job_id)

    def _start(self, submission: Submitted) -> None:
        self._clock.count_moves()
        self._context.journal.write(submission)
        if self._context.behaviour.loses_answer and len(self._jobs()) == 1:
            raise ServiceUnavailable("The answer to the submission was lost")

    def _current(self, job_id: Any) -> str:
        job = self._known(job_id)
        return "not_found" if self._has_forgotten(job) else self._status(job)

    def _spelled(self, status: str) -> str:
        return getattr(self._statuses, status)  # type: ignore[no-any-return]

    @property
    def _finds(self) -> bool:
        return self._context.behaviour.finds_keys or self._context.behaviour.honours_keys

    def _has_forgotten(self, job_id: Any) -> bool:
        if not self._context.behaviour.forgets:
            return False
        events = self._context.journal.read()
        earlier = (each for each in events[: start_of_attempt(events)] if isinstance(each, Polled))
        return any(each.job == job_id and each.status != "running" for each in earlier)

    def _begin(self, call: str) -> None:
        self._context.reach(f"{call}:before")
        if call in self._context.behaviour.fails_once:
            refused = {event.call for event in self._context.journal.of(Refused)}
            if call not in refused:
                self._context.journal.write(Refused(call))
                raise ServiceUnavailable(f"{call} was not answered")

    def _jobs(self) -> dict[Any, Submitted]:
        return {event.job: event for event in self._context.journal.of(Submitted)}

    def _started(self, key: str | None, lag: float = 0.0) -> Any:
        now = self._clock.time()
        for job, event in self._jobs().items():
            if key is not None and event.key == key and now >= (event.at or 0.0) + lag:
                return job
        return None

    def _status(self, job_id: Any) -> str:
        jobs = self._jobs()
        if job_id not in jobs:
            return "not_found"
        if self._context.behaviour.calibrates and self._clock.moves >= CALIBRATION_MOVES:
            self._context.journal.write(JobsEnded([*jobs]))
        events, now = self._context.journal.read(), self._clock.time()
        return state_of(job_id, events, self._context.behaviour, now)


def start_of_attempt(events: Sequence[Event]) -> int:
    """Return the index at which the last attempt started.

    The resumed method belongs to its attempt, and so does each process after a reschedule.
    """
    starts = {
        event.attempt: number
        for number, event in reversed([*enumerate(events)])
        if isinstance(event, Started) and event.phase == EXECUTE
    }
    return max(starts.values(), default=0)


def state_of(job: Any, events: Sequence[Event], behaviour: Behaviour, now: float) -> str:
    """Return the status of a job: a field of Statuses.

    A job runs for `behaviour.duration` seconds. The time between two attempts, in which Airflow
    detects a lost worker and waits before it retries, does not count, so that a retry finds the
    job as the last attempt left it; jobs that end in that time are a behaviour (`unseen`).
    Jobs run longer than Airflow waits for a process: a job that is running when a worker is asked
    to stop does not end before the process does, and one that is running when a user ends the task
    runs until it is cancelled.

    Args:
        job: the id of the job.
        events: the events so far.
        behaviour: how the service treats its jobs.
        now: the time in seconds, as in the events.
    """
    first = next((event.job for event in events if isinstance(event, Submitted)), job)
    end = behaviour.first_ends if job == first else "succeeded"
    duration = math.inf if behaviour.calibrates else behaviour.duration - TOLERANCE
    ages = _ages(job, events)
    for event, age in zip(events, ages, strict=True):
        if isinstance(event, SignalSent) and event.signal == END and age < duration:
            duration = math.inf
        elif isinstance(event, Polled) and event.job == job and event.status != "running":
            return event.status
        elif isinstance(event, Cancelled) and event.job == job:
            return end if age >= duration else "cancelled"
        elif isinstance(event, JobsEnded) and job in event.jobs:
            return end
    return end if age_of(job, events, now) >= duration else "running"


def age_of(job: Any, events: Sequence[Event], now: float) -> float:
    """Return the seconds that a job has run, not counting those between two attempts."""
    return [0.0, *_ages(job, [*events, Event(at=now)])][-1]


def _ages(job: Any, events: Iterable[Event]) -> list[float]:
    """Return the age of a job at each event."""
    ages: list[float] = []
    age, since, working, submitted = 0.0, 0.0, True, False
    for event in events:
        at = since if event.at is None else event.at
        age += at - since if submitted and working else 0.0
        since = at
        if isinstance(event, Submitted):
            submitted = submitted or event.job == job
        elif isinstance(event, Started):
            working = True
        elif isinstance(event, Ended):
            working = event.state == RESCHEDULED
        elif isinstance(event, SignalSent) and event.signal == TERM:
            working = False
        ages.append(age)
    return ages
