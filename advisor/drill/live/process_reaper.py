"""A process that starts other processes, and ends all of them when its parent ends.

It runs in its own session. Its standard input closes when the parent ends, even by SIGKILL. As a
Linux subreaper it becomes the parent of orphaned processes, so it finds them in any session.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import TextIO, cast

from advisor.drill.live.processes import SIGKILL, Process, descendants, send_signal

ROOT = Path(__file__).parents[3]
"""The folder that advisor is imported from."""
SECONDS_TO_STOP = 3
"""Seconds between SIGTERM and SIGKILL."""
SECONDS_TO_VANISH = 20
"""Seconds after which all processes must have ended."""
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


class ProcessReaper:
    """Starts processes through a reaper process; `close` ends all of them.

    Args:
        folder: a folder to remove when all processes have ended, even if the parent was killed.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, this module
            [
                sys.executable,
                "-m",
                "advisor.drill.live.process_reaper",
                *([folder] if folder else []),
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # so that only the parent gets Ctrl-C
        )
        self._requests = cast("TextIO", self._process.stdin)
        self._replies = cast("TextIO", self._process.stdout)
        self._lock = Lock()

    def start(
        self, command: Sequence[str], log: Path, *, environment: Mapping[str, str], folder: Path
    ) -> int:
        """Start a program that appends its output to a log; return its process id.

        Raises:
            OSError: it cannot be started.
        """
        request = json.dumps([[*command], str(log), dict(environment), str(folder)])
        with self._lock:
            self._requests.write(f"{request}\n")
            self._requests.flush()
            reply = self._replies.readline().strip()
        if not reply.isdigit():
            raise OSError(f"cannot start {command[0]}: {reply or 'the process reaper has ended'}")
        return int(reply)

    def processes(self) -> list[Process]:
        """Return all processes that were started, and their descendants."""
        return descendants(self._process.pid)

    def close(self) -> None:
        """End all processes that were started, and their descendants.

        Raises:
            RuntimeError: some of them are still running.
        """
        with suppress(BrokenPipeError):
            self._requests.close()
        try:
            if self._process.wait(SECONDS_TO_STOP + SECONDS_TO_VANISH):
                raise RuntimeError("some processes did not end; stderr lists them")
        finally:
            self._replies.close()


def main() -> None:
    """Start a program for each line of standard input; end all programs at the end of input."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGCHLD, lambda *_: _reap())
    started = []  # keeps references, so that Popen does not warn about running processes
    for line in sys.stdin:
        try:
            started.append(_start(*json.loads(line)))
            _reply(started[-1].pid)
        except OSError as error:
            _reply(error)
    try:
        _end_all()
    finally:
        for folder in sys.argv[1:]:
            shutil.rmtree(folder, ignore_errors=True)


def _reply(message: object) -> None:
    sys.stdout.write(f"{message}\n")
    sys.stdout.flush()


def _start(
    command: list[str], log: str, environment: dict[str, str], folder: str
) -> subprocess.Popen[bytes]:
    with Path(log).open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - the command of the live drill
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=folder,
            start_new_session=True,  # a service may signal its whole group
        )


def _reap() -> bool:
    """Reap the children that have ended; return whether others are still running."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
        return True
    return False


def _end_all() -> None:
    """Send SIGTERM, then SIGKILL until none is left, as a dying process can start another one."""
    send_signal(signal.SIGTERM, (each.pid for each in descendants(os.getpid())))
    start = time.monotonic()
    # NOTE: check with waitpid, because /proc can miss a process whose parent ends during the read.
    while _reap():
        running = descendants(os.getpid())
        age = time.monotonic() - start
        if age > SECONDS_TO_VANISH:
            sys.exit(f"processes that did not end: {running}")
        if age > SECONDS_TO_STOP:
            send_signal(SIGKILL, (each.pid for each in running))
        time.sleep(0.05)


if __name__ == "__main__":
    main()
