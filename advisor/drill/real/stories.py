"""What is done to an operator on a real Airflow: each story is one run, and what happens to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, NamedTuple

from advisor.drill.inside.points import EXECUTE, KILL, TERM, TRIGGER, Point
from advisor.drill.model import Signal
from advisor.drill.real.trial import Trial
from advisor.drill.real.workers import Blow

IN_WORKER: Final = "running"
IN_TRIGGER: Final = "deferred"
"""The states of a task that waits."""
ANYWHERE: Final = (IN_WORKER, IN_TRIGGER)
CLEAR: Final = "CLEAR"
"""How a ledger names what is no signal."""
GRACE: Final = 4.0
"""Seconds between TERM and KILL of a worker that is preempted."""


class Story(NamedTuple):
    """Something that happens to a run."""

    id: str
    title: str
    where: tuple[str, ...]
    """The states of a waiting task that it can happen to."""
    signal: Signal | None
    """What it is for the judge; None where nothing happens."""
    disturb: Callable[[Trial], object]
    held: bool = False
    """Whether it happens when a job was accepted whose id cannot have been stored."""

    @property
    def aims(self) -> tuple[tuple[Point, Signal], ...]:
        """What is aimed at, as in the line drill."""
        phase = EXECUTE if IN_WORKER in self.where else TRIGGER
        return ((Point(phase, self.id, 1), self.signal),) if self.signal else ()

    def begin(self, trial: Trial) -> None:
        """Start a run, and wait for the moment at which this can happen to it.

        Raises:
            NotReady: the moment did not come.
        """
        if self.held:
            trial.hold()
        trial.start()
        if self.held:
            trial.wait_until_held()
        else:
            trial.wait_until_it_waits()

    def end(self, trial: Trial) -> str:
        """Let a run end to which it has happened; return the final state of its task."""
        if self.signal is Signal.END:
            return trial.finish_ended()
        if self.signal is not None:
            trial.wait_until_taken_up()
        return trial.finish()


def worker_killed(trial: Trial) -> None:
    """Lose the worker."""
    trial.strike(Blow.WORKER, KILL)


def worker_stopped(trial: Trial) -> None:
    """Ask the worker to stop."""
    trial.strike(Blow.SHUTDOWN, TERM)


def worker_preempted(trial: Trial) -> None:
    """Ask the worker to stop, and kill what is left of it four seconds later."""
    worker = trial.strike(Blow.SHUTDOWN, TERM)
    time.sleep(GRACE)
    if worker is not None:
        worker.suffer(Blow.WORKER)


def cleared(trial: Trial) -> None:
    """Let a user clear the task."""
    trial.clear(CLEAR)


def failed_by_user(trial: Trial) -> None:
    """Let a user fail the task."""
    trial.mark_failed()


def nothing(_: Trial) -> None:
    """Let a run be."""


UNDISTURBED: Final = Story("undisturbed", "undisturbed", ANYWHERE, None, nothing)
TRIGGERER_LOST: Final = Story(
    "triggerer-lost",
    "Triggerer killed, another started",
    (IN_TRIGGER,),
    Signal.KILL,
    nothing,
)
"""One Triggerer runs the triggers of all targets, so that it is lost for all of them at once."""
STORIES: Final = (
    Story(
        "worker-killed",
        "worker killed (SIGKILL)",
        (IN_WORKER,),
        Signal.KILL,
        worker_killed,
    ),
    Story(
        "killed-unanswered",
        "worker killed in the submission",
        ANYWHERE,
        Signal.KILL,
        worker_killed,
        held=True,
    ),
    Story(
        "worker-stopped",
        "worker stopped (SIGTERM)",
        (IN_WORKER,),
        Signal.TERM,
        worker_stopped,
    ),
    Story(
        "worker-preempted",
        "worker preempted (SIGTERM, SIGKILL)",
        (IN_WORKER,),
        Signal.TERM,
        worker_preempted,
    ),
    Story("cleared", "cleared by a user", ANYWHERE, Signal.TERM, cleared),
    Story(
        "failed-by-user",
        "marked as failed by a user",
        ANYWHERE,
        Signal.END,
        failed_by_user,
    ),
    TRIGGERER_LOST,
)
