"""A process that starts others and lets none of them, nor of theirs, outlive the one that asked.

It runs beside whoever asks, in a session of its own, and learns of their end by its standard input,
which closes however they end: a SIGKILL included. Processes that lose their parent become its
children (it is what Linux calls a subreaper), so it finds them all, in whatever session they are.
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

from advisor.drill.live.processes import Process, descendants, send

ROOT = Path(__file__).parents[3]
"""The folder from which this very advisor is imported."""
SECONDS_TO_STOP = 3
"""How long processes have between SIGTERM and SIGKILL."""
SECONDS_TO_VANISH = 20
"""How long the keeper may take for everything."""
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


class ProcessReaper:
    """The asking side; `close` ends everything that was started.

    Args:
        folder: what to remove when everything has ended, whoever ended it.
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
            start_new_session=True,  # Ctrl-C in a terminal is for the asking side
        )
        self._questions = cast("TextIO", self._process.stdin)
        self._answers = cast("TextIO", self._process.stdout)
        self._asking = Lock()

    def start(
        self, command: Sequence[str], log: Path, *, environment: Mapping[str, str], folder: Path
    ) -> int:
        """Start a program that appends what it says to a file, and return its process id.

        Raises:
            OSError: it cannot be started.
        """
        question = json.dumps([[*command], str(log), dict(environment), str(folder)])
        with self._asking:
            self._questions.write(f"{question}\n")
            self._questions.flush()
            answer = self._answers.readline()
        if not answer.strip().isdigit():
            raise OSError(f"cannot start {command[0]}: {answer.strip() or 'the keeper has ended'}")
        return int(answer)

    def kept(self) -> list[Process]:
        """Return all processes that have come of what was started."""
        return descendants(self._process.pid)

    def close(self) -> None:
        """End everything that was started, and what came of it.

        Raises:
            RuntimeError: not everything ended.
        """
        with suppress(BrokenPipeError):
            self._questions.close()
        try:
            if self._process.wait(SECONDS_TO_STOP + SECONDS_TO_VANISH):
                raise RuntimeError("not all processes have ended; stderr says which")
        finally:
            self._answers.close()


def main() -> None:
    """Start what is asked for, line by line; when the lines end, end it all."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGCHLD, lambda *_: _reap())
    started = []
    for line in sys.stdin:
        try:
            started.append(_started(*json.loads(line)))
            _answer(started[-1].pid)
        except OSError as error:
            _answer(error)
    try:
        _end()
    finally:
        for folder in sys.argv[1:]:
            shutil.rmtree(folder, ignore_errors=True)


def _answer(message: object) -> None:
    sys.stdout.write(f"{message}\n")
    sys.stdout.flush()


def _started(
    command: list[str], log: str, environment: dict[str, str], folder: str
) -> subprocess.Popen[bytes]:
    with Path(log).open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - what the drill asks for
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=folder,
            start_new_session=True,  # a service that signals its group reaches nobody else's
        )


def _reap() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _end() -> None:
    """Send SIGTERM, then SIGKILL until nothing is left: what dies may have started another."""
    send(signal.SIGTERM, (each.pid for each in descendants(os.getpid())))
    start = time.monotonic()
    while left := descendants(os.getpid()):
        age = time.monotonic() - start
        if age > SECONDS_TO_VANISH:
            sys.exit(f"these do not end: {left}")
        if age > SECONDS_TO_STOP:
            send(signal.SIGKILL, (each.pid for each in left))
        time.sleep(0.05)


if __name__ == "__main__":
    main()
