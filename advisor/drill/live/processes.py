"""The processes of this machine, as /proc shows them (Linux)."""

from __future__ import annotations

import os
import signal
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple


class Process(NamedTuple):
    """A process that has not ended; `title` is its command line, or what it calls itself."""

    pid: int
    parent: int
    title: str


def read(pid: int) -> Process | None:
    """Return a process; None where it has ended, be it that nobody has waited for it yet."""
    folder = Path(f"/proc/{pid}")
    try:
        # The name, in brackets, may hold anything; state and parent come after it.
        state, parent = (
            (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[:2]
        )
        title = (folder / "cmdline").read_bytes().rstrip(b"\0").replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state in {"Z", "X"} else Process(pid, int(parent), title)


def descendants(pid: int) -> list[Process]:
    """Return the children of a process, theirs, and so on."""
    children = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (process := read(int(entry.name))):
            children[process.parent].append(process)
    found = children[pid].copy()
    for process in found:  # grows meanwhile
        found += children[process.pid]
    return found


def send(number: signal.Signals, pids: Iterable[int]) -> None:
    """Send a signal to processes; those that have ended are passed over."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def have_ended(pids: Iterable[int], seconds: float) -> bool:
    """Wait for processes to end; False if some have not within so many seconds."""
    deadline = time.monotonic() + seconds
    left = {*pids}
    while left := {pid for pid in left if read(pid)}:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
