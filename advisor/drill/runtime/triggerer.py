"""The stand-in for a Triggerer: it runs one trigger, and stops it as a real one does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

ON_KILL_TIMEOUT: Final = 1.0
"""Seconds that a Triggerer in effect leaves to `on_kill`."""
SETTLING_TIMEOUT: Final = 3600.0


class Triggerer:
    """A trigger at work in this process.

    Args:
        make: returns the trigger; called inside the event loop.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._trigger: Any = None
        self._stopped = self._ended = False

    def run(self) -> dict[str, Any]:
        """Return the first event of the trigger, or that it was stopped before."""
        return asyncio.run(self._run())

    def stop(self) -> None:
        """Stop the trigger as a Triggerer does that is stopped."""
        self._stopped = True

    def end(self) -> None:
        """Stop the trigger as a Triggerer does for a task that a user has ended."""
        self._ended = True
        self.stop()

    async def _run(self) -> dict[str, Any]:
        self._trigger = self._make()
        running = asyncio.ensure_future(self._first())
        insisting = asyncio.ensure_future(self._insist(running))
        try:
            return {"state": "fired", "event": await running}
        except asyncio.CancelledError:
            if self._ended:
                await self._settle()
            return {"state": "stopped"}
        finally:
            insisting.cancel()
            await self._trigger.cleanup()

    async def _insist(self, running: asyncio.Future[Any]) -> None:
        """Cancel the trigger once it is stopped, again and again as a Triggerer does.

        Before Python 3.12 `asyncio.wait_for` may swallow a cancellation.
        """
        while not running.done():
            if self._stopped:
                running.cancel()
            await asyncio.sleep(ON_KILL_TIMEOUT)

    async def _settle(self) -> None:
        """Call `on_kill`, which gets a second; what it has started goes on in the Triggerer."""
        with suppress(asyncio.TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(self._trigger.on_kill(), ON_KILL_TIMEOUT)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        if left:
            await asyncio.wait(left, timeout=SETTLING_TIMEOUT)

    async def _first(self) -> Any:
        async for event in self._trigger.run():
            return event.payload
        return None
