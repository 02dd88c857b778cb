"""A clock that jumps forward when a task sleeps, so that no run has to wait."""

from __future__ import annotations

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
"""Real seconds for which other threads may run before the clock moves forward."""
ROUNDING: Final = 1e-5
"""Seconds added to a sleep, so that rounding cannot keep the clock short of the deadline."""
CHECK_INTERVAL: Final = 0.02
"""Real seconds between two checks for busy threads."""


def send_signal(number: int) -> None:
    """Send a signal to the main thread of this process, as the kernel does with one from outside.

    Only there does it interrupt a call that waits. `os.getpid` can return another process.
    """
    signal.pthread_kill(threading.main_thread().ident or 0, number)


class Clock:
    """The clock of one run, shared by the process that created it and all its forks.

    It moves only when a process sleeps, by the time slept. So deadlines still work, and two equal
    runs take exactly the same time, no matter how busy the machine is.
    """

    def __init__(self) -> None:
        # Shared memory keeps the time that a process slept, even if the process is killed.
        self._shared = mmap(-1, 24)
        self._origin = time.time()
        self._working = 0
        self._lock = threading.Lock()
        self.reset()

    def detach(self) -> None:
        """Stop sharing the clock with other processes."""
        self._shared = mmap(-1, 24)
        self.reset()

    def time(self) -> float:
        """Return the time; replaces `time.time` and `time.monotonic`."""
        return self._read(0)

    def put_forward(self, seconds: float) -> None:
        """Move the clock forward; kill this process if it passes the time set by `kill_after`."""
        with self._lock:
            self._write(0, self._read(0) + max(0.0, seconds))
            self._write(16, self._read(16) + (seconds > 0))
        end = self._read(8)
        if end and self.time() >= end:
            send_signal(signal.SIGKILL)

    def reset(self) -> None:
        """Reset the clock for another run."""
        self._write(0, self._origin)
        self.cancel_kill()
        self.count_moves()

    @property
    def moves(self) -> int:
        """How often any process has moved the clock since the last call of `count_moves`."""
        return int(self._read(16))

    def count_moves(self) -> None:
        """Count the moves of the clock from now on."""
        self._write(16, 0.0)

    def kill_after(self, seconds: float) -> None:
        """Set a time, in seconds from now; a process that sleeps past it is killed."""
        self._write(8, self.time() + seconds)

    def cancel_kill(self) -> None:
        """Cancel `kill_after`."""
        self._write(8, 0.0)

    def sleep(self, seconds: float) -> None:
        """Move the clock forward and return at once; replaces `time.sleep`."""
        if threading.active_count() > 1:
            REAL_SLEEP(GRACE)
        self.put_forward(seconds)

    def install(self) -> None:
        """Make every module of this process use this clock."""
        time.time = time.monotonic = self.time
        time.sleep = self.sleep  # type: ignore[assignment] # takes any number
        threading.Event.wait = partialmethod(_wait, self)  # type: ignore[method-assign,assignment]
        Selector.clock = self
        selectors.DefaultSelector = Selector  # type: ignore[misc] # event loops look it up by name
        submit = ThreadPoolExecutor.submit

        def counted(*args: Any, **kwargs: Any) -> Future[Any]:
            self._count(1)
            future = submit(*args, **kwargs)
            future.add_done_callback(lambda _: self._count(-1))
            return future

        ThreadPoolExecutor.submit = counted  # type: ignore[method-assign]

    @property
    def waited_for(self) -> bool:
        """Whether pool threads are busy, in which case an idle event loop waits for them."""
        return self._working > 0

    def _count(self, change: int) -> None:
        with self._lock:
            self._working += change

    def _read(self, place: int) -> float:
        value: float = struct.unpack_from("d", self._shared, place)[0]
        return value

    def _write(self, place: int, value: float) -> None:
        struct.pack_into("d", self._shared, place, value)


class Selector(selectors.DefaultSelector):
    """The selector of event loops, which moves the clock forward unless a thread is busy."""

    clock: ClassVar[Clock]

    def select(self, timeout: float | None = None) -> Any:
        """Return the ready files, like the selector that it replaces."""
        if timeout is not None and timeout <= 0:
            return super().select(timeout)
        if timeout is None or self.clock.waited_for:
            return super().select(min(timeout or CHECK_INTERVAL, CHECK_INTERVAL))
        ready = super().select(GRACE)
        if not ready:
            self.clock.put_forward(timeout + ROUNDING)
        return ready


def _wait(event: threading.Event, clock: Clock, timeout: float | None = None) -> bool:
    """Wait for an event, and move the clock forward; replaces `threading.Event.wait`."""
    if timeout is None:
        return REAL_WAIT(event)
    if not REAL_WAIT(event, GRACE):
        clock.put_forward(timeout)
    return event.is_set()
