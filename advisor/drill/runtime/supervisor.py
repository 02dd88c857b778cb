"""The stand-in for a task's supervisor: it answers one question at a time, as the real one does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any


class Supervisor:
    """What a task asks.

    Its lock is that of the real one (`CommsDecoder`): it is not reentrant, so a signal handler that
    asks while the main thread does waits forever.

    Args:
        answer: returns what a message is answered with.
        deadlock: is raised where the event loop would wait for itself.
    """

    def __init__(self, answer: Callable[[Any], Any], deadlock: type[BaseException]) -> None:
        self._answer = answer
        self._deadlock = deadlock
        self._lock = threading.Lock()
        self._async_lock = asyncio.Lock()
        self._loop_thread = 0

    def send(self, msg: Any) -> Any:
        """Answer a message, and let nobody else ask meanwhile."""
        if not self._lock.acquire(blocking=not self._on_loop):
            raise self._deadlock(msg)
        try:
            return self._answer(msg)
        finally:
            self._lock.release()

    async def asend(self, msg: Any) -> Any:
        """Answer a message without holding up the event loop."""
        self._loop_thread = threading.get_ident()
        async with self._async_lock:
            await asyncio.get_running_loop().run_in_executor(None, self._lock.acquire)
            try:
                return await asyncio.to_thread(self._answer, msg)
            finally:
                self._lock.release()

    @property
    def _on_loop(self) -> bool:
        if threading.get_ident() != self._loop_thread:
            return False
        with suppress(RuntimeError):
            return bool(asyncio.get_running_loop())
        return False
