"""The two processes that run a task instance, and the ways in which a test ends them."""

from __future__ import annotations

import signal
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from advisor.drill.live.processes import Process, read, send


class KillMode(Enum):
    """What hits a worker: a signal, and whether the supervisor and the task process get it.

    The supervisor talks to the API server and watches over the task process, in which the operator
    runs.
    """

    WORKER = (signal.SIGKILL, True, True)
    """The machine is gone."""
    TASK = (signal.SIGKILL, False, True)
    """The task process ran out of memory."""
    SUPERVISOR = (signal.SIGKILL, True, False)
    """The task process lives on as an orphan."""
    SHUTDOWN = (signal.SIGTERM, True, False)
    """The worker is asked to stop; the supervisor hands that on to the task process."""

    def __init__(self, number: signal.Signals, supervisor: bool, task: bool) -> None:
        self.signal = number
        self.supervisor = supervisor
        self.task = task


@dataclass(frozen=True, slots=True)
class Worker:
    """The processes of one try of a task instance."""

    supervisor: Process
    task: Process

    def signal_processes(self, kill_mode: KillMode) -> bool:
        """Send a signal to the processes that are meant; False, and to none, if one has changed.

        A process that has since ended, or gone on to another task instance, is not to be hit: the
        LocalExecutor of 3.3.2 never recovers from losing an idle worker.
        """
        # The supervisor first: it shall not tell of the task's death.
        aims = ((self.supervisor, kill_mode.supervisor), (self.task, kill_mode.task))
        targets = [each for each, meant in aims if meant]
        if any(read(each.pid) != each for each in targets):
            return False
        send(kill_mode.signal, (each.pid for each in targets))
        return True


def worker_of(instance: str, processes: Iterable[Process]) -> Worker | None:
    """Return the worker of a task instance, by its id; None unless both processes show the id."""
    by_pid = {each.pid: each for each in processes}
    for task in by_pid.values():
        supervisor = by_pid.get(task.parent)
        # Before it names itself, the task process has the title of the supervisor.
        if task.title == f"airflow worker -- {instance}" and supervisor:
            return Worker(supervisor, task) if instance in supervisor.title else None
    return None
