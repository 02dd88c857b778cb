"""Starts a run of an operator on a temporary Airflow, injects faults into it, and waits for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from advisor.drill.judge import FINAL, RETURN_VALUE
from advisor.drill.live.processes import KillMode, Worker
from advisor.drill.live.rest_api import TaskState, TaskStatePoller
from advisor.drill.live.services import NotReady, wait_until
from advisor.drill.live.temporary_airflow import TemporaryAirflow
from advisor.drill.runtime.events import (
    END,
    EXECUTE,
    TRIGGER,
    Cancelled,
    Ended,
    Event,
    Held,
    HoldRequested,
    JobsEnded,
    Point,
    Polled,
    SignalSent,
    Submitted,
    XComPushed,
)
from advisor.drill.runtime.live import Ledger, origin_of, submitted_by

SECONDS_TO_START: Final = 120.0
SECONDS_TO_RESUME: Final = 90.0
"""How long a job continues to run after a fault while no process polls it."""
SECONDS_TO_FINISH: Final = 180.0
SECONDS_TO_CANCEL: Final = 60.0
"""Long, because the first request of a new Triggerer is slow on a busy machine."""
SECONDS_TO_NOTICE: Final = 10.0
"""A process that still polls a job this long after a fault was not affected by it."""
POLL_INTERVAL: Final = 0.3
RUN_ID: Final = "<run id>"


@dataclass
class LiveRun:
    """A Dag run with one task."""

    airflow: TemporaryAirflow
    task_states: TaskStatePoller
    """The states of the tasks of all runs."""
    ledger: Ledger
    """The journal of all jobs and faults."""
    dag: str
    run: str
    task: str = ""
    """The id of its task; "" before the run is started."""
    waiting_state: str = ""
    """The state in which its task waits for the job; "" until it waits."""

    def start(self) -> None:
        """Start the run."""
        self.airflow.trigger(self.dag, run=self.run)
        (task,) = self.airflow.api.get("dags", self.dag, "tasks")["tasks"]
        self.task = task["task_id"]

    @property
    def task_state(self) -> TaskState:
        """The state of its task."""
        return self.task_states.state_of(self.run)

    @property
    def ended(self) -> bool:
        """Whether its task is in a final state."""
        return self.task_state.state in FINAL

    def events(self) -> list[Event]:
        """Return the events of the run and of its jobs, without the id of the run."""
        events = [*self.ledger.read()]
        jobs = {*submitted_by(events, self.run)}
        return [
            without_run_id(event, self.run)
            for event in events
            if origin_of(event).run == self.run or getattr(event, "job", None) in jobs
        ]

    def last_error(self) -> str:
        """Return the last error in the log of its task, or ""."""
        log = self.airflow.log(self.dag, self.run, self.task)
        return last_error(log)

    # ---- waiting

    def wait_until_waiting(self) -> None:
        """Wait until its task, running or deferred, waits for the job, or raise NotReady."""
        self._wait_until(self._is_waiting, SECONDS_TO_START, "does not wait for a job")
        self.waiting_state = self.task_state.state

    def wait_until_held(self) -> None:
        """Wait until the service holds back the answer to its first job, or raise NotReady."""
        self._wait_until(self._is_held, SECONDS_TO_START, "does not submit a job")

    def wait_until_resumed(self) -> None:
        """Wait until a process polls the job again after the fault, or the task has ended."""
        with suppress(NotReady):
            self._wait_until(lambda: is_resumed(self.events()) or self.ended, SECONDS_TO_RESUME, "")

    def finish(self) -> str:
        """Let its jobs end; return the final state of its task, or `endless` if it has none."""
        with suppress(NotReady):
            self._wait_until(self._end_jobs, SECONDS_TO_FINISH, "does not end")
        return self._final_state()

    def finish_cancelled(self) -> str:
        """Wait until its jobs are cancelled, without ending them; return the final state."""
        with suppress(NotReady):
            self._wait_until(
                lambda: self.ended and all_cancelled(self.events(), self.run), SECONDS_TO_CANCEL, ""
            )
        return self._final_state()

    # ---- faults

    def hold_submission(self) -> None:
        """Hold back the answer to its first submission."""
        self._write(HoldRequested())

    def signal_worker(self, kill_mode: KillMode, signal: str) -> Worker | None:
        """Signal its worker and return it; return None if no worker runs its task."""
        try:
            worker = self.airflow.signal_worker(self.dag, self.run, self.task, kill_mode)
        except NotReady:
            return None
        # NOTE: record the fault after sending the signal, because the record releases a held
        # submission.
        self.record_fault(signal)
        return worker

    def clear(self) -> None:
        """Clear its task, as a user does."""
        self.record_fault("CLEAR")
        self.airflow.clear(self.dag, self.run, self.task)

    def mark_failed(self) -> None:
        """Mark its task as failed, as a user does."""
        self.record_fault(END)
        self.airflow.mark_failed(self.dag, self.run, self.task)

    def record_fault(self, signal: str) -> None:
        """Write a fault to the ledger."""
        phase = TRIGGER if self.task_state.state == "deferred" else EXECUTE
        self._write(SignalSent(signal, Point(phase, "wait", 1)))

    # ---- private

    def _write(self, event: Event) -> None:
        self.ledger.write(event, run=self.run)

    def _wait_until(self, condition: Callable[[], bool], timeout: float, complaint: str) -> None:
        def message() -> str:
            state = self.task_state
            return f"the task {complaint} (state {state.state or 'none'}, try {state.try_number})"

        wait_until(condition, timeout, message, POLL_INTERVAL)

    def _is_waiting(self) -> bool:
        self._raise_if_ended()
        return is_waiting(self.task_state.state, self.events())

    def _is_held(self) -> bool:
        self._raise_if_ended()
        return any(isinstance(event, Held) for event in self.events())

    def _raise_if_ended(self) -> None:
        if self.ended:
            raise NotReady(f"the task ended ({self.task_state.state}) before it waited for a job")

    def _end_jobs(self) -> bool:
        running = jobs_to_end(self.events(), self.run)
        if running:
            self._write(JobsEnded(running))
        return self.ended

    def _final_state(self) -> str:
        """Record the task's result and final state; return the state."""
        with suppress(LookupError):
            value = self.airflow.xcom(self.dag, self.run, self.task)
            self._write(XComPushed(RETURN_VALUE, value))
        state = self.task_state.state if self.ended else "endless"
        self._write(Ended(EXECUTE, self.task_state.try_number, state))
        return state


def without_run_id(event: Event, run: str) -> Event:
    """Return an event whose spec or value has RUN_ID in place of the id of its run.

    Templates put the id into specs and results, which are compared with those of other runs.
    """
    if isinstance(event, Submitted):
        return replace(event, spec=_with_constant_id(event.spec, run))
    if isinstance(event, XComPushed):
        return replace(event, value=_with_constant_id(event.value, run))
    return event


def _with_constant_id(value: Any, run: str) -> Any:  # noqa: ANN401 - any JSON value
    return json.loads(json.dumps(value).replace(run, RUN_ID))


def is_waiting(state: str, events: Sequence[Event]) -> bool:
    """Return whether a task waits for its job, given its state and events.

    A deferred task waits once its trigger polls in another process than the one that submitted.
    """
    submitters = {origin_of(each).process for each in events if isinstance(each, Submitted)}
    pollers = {origin_of(each).process for each in events if isinstance(each, Polled)}
    if state == "deferred":
        return bool(pollers - submitters)
    return state == "running" and bool(pollers)


def is_resumed(events: Sequence[Event]) -> bool:
    """Return whether a new process polls a job after the fault, or an old one continues to poll.

    True if no fault was injected.
    """
    fault = next((n for n, event in enumerate(events) if isinstance(event, SignalSent)), None)
    if fault is None:
        return True
    processes_before = {origin_of(event).process for event in events[:fault]}
    noticed_at = origin_of(events[fault]).at + SECONDS_TO_NOTICE
    polls = (origin_of(event) for event in events[fault:] if isinstance(event, Polled))
    return any(poll.process not in processes_before or poll.at > noticed_at for poll in polls)


def jobs_to_end(events: Sequence[Event], run: str) -> list[str]:
    """Return the jobs of a run that the drill has not ended yet."""
    ended = {job for event in events if isinstance(event, JobsEnded) for job in event.jobs}
    return [job for job in submitted_by(events, run) if job not in ended]


def all_cancelled(events: Sequence[Event], run: str) -> bool:
    """Return whether all jobs of a run were cancelled."""
    cancelled = {event.job for event in events if isinstance(event, Cancelled)}
    return cancelled.issuperset(submitted_by(events, run))


def last_error(log: str) -> str:
    """Return the type and message of the last error in an Airflow 3 log, or ""."""
    errors = [
        entry["error_detail"]
        for entry in map(_log_entry, log.splitlines())
        if entry.get("error_detail")
    ]
    details = errors[-1] if errors else []
    return ": ".join(f"{each['exc_type']}: {each['exc_value']}" for each in details[-1:])


def _log_entry(line: str) -> dict[str, Any]:
    """Return a log line as a mapping, or {} if it is not a JSON object."""
    with suppress(ValueError):
        entry = json.loads(line)
        if isinstance(entry, dict):
            return entry
    return {}
