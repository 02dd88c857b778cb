"""The faults of a live drill: what each one does to a run, and in which states it can occur."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from advisor.drill.live.live_run import LiveRun
from advisor.drill.live.processes import KillMode, Worker
from advisor.drill.model import Signal
from advisor.drill.runtime.events import EXECUTE, KILL, TERM, TRIGGER, Point

RUNNING: Final = "running"
DEFERRED: Final = "deferred"
"""The states of a task that waits for its job, in a worker or in the Triggerer."""
ANY_STATE: Final = (RUNNING, DEFERRED)
GRACE_PERIOD: Final = 4.0
"""Seconds between SIGTERM and SIGKILL when a worker is preempted."""


@dataclass(frozen=True)
class FaultScenario:
    """A fault that is injected into a run."""

    id: str
    title: str
    states: tuple[str, ...]
    """The states of a waiting task in which the fault can be injected."""
    signal: Signal | None
    """The signal that the judge equates the fault with; None if no fault is injected."""
    inject: Callable[[LiveRun], object]
    in_submission: bool = False
    """Whether it is injected after a job was submitted and before the task receives its id."""

    @property
    def aims(self) -> tuple[tuple[Point, Signal], ...]:
        """The expected signals, in the form of the line drill."""
        phase = EXECUTE if RUNNING in self.states else TRIGGER
        return ((Point(phase, self.id, 1), self.signal),) if self.signal else ()

    def start(self, live_run: LiveRun) -> None:
        """Start a run and wait for the moment of the fault; raise NotReady if it never comes."""
        if self.in_submission:
            live_run.hold_submission()
        live_run.start()
        if self.in_submission:
            live_run.wait_until_held()
        else:
            live_run.wait_until_waiting()

    def finish(self, live_run: LiveRun) -> str:
        """Let a run end after the fault; return the final state of its task."""
        if self.signal is Signal.END:
            return live_run.finish_cancelled()
        if self.signal is not None:
            live_run.wait_until_resumed()
        return live_run.finish()


def kill_worker(live_run: LiveRun) -> None:
    """Kill the worker."""
    live_run.signal_worker(KillMode.WORKER, KILL)


def stop_worker(live_run: LiveRun) -> Worker | None:
    """Ask the worker to stop; return the worker."""
    return live_run.signal_worker(KillMode.SHUTDOWN, TERM)


def preempt_worker(live_run: LiveRun) -> None:
    """Ask the worker to stop; kill what is left of it after the grace period."""
    worker = stop_worker(live_run)
    time.sleep(GRACE_PERIOD)
    if worker is not None:
        worker.kill(KillMode.WORKER)


def do_nothing(_: LiveRun) -> None:
    """Inject nothing."""


BASELINE: Final = FaultScenario("baseline", "baseline", ANY_STATE, None, do_nothing)
TRIGGERER_LOST: Final = FaultScenario(
    "triggerer-lost", "Triggerer killed and replaced", (DEFERRED,), Signal.KILL, do_nothing
)
"""Injected once for all targets, because they share the only Triggerer."""
FAULTS: Final = (
    FaultScenario("worker-killed", "worker killed (SIGKILL)", (RUNNING,), Signal.KILL, kill_worker),
    FaultScenario(
        "killed-unanswered",
        "worker killed while submitting",
        ANY_STATE,
        Signal.KILL,
        kill_worker,
        in_submission=True,
    ),
    FaultScenario(
        "worker-stopped", "worker stopped (SIGTERM)", (RUNNING,), Signal.TERM, stop_worker
    ),
    FaultScenario(
        "worker-preempted",
        "worker preempted (SIGTERM, SIGKILL)",
        (RUNNING,),
        Signal.TERM,
        preempt_worker,
    ),
    FaultScenario("cleared", "cleared by a user", ANY_STATE, Signal.TERM, LiveRun.clear),
    FaultScenario(
        "failed-by-user", "marked as failed by a user", ANY_STATE, Signal.END, LiveRun.mark_failed
    ),
    TRIGGERER_LOST,
)
