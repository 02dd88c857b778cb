"""Does work in forks of this process."""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import Final, NoReturn, TypeAlias

from advisor.drill.runtime import sdk
from advisor.drill.runtime.attempts import BROKEN, KILLED, STUCK, ProcessEnd

TIME_LIMIT: Final = 10.0
"""Real seconds after which a process counts as stuck, since no process really waits."""
THREAD_TIMEOUT: Final = 0.2
"""Real seconds to wait for a thread to end."""
POOLS: Final = ("ThreadPoolExecutor", "asyncio")
"""Prefixes of the names of pool threads."""

Describe: TypeAlias = Callable[[BaseException], str]
"""Returns the text of an error."""


def in_words(error: BaseException) -> str:
    """Return the type and the message of an error."""
    return f"{type(error).__name__}: {error}"


def in_fork(work: Callable[[], ProcessEnd], describe: Describe = in_words) -> ProcessEnd:
    """Do some work in a fork of this process.

    Returns:
        The result of the work, or KILLED, STUCK, or BROKEN with the error that the work raised.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _report(work, describe, [writing])
    os.close(writing)
    return _end_of(child, reading)


class PreparedFork:
    """A fork that does the first part of some work, and is forked for each way to finish it.

    Args:
        work: the work. It calls its argument between the two parts. This call returns in a new
            fork for each request, with the request.
    """

    def __init__(
        self, work: Callable[[Callable[[], str]], ProcessEnd], describe: Describe = in_words
    ) -> None:
        requests, self._requests = os.pipe()
        self._answers, answers = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            os.close(self._requests)
            os.close(self._answers)
            reports: list[int] = []
            _report(lambda: work(lambda: _next(requests, answers, reports)), describe, reports)
        os.close(requests)
        os.close(answers)

    def finish(self, request: str) -> ProcessEnd | None:
        """Finish the work in a new fork; return None if the first part has failed.

        Args:
            request: how to finish it, in a single line.
        """
        with suppress(BrokenPipeError):
            os.write(self._requests, f"{request}\n".encode())
            answer = _read(self._answers, 2 * TIME_LIMIT, until=b"\n")
            if answer:
                return ProcessEnd.from_json(json.loads(answer))
        return None

    def close(self) -> None:
        """End the fork."""
        os.close(self._requests)
        os.close(self._answers)
        os.kill(self._child, signal.SIGKILL)
        os.waitpid(self._child, 0)


class PreparedForks:
    """Holds one prepared fork, for the kind of work that was asked for last."""

    def __init__(self) -> None:
        self._kind = ""
        self._fork: PreparedFork | None = None

    def finish(
        self, kind: str, prepare: Callable[[], PreparedFork], request: str
    ) -> ProcessEnd | None:
        """Finish work in a prepared fork; return None if it cannot be prepared.

        Args:
            kind: a text that is equal for equal work.
            prepare: starts the work.
            request: how to finish it, in a single line.
        """
        if kind != self._kind:
            self.close()
            self._kind, self._fork = kind, prepare()
        end = self._fork.finish(request) if self._fork else None
        if end is None:
            self.close()
        return end

    def close(self) -> None:
        """End the fork."""
        if self._fork is not None:
            self._fork.close()
            self._fork = None


def _next(requests: int, answers: int, reports: list[int]) -> str:
    """Fork for each request and answer with the end of the fork; return in the forks only."""
    with os.fdopen(requests) as lines:
        for line in lines:
            reading, writing = os.pipe()
            child = os.fork()
            if child == 0:
                os.close(reading)
                reports.append(writing)
                return line.rstrip("\n")
            os.close(writing)
            _write(answers, json.dumps(vars(_end_of(child, reading))) + "\n")
    os._exit(0)


def _report(work: Callable[[], ProcessEnd], describe: Describe, reports: Sequence[int]) -> NoReturn:
    """Do the work, write its result, and end this process in any case.

    Args:
        work: the work.
        describe: returns the text of an error.
        reports: the pipe to write to; empty if nothing reads the result.
    """
    before = len(sys.modules)
    try:
        sdk.forget_signals()
        end = work()
        _let_threads_end()
    except BaseException as error:  # noqa: BLE001 - the fork must end here in any case
        traceback.print_exc()
        end = ProcessEnd(BROKEN, describe(error))
    # From the end, because reading all names would copy a thousand pages of memory.
    new = islice(reversed(sys.modules), len(sys.modules) - before)
    end = replace(end, imported=tuple(new)[::-1])
    for writing in reports:
        _write(writing, json.dumps(vars(end)))
    sys.stderr.flush()
    os._exit(0)


def _write(pipe: int, text: str) -> None:
    left = text.encode()
    while left:
        left = left[os.write(pipe, left) :]


def _let_threads_end() -> None:
    """Wait for threads to end, except for pool threads, which are idle."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.name.startswith(POOLS):
            thread.join(THREAD_TIMEOUT)


def _end_of(child: int, reading: int) -> ProcessEnd:
    """Return how a fork ends that reports to a pipe; kill it if it hangs."""
    text = _read(reading, TIME_LIMIT)
    os.close(reading)
    if text is None:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if text is None:
        return ProcessEnd(STUCK)
    if os.WIFSIGNALED(status) or not text:
        return ProcessEnd(KILLED)
    return ProcessEnd.from_json(json.loads(text))


def _read(pipe: int, seconds: float, until: bytes = b"") -> bytes | None:
    """Return what is written to a pipe before it is closed, or before a last character.

    Returns None if nothing is written for some seconds.
    """
    text = b""
    while not (until and text.endswith(until)):
        if not select.select([pipe], [], [], seconds)[0]:
            return None
        more = os.read(pipe, 1 << 16)
        if not more:
            break
        text += more
    return text
