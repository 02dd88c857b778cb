"""One run of an operator on a real Airflow: watched, disturbed, and judged by what it left."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from advisor.drill.judge import FINAL, RETURN_VALUE
from advisor.drill.live.task_states import TaskState, TaskStatePoller
from advisor.drill.live.temporary_airflow import TemporaryAirflow
from advisor.drill.live.waiting import NotReady, until
from advisor.drill.live.workers import KillMode, Worker
from advisor.drill.runtime.events import (
    Cancelled,
    Ended,
    Event,
    Held,
    HoldRequested,
    JobsEnded,
    Polled,
    SignalSent,
    Submitted,
    XComPushed,
)
from advisor.drill.runtime.ledger import Ledger, origin_of, submitted_by
from advisor.drill.runtime.points import END, EXECUTE, TRIGGER, Point

SECONDS_TO_BEGIN: Final = 120.0
SECONDS_TO_GO_ON: Final = 90.0
"""How long a job runs at the most before somebody asks for it again after a disturbance."""
SECONDS_TO_END: Final = 180.0
SECONDS_TO_CANCEL: Final = 60.0
"""A Triggerer on a busy machine takes long to answer the first question of its life."""
SECONDS_TO_NOTICE: Final = 10.0
"""Whoever asks for a job later than that after a disturbance has taken no notice of it."""
PAUSE: Final = 0.3


class LiveRun:
    """A Dag run with one task.

    Args:
        airflow: where it runs.
        board: the states of its tasks.
        ledger: what its jobs are written to, and what is done to it.
        dag: the id of its Dag.
        run: its id.
    """

    def __init__(
        self,
        airflow: TemporaryAirflow,
        task_states: TaskStatePoller,
        ledger: Ledger,
        dag: str,
        run: str,
    ) -> None:
        self._airflow = airflow
        self._task_states = task_states
        self._ledger = ledger
        self.dag = dag
        self.run = run
        self.task = ""
        """The id of its task; known once it was started."""
        self.where = ""
        """The state in which it waited for its job; "" before."""

    def start(self) -> None:
        """Start the run."""
        self._airflow.trigger(self.dag, run=self.run)
        (task,) = self._airflow.api.get("dags", self.dag, "tasks")["tasks"]
        self.task = task["task_id"]

    def hold(self) -> None:
        """Let the answer to its first submission not arrive."""
        self._note(HoldRequested())

    @property
    def task_state(self) -> TaskState:
        """Where its task stands."""
        return self._task_states.of(self.run)

    @property
    def over(self) -> bool:
        """Whether its task has ended for good."""
        return self.task_state.state in FINAL

    def events(self) -> list[Event]:
        """Return what has happened to the run and to its jobs."""
        events = [*self._ledger.read()]
        jobs = {*submitted_by(events, self.run)}
        return [
            event
            for event in events
            if origin_of(event).run == self.run or getattr(event, "job", None) in jobs
        ]

    def last_words(self) -> str:
        """Return the last error in the log of its task, "" where there is none."""
        log = self._airflow.log(self.dag, self.run, self.task)
        errors = [entry for entry in map(_entry, log.splitlines()) if entry.get("error_detail")]
        details = errors[-1]["error_detail"] if errors else []
        return ": ".join(f"{each['exc_type']}: {each['exc_value']}" for each in details[-1:])

    # ---- waiting for it

    def wait_until_it_waits(self) -> None:
        """Wait until it waits for its job, `running` in a worker or `deferred` in a trigger.

        Raises:
            NotReady: it does not begin to wait.
        """
        self._until(self._waits, SECONDS_TO_BEGIN, "is not seen to wait for a job")
        self.where = self.task_state.state

    def wait_until_held(self) -> None:
        """Wait until its first submission was accepted, of which its worker knows nothing.

        Raises:
            NotReady: it has submitted nothing.
        """
        self._until(
            lambda: self._goes_on() and self._is_held(), SECONDS_TO_BEGIN, "does not submit a job"
        )

    def wait_until_taken_up(self) -> None:
        """Let its job run until another process asks for it, or nobody does any more."""
        with suppress(NotReady):
            self._until(lambda: self._taken_up() or self.over, SECONDS_TO_GO_ON, "")

    def finish(self) -> str:
        """Let its jobs end; return the final state of its task, `endless` where it has none."""
        with suppress(NotReady):
            self._until(self._let_jobs_end, SECONDS_TO_END, "does not end")
        return self._final()

    def finish_ended(self) -> str:
        """Wait until its jobs are cancelled, which nothing else ends; return the final state."""
        with suppress(NotReady):
            self._until(lambda: self.over and self._all_cancelled, SECONDS_TO_CANCEL, "")
        return self._final()

    # ---- disturbing it

    def signal_worker(self, kill_mode: KillMode, signal: str) -> Worker | None:
        """Send a signal to its worker; return None where there was none to be hit."""
        try:
            worker = self._airflow.signal_worker(self.dag, self.run, self.task, kill_mode)
        except NotReady:
            return None
        # NOTE: noted after it was sent, as a held submission would go on otherwise.
        self.note_signal(signal)
        return worker

    def clear(self, signal: str) -> None:
        """Clear its task, as a user does."""
        self.note_signal(signal)
        self._airflow.clear(self.dag, self.run, self.task)

    def mark_failed(self) -> None:
        """Mark its task as failed, as a user does."""
        self.note_signal(END)
        self._airflow.mark_failed(self.dag, self.run, self.task)

    def note_signal(self, signal: str) -> None:
        """Note what was done to it."""
        phase = TRIGGER if self.task_state.state == "deferred" else EXECUTE
        self._note(SignalSent(signal, Point(phase, "wait", 1)))

    # ---- inside

    def _note(self, event: Event) -> None:
        self._ledger.write(event, run=self.run)

    def _until(self, ask: Callable[[], bool], seconds: float, complaint: str) -> None:
        until(ask, seconds, lambda: f"the task {complaint}: {self.task_state}", PAUSE)

    def _is_held(self) -> bool:
        return any(isinstance(event, Held) for event in self.events())

    def _goes_on(self) -> bool:
        """Return True; raise NotReady where there is nothing to wait for any more."""
        if self.over:
            raise NotReady(f"its task ended ({self.task_state.state}) before it waited for a job")
        return True

    def _waits(self) -> bool:
        """Return whether it waits; a deferred one whose trigger has not begun does not yet."""
        self._goes_on()
        events = self.events()
        submitters = {origin_of(each).process for each in events if isinstance(each, Submitted)}
        asking = {origin_of(each).process for each in events if isinstance(each, Polled)}
        if self.task_state.state == "deferred":
            return bool(asking - submitters)
        return self.task_state.state == "running" and bool(asking)

    def _taken_up(self) -> bool:
        """Return whether somebody asks for a job who did not before, or who took no notice."""
        events = self.events()
        struck = next((n for n, event in enumerate(events) if isinstance(event, SignalSent)), None)
        if struck is None:
            return True
        before = {origin_of(event).process for event in events[:struck]}
        noticed_by = origin_of(events[struck]).at + SECONDS_TO_NOTICE
        return any(
            origin_of(event).process not in before or origin_of(event).at > noticed_by
            for event in events[struck:]
            if isinstance(event, Polled)
        )

    def _let_jobs_end(self) -> bool:
        events = self.events()
        ended = {job for each in events if isinstance(each, JobsEnded) for job in each.jobs}
        left = [job for job in submitted_by(events, self.run) if job not in ended]
        if left:
            self._note(JobsEnded(left))
        return self.over

    @property
    def _all_cancelled(self) -> bool:
        events = self.events()
        cancelled = {event.job for event in events if isinstance(event, Cancelled)}
        return cancelled.issuperset(submitted_by(events, self.run))

    def _final(self) -> str:
        """Note the result and the final state, and return that."""
        with suppress(LookupError):
            value = self._airflow.xcom(self.dag, self.run, self.task)
            self._note(XComPushed(RETURN_VALUE, value))
        state = self.task_state.state if self.over else "endless"
        self._note(Ended(EXECUTE, self.task_state.try_number, state))
        return state


def _entry(line: str) -> dict[str, Any]:
    """Return a line of a log as Airflow 3 writes it; {} for any other."""
    with suppress(ValueError):
        found = json.loads(line)
        if isinstance(found, dict):
            return found
    return {}
