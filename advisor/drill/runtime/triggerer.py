"""The stand-in for a Triggerer: it runs one trigger, and stops it as a real one does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from advisor.drill.runtime.attempts import FIRED, STOPPED, ProcessEnd

ON_KILL_TIMEOUT: Final = 1.0
"""Seconds that a Triggerer leaves to `on_kill`."""
SETTLING_TIMEOUT: Final = 3600.0


class Triggerer:
    """Runs one trigger in this process.

    Args:
        make: returns the trigger; called inside the event loop.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._trigger: Any = None
        self._stopped = self._ended = False

    def run(self) -> ProcessEnd:
        """Return the first event of the trigger, or that it was stopped before."""
        return asyncio.run(self._run())

    def stop(self) -> None:
        """Stop the trigger as a Triggerer does that is stopped."""
        self._stopped = True

    def end(self) -> None:
        """Stop the trigger as a Triggerer does for a task that a user has ended."""
        self._ended = True
        self.stop()

    async def _run(self) -> ProcessEnd:
        self._trigger = self._make()
        running = asyncio.ensure_future(self._first())
        insisting = asyncio.ensure_future(self._insist(running))
        try:
            return ProcessEnd(FIRED, event=await running)
        except asyncio.CancelledError:
            if self._ended:
                await self._settle()
            return ProcessEnd(STOPPED)
        finally:
            insisting.cancel()
            await self._trigger.cleanup()

    async def _insist(self, running: asyncio.Future[Any]) -> None:
        """Cancel the trigger once it is stopped, repeatedly as a Triggerer does.

        Before Python 3.12 `asyncio.wait_for` may swallow a cancellation.
        """
        while not running.done():
            if self._stopped:
                running.cancel()
            await asyncio.sleep(ON_KILL_TIMEOUT)

    async def _settle(self) -> None:
        """Call `on_kill`, which gets a second; what it has started continues in the Triggerer."""
        with suppress(asyncio.TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(self._trigger.on_kill(), ON_KILL_TIMEOUT)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            await asyncio.wait(others, timeout=SETTLING_TIMEOUT)

    async def _first(self) -> Any:
        async for event in self._trigger.run():
            return event.payload
        return None
