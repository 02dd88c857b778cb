"""The attempts of a task: decides which process runs next, and when the task has ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

from advisor.drill.runtime.clock import Clock
from advisor.drill.runtime.events import (
    END,
    EXECUTE,
    RESUME,
    JobsEnded,
    Point,
    Reached,
    SignalSent,
    Submitted,
    Unanswered,
    XComCleared,
)
from advisor.drill.runtime.service import RunContext

MOST_ROUNDS: Final = 12
"""Maximum number of rounds of a run; in each one, a trigger or an attempt or both are run."""
DETECTION: Final = 300.0
"""Seconds after which Airflow detects a lost worker."""
FIRED, STOPPED, EXHAUSTED = "fired", "stopped", "exhausted"
"""How a trigger can end: with an event, because it was stopped, or without an event."""
KILLED, STUCK, BROKEN = "killed", "stuck", "broken"
"""How a process without a result ended: by a signal, by the time limit, by an error."""
OVER: Final = frozenset({"success", "failed", "skipped", STUCK})
ENDLESS: Final = "endless"
NO_EVENT: Final = "the trigger ended without an event"


@dataclass(frozen=True)
class Attempt:
    """An attempt, as Airflow describes it to the worker."""

    try_number: int
    max_tries: int
    resume: dict[str, Any] | None = None
    """The method to resume with and its arguments, as the API server sends them."""

    @property
    def phase(self) -> str:
        """The phase of the process: `execute` or `resume`."""
        return RESUME if self.resume else EXECUTE


@dataclass(frozen=True)
class ProcessEnd:
    """How a process of a run ended."""

    state: str
    """The state of the task instance, or how a trigger ended; or KILLED, STUCK, BROKEN."""
    error: str | None = None
    deferral: dict[str, Any] | None = None
    """The fields of Airflow's DeferTask message."""
    seconds: float = 0.0
    """The time until a rescheduled task runs again."""
    event: Any = None
    """The payload of a trigger that fired."""
    reached: Sequence[Reached] = ()
    """The points that were recorded."""
    clock: float = 0.0
    """The time at the end."""
    imported: Sequence[str] = ()
    """The modules that the process has imported."""
    times: Sequence[float] = ()
    """The time at each of these points."""
    visits: Mapping[str, int] = field(default_factory=dict)
    """How often each place was reached, also in earlier processes of the run."""

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> ProcessEnd:
        """Parse the end that a process reported as JSON."""
        reached = tuple(Reached(Point(*point), events) for point, events in record["reached"])
        lists = {name: tuple(record[name]) for name in ("times", "imported")}
        return cls(**{**record, **lists, "reached": reached})


class Processes(Protocol):
    """Runs the processes of a run, one at a time."""

    def run_attempt(self, attempt: Attempt) -> ProcessEnd:
        """Run an attempt in a worker."""

    def run_trigger(self, deferral: dict[str, Any], attempt: Attempt) -> ProcessEnd:
        """Run the trigger of a deferred attempt."""

    def resume_with(self, deferral: dict[str, Any], event: Any) -> dict[str, Any]:
        """Return the `resume` of an attempt after its trigger has sent an event."""

    def fail_with(self, error: str) -> dict[str, Any]:
        """Return the `resume` of an attempt after its trigger has failed."""


class AttemptSequence:
    """Runs the attempts of one run in the order in which Airflow would start them.

    Args:
        processes: runs each process of an attempt.
        context: the journal and the service of the run.
        clock: the clock of the run.
        retries: the maximum number of attempts after the first.
        retry_delays: the seconds before each retry; the last one holds for all others.
    """

    def __init__(
        self,
        processes: Processes,
        context: RunContext,
        clock: Clock,
        retries: int,
        retry_delays: Sequence[float] = (0.0,),
    ) -> None:
        self._processes = processes
        self._context = context
        self._clock = clock
        self._attempt = Attempt(1, retries)
        self._retry_delays = retry_delays
        self._deferral: dict[str, Any] | None = None

    def run(self) -> str:
        """Run all attempts; return the final state of the task, or STUCK or ENDLESS if none."""
        for _ in range(MOST_ROUNDS):
            state = self._resumed_state() or self._attempted_state()
            if any(self._context.journal.of(Unanswered)):
                return BROKEN
            if state in OVER:
                return state
            if state != STOPPED:
                self._prepare_next(state)
            if self._attempt.try_number > self._attempt.max_tries + 1:
                return "failed"
        return ENDLESS

    def _resumed_state(self) -> str:
        """Run the trigger of a deferred task; return "" if an attempt must run next."""
        if self._deferral is None:
            return ""
        end = self._processes.run_trigger(self._deferral, self._attempt)
        if end.state == STUCK:
            return STUCK
        if self._is_ended_by_user():
            return "failed"
        if end.state in {STOPPED, KILLED}:
            # Airflow starts the trigger again, in this Triggerer or in another one.
            return STOPPED
        if end.state == FIRED:
            resume = self._processes.resume_with(self._deferral, end.event)
        else:
            # Airflow resumes the task only to fail it (airflow/models/trigger.py, submit_failure).
            resume = self._processes.fail_with(end.error or NO_EVENT)
        self._attempt = replace(self._attempt, resume=resume)
        return ""

    def _attempted_state(self) -> str:
        """Run the attempt; return the state that Airflow sets."""
        end = self._processes.run_attempt(self._attempt)
        self._deferral = None
        if self._is_ended_by_user() and end.state != STUCK:
            # Airflow ignores the report of the process, because the user has set the state.
            return "failed"
        self._clock.put_forward(end.seconds)
        self._deferral = end.deferral
        return end.state

    def _prepare_next(self, state: str) -> None:
        """Simulate what Airflow and the service do between two attempts."""
        if state == "deferred":
            return
        self._context.journal.write(XComCleared())
        self._attempt = replace(self._attempt, resume=None)
        if state == "up_for_reschedule":
            return
        if state == KILLED:
            self._clock.put_forward(DETECTION)
        self._clock.put_forward(self._retry_delay())
        if self._context.behaviour.unseen:
            jobs = [event.job for event in self._context.journal.of(Submitted)]
            self._context.journal.write(JobsEnded(jobs))
        self._attempt = replace(self._attempt, try_number=self._attempt.try_number + 1)

    def _retry_delay(self) -> float:
        """Return the seconds before the next retry."""
        return self._retry_delays[: self._attempt.try_number][-1]

    def _is_ended_by_user(self) -> bool:
        return any(event.signal == END for event in self._context.journal.of(SignalSent))
