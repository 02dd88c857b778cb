"""Reads processes from /proc (Linux), and finds the two processes of a task instance."""

from __future__ import annotations

import os
import signal
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

SIGKILL: Final[signal.Signals] = getattr(signal, "SIGKILL", signal.SIGTERM)
"""Windows has no SIGKILL, but `advisor schema` imports this module there too."""


@dataclass(frozen=True)
class Process:
    """A running process; `title` is its command line, or the title that it gave itself."""

    pid: int
    parent: int
    title: str


def read_process(pid: int) -> Process | None:
    """Return a process, or None if it has ended (a zombie counts as ended)."""
    folder = Path(f"/proc/{pid}")
    try:
        # Split after the last ")", because the name in parentheses can contain any character.
        state, parent = (
            (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[:2]
        )
        command = (folder / "cmdline").read_text("utf-8", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return (
        None
        if state in {"Z", "X"}
        else Process(pid, int(parent), command.rstrip("\0").replace("\0", " "))
    )


def descendants(pid: int) -> list[Process]:
    """Return the children of a process, their children, and so on."""
    children = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (process := read_process(int(entry.name))):
            children[process.parent].append(process)
    processes = children[pid].copy()
    for process in processes:  # the list grows during the loop
        processes += children[process.pid]
    return processes


def send_signal(number: signal.Signals, pids: Iterable[int]) -> None:
    """Send a signal to processes; skip those that have ended."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def wait_for_exit(pids: Iterable[int], timeout: float) -> bool:
    """Wait until processes have ended; return False if one still runs after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    running = {*pids}
    while running := {pid for pid in running if read_process(pid)}:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


class KillMode(Enum):
    """How to end a worker: the signal, and whether its task process gets it too.

    A worker consists of a supervisor, which talks to the API server, and its child, the task
    process, which runs the operator.
    """

    WORKER = (SIGKILL, True)
    """Both processes are killed, as if the machine were lost."""
    SHUTDOWN = (signal.SIGTERM, False)
    """The worker is asked to stop: the supervisor forwards the signal to the task process."""

    def __init__(self, number: signal.Signals, task: bool) -> None:
        self.signal = number
        self.task = task


@dataclass(frozen=True)
class Worker:
    """The processes of one try of a task instance."""

    supervisor: Process
    task: Process

    def kill(self, mode: KillMode) -> bool:
        """Send the signal of a kill mode; return False, without sending it, if a process changed.

        A process that has ended or runs another task instance must not be signalled, because the
        LocalExecutor of 3.3.2 never recovers from losing an idle worker.
        """
        # Signal the supervisor first, so that it cannot report the death of the task process.
        processes = [self.supervisor, self.task] if mode.task else [self.supervisor]
        if any(read_process(each.pid) != each for each in processes):
            return False
        send_signal(mode.signal, (each.pid for each in processes))
        return True


def find_worker(task_instance_id: str, processes: Iterable[Process]) -> Worker | None:
    """Return the worker of a task instance, or None unless both of its processes show the id."""
    by_pid = {each.pid: each for each in processes}
    for task in by_pid.values():
        supervisor = by_pid.get(task.parent)
        # Until it sets its own title, the task process has the title of the supervisor.
        if task.title == f"airflow worker -- {task_instance_id}" and supervisor:
            return Worker(supervisor, task) if task_instance_id in supervisor.title else None
    return None
