"""Time that a task need not wait for: where it would sleep, the clock is put forward."""

from __future__ import annotations

import os
import selectors
import signal
import struct
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partialmethod
from mmap import mmap
from typing import Any, ClassVar, Final

REAL_SLEEP: Final = time.sleep
REAL_WAIT: Final = threading.Event.wait

GRACE: Final = 0.001
"""Real seconds that other threads get before the clock is put forward."""
ROUNDING: Final = 1e-5
LOOK: Final = 0.02
"""Real seconds between two looks at threads that are at work."""


class Clock:
    """The clock of one run, shared by all of its processes: the forks of the one that made it.

    It moves only where somebody sleeps, by what was slept: deadlines keep their sense, and a run
    repeats another to the second, however busy the machine is.
    """

    def __init__(self) -> None:
        # Shared memory: what a process slept is slept, also after it was killed.
        self._shared = mmap(-1, 16)
        self._origin = time.time()
        self._working = 0
        self._lock = threading.Lock()
        self.reset()

    def leave_the_others(self) -> None:
        """Go on alone: what other processes sleep is not slept here any more."""
        self._shared = mmap(-1, 16)
        self.reset()

    def time(self) -> float:
        """Return what `time.time` and `time.monotonic` are to return."""
        return self._read(0)

    def put_forward(self, seconds: float) -> None:
        """Let time pass; where the process was to be killed by then, kill it."""
        with self._lock:
            self._write(0, self.time() + max(0.0, seconds))
        end = self._read(8)
        if end and self.time() >= end:
            os.kill(os.getpid(), signal.SIGKILL)

    def reset(self) -> None:
        """Start anew, for another run."""
        self._write(0, self._origin)
        self.spare()

    def kill_after(self, seconds: float) -> None:
        """Kill the process that sleeps in so many seconds."""
        self._write(8, self.time() + seconds)

    def spare(self) -> None:
        """Take back `kill_after`."""
        self._write(8, 0.0)

    def sleep(self, seconds: float) -> None:
        """Do what `time.sleep` is to do: nothing, but later."""
        if threading.active_count() > 1:
            REAL_SLEEP(GRACE)
        self.put_forward(seconds)

    def install(self) -> None:
        """Let every module of this process live by this clock."""
        time.time = time.monotonic = self.time
        time.sleep = self.sleep  # type: ignore[assignment] # any number will do
        threading.Event.wait = partialmethod(_wait, self)  # type: ignore[method-assign,assignment]
        Selector.clock = self
        selectors.DefaultSelector = Selector  # type: ignore[misc] # event loops ask for it by name
        submit = ThreadPoolExecutor.submit

        def counted(*args: Any, **kwargs: Any) -> Future[Any]:
            self._count(1)
            future = submit(*args, **kwargs)
            future.add_done_callback(lambda _: self._count(-1))
            return future

        ThreadPoolExecutor.submit = counted  # type: ignore[method-assign]

    @property
    def waited_for(self) -> bool:
        """Whether threads of a pool are at work, so that an idle event loop is not asleep."""
        return self._working > 0

    def _count(self, change: int) -> None:
        with self._lock:
            self._working += change

    def _read(self, place: int) -> float:
        found: float = struct.unpack_from("d", self._shared, place)[0]
        return found

    def _write(self, place: int, value: float) -> None:
        struct.pack_into("d", self._shared, place, value)


class Selector(selectors.DefaultSelector):
    """What an event loop sleeps in: it puts the clock forward, unless a thread is at work."""

    clock: ClassVar[Clock]

    def select(self, timeout: float | None = None) -> Any:
        """Return what is ready, as the selector that it replaces does."""
        if timeout is not None and timeout <= 0:
            return super().select(timeout)
        if timeout is None or self.clock.waited_for:
            return super().select(LOOK if timeout is None else min(timeout, LOOK))
        ready = super().select(GRACE)
        if not ready:
            # A little more: rounded, the sum may be a little less, and never get there.
            self.clock.put_forward(timeout + ROUNDING)
        return ready


def _wait(event: threading.Event, clock: Clock, timeout: float | None = None) -> bool:
    """Do what `Event.wait` is to do."""
    if timeout is None:
        return REAL_WAIT(event)
    if not REAL_WAIT(event, GRACE):
        clock.put_forward(timeout)
    return event.is_set()
