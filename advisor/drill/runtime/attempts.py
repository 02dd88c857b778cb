"""The attempts of a task: which process of a run comes next, and when the task has ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
    XComCleared,
)
from advisor.drill.runtime.service import RunContext

MOST_ROUNDS: Final = 12
"""Maximum number of attempts of one run; with more, it is endless."""
DETECTION: Final = 300.0
"""Seconds after which Airflow notices that a worker is lost."""
FIRED, STOPPED = "fired", "stopped"
"""How a trigger ends."""
KILLED, STUCK, BROKEN = "killed", "stuck", "broken"
"""How a process that returns nothing ended: by a signal, after its time limit, with an error."""
OVER: Final = frozenset({"success", "failed", "skipped", STUCK})
ENDLESS: Final = "endless"


@dataclass(frozen=True)
class Attempt:
    """What Airflow knows about an attempt when it starts."""

    try_number: int
    max_tries: int
    resume: dict[str, Any] | None = None
    """The method and its arguments after a deferral, as the API server sends them."""

    @property
    def phase(self) -> str:
        """What the process does: `execute` or `resume`."""
        return RESUME if self.resume else EXECUTE


@dataclass(frozen=True)
class ProcessEnd:
    """How a process of a run ended."""

    state: str
    """The state of the task instance; for a trigger FIRED or STOPPED; or KILLED, STUCK, BROKEN."""
    error: str | None = None
    deferral: dict[str, Any] | None = None
    """The fields of Airflow's DeferTask message."""
    seconds: float = 0.0
    """How long the task is rescheduled for."""
    event: Any = None
    """The payload of a trigger that fired."""
    reached: Sequence[Reached] = ()
    """The points that were recorded."""
    clock: float = 0.0
    """The time at the end."""

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> ProcessEnd:
        """Return the end that a process has written as JSON."""
        reached = tuple(Reached(Point(*point), events) for point, events in record["reached"])
        return cls(**{**record, "reached": reached})


class Processes(Protocol):
    """Runs the processes of a run, one at a time."""

    def run_attempt(self, attempt: Attempt) -> ProcessEnd:
        """Run an attempt in a worker."""

    def run_trigger(self, deferral: dict[str, Any], attempt: Attempt) -> ProcessEnd:
        """Run the trigger that an attempt has deferred to."""

    def resume_with(self, deferral: dict[str, Any], event: Any) -> dict[str, Any]:
        """Return what an attempt resumes with after the event of its trigger."""


class AttemptSequence:
    """The attempts of one run, in the order in which Airflow would start them.

    Args:
        processes: runs each process of an attempt.
        context: the journal and the service of the run.
        clock: the clock of the run.
        retries: how many attempts may follow the first.
    """

    def __init__(
        self, processes: Processes, context: RunContext, clock: Clock, retries: int
    ) -> None:
        self._processes = processes
        self._context = context
        self._clock = clock
        self._attempt = Attempt(1, retries)
        self._deferral: dict[str, Any] | None = None

    def run(self) -> str:
        """Return the final state of the task instance, or STUCK or ENDLESS if it has none."""
        for _ in range(MOST_ROUNDS):
            state = self._resumed_state() or self._attempted_state()
            if state in OVER:
                return state
            if state != STOPPED:
                self._prepare_next(state)
            if self._attempt.try_number > self._attempt.max_tries + 1:
                return "failed"
        return ENDLESS

    def _resumed_state(self) -> str:
        """Run the trigger of a deferred task; return "" if another attempt should follow."""
        if self._deferral is None:
            return ""
        end = self._processes.run_trigger(self._deferral, self._attempt)
        if end.state == STUCK:
            return STUCK
        if self._is_ended_by_user():
            return "failed"
        if end.state != FIRED:
            # Airflow starts the trigger again, in this Triggerer or another.
            return STOPPED
        resume = self._processes.resume_with(self._deferral, end.event)
        self._attempt = replace(self._attempt, resume=resume)
        return ""

    def _attempted_state(self) -> str:
        """Run the attempt; return the state that Airflow gives to the task instance."""
        end = self._processes.run_attempt(self._attempt)
        self._deferral = None
        if self._is_ended_by_user() and end.state != STUCK:
            # Airflow ignores what the process reports: the user has set the state.
            return "failed"
        self._clock.put_forward(end.seconds)
        self._deferral = end.deferral
        return end.state

    def _prepare_next(self, state: str) -> None:
        """Do what Airflow and the service do between two attempts."""
        if state == "deferred":
            return
        self._context.journal.write(XComCleared())
        self._attempt = replace(self._attempt, resume=None)
        if state == "up_for_reschedule":
            return
        if state == KILLED:
            self._clock.put_forward(DETECTION)
        if self._context.behaviour.unseen:
            jobs = [event.job for event in self._context.journal.of(Submitted)]
            self._context.journal.write(JobsEnded(jobs))
        self._attempt = replace(self._attempt, try_number=self._attempt.try_number + 1)

    def _is_ended_by_user(self) -> bool:
        return any(event.signal == END for event in self._context.journal.of(SignalSent))
