"""What is done to an operator on a real Airflow: each story is one run, and what happens to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, NamedTuple

from advisor.drill.live.live_run import LiveRun
from advisor.drill.live.workers import KillMode
from advisor.drill.model import Signal
from advisor.drill.runtime.points import EXECUTE, KILL, TERM, TRIGGER, Point

IN_WORKER: Final = "running"
IN_TRIGGER: Final = "deferred"
"""The states of a task that waits."""
ANYWHERE: Final = (IN_WORKER, IN_TRIGGER)
CLEAR: Final = "CLEAR"
"""How a ledger names what is no signal."""
GRACE: Final = 4.0
"""Seconds between TERM and KILL of a worker that is preempted."""


class FaultScenario(NamedTuple):
    """Something that happens to a run."""

    id: str
    title: str
    where: tuple[str, ...]
    """The states of a waiting task that it can happen to."""
    signal: Signal | None
    """What it is for the judge; None where nothing happens."""
    disturb: Callable[[LiveRun], object]
    held: bool = False
    """Whether it happens when a job was accepted whose id cannot have been stored."""

    @property
    def aims(self) -> tuple[tuple[Point, Signal], ...]:
        """What is aimed at, as in the line drill."""
        phase = EXECUTE if IN_WORKER in self.where else TRIGGER
        return ((Point(phase, self.id, 1), self.signal),) if self.signal else ()

    def begin(self, live_run: LiveRun) -> None:
        """Start a run, and wait for the moment at which this can happen to it.

        Raises:
            NotReady: the moment did not come.
        """
        if self.held:
            live_run.hold()
        live_run.start()
        if self.held:
            live_run.wait_until_held()
        else:
            live_run.wait_until_it_waits()

    def end(self, live_run: LiveRun) -> str:
        """Let a run end to which it has happened; return the final state of its task."""
        if self.signal is Signal.END:
            return live_run.finish_ended()
        if self.signal is not None:
            live_run.wait_until_taken_up()
        return live_run.finish()


def worker_killed(live_run: LiveRun) -> None:
    """Lose the worker."""
    live_run.signal_worker(KillMode.WORKER, KILL)


def worker_stopped(live_run: LiveRun) -> None:
    """Ask the worker to stop."""
    live_run.signal_worker(KillMode.SHUTDOWN, TERM)


def worker_preempted(live_run: LiveRun) -> None:
    """Ask the worker to stop, and kill what is left of it four seconds later."""
    worker = live_run.signal_worker(KillMode.SHUTDOWN, TERM)
    time.sleep(GRACE)
    if worker is not None:
        worker.signal_processes(KillMode.WORKER)


def cleared(live_run: LiveRun) -> None:
    """Let a user clear the task."""
    live_run.clear(CLEAR)


def failed_by_user(live_run: LiveRun) -> None:
    """Let a user fail the task."""
    live_run.mark_failed()


def nothing(_: LiveRun) -> None:
    """Let a run be."""


BASELINE: Final = FaultScenario("undisturbed", "undisturbed", ANYWHERE, None, nothing)
TRIGGERER_LOST: Final = FaultScenario(
    "triggerer-lost",
    "Triggerer killed, another started",
    (IN_TRIGGER,),
    Signal.KILL,
    nothing,
)
"""One Triggerer runs the triggers of all targets, so that it is lost for all of them at once."""
FAULTS: Final = (
    FaultScenario(
        "worker-killed",
        "worker killed (SIGKILL)",
        (IN_WORKER,),
        Signal.KILL,
        worker_killed,
    ),
    FaultScenario(
        "killed-unanswered",
        "worker killed in the submission",
        ANYWHERE,
        Signal.KILL,
        worker_killed,
        held=True,
    ),
    FaultScenario(
        "worker-stopped",
        "worker stopped (SIGTERM)",
        (IN_WORKER,),
        Signal.TERM,
        worker_stopped,
    ),
    FaultScenario(
        "worker-preempted",
        "worker preempted (SIGTERM, SIGKILL)",
        (IN_WORKER,),
        Signal.TERM,
        worker_preempted,
    ),
    FaultScenario("cleared", "cleared by a user", ANYWHERE, Signal.TERM, cleared),
    FaultScenario(
        "failed-by-user",
        "marked as failed by a user",
        ANYWHERE,
        Signal.END,
        failed_by_user,
    ),
    TRIGGERER_LOST,
)
