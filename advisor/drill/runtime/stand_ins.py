"""Fakes of the processes around a task: its supervisor, the backend, and the Triggerer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from advisor.drill.runtime.attempts import EXHAUSTED, FIRED, STOPPED, ProcessEnd
from advisor.drill.runtime.dag_runs import DagRuns
from advisor.drill.runtime.events import (
    END,
    Event,
    Forgotten,
    SignalSent,
    Stored,
    Unanswered,
    XComCleared,
    XComPushed,
)
from advisor.drill.runtime.service import JobService, RunContext

ON_KILL_TIMEOUT: Final = 1.0
"""Seconds after which a Triggerer cancels `on_kill`."""
CLEANUP_TIMEOUT: Final = 3600.0


class Supervisor:
    """Answers one message at a time, like Airflow's supervisor.

    Its lock is not reentrant, like that of the real one (`CommsDecoder`). So a signal handler waits
    forever if it sends a message while the main thread is sending one.

    Args:
        answer: returns the answer to a message.
        deadlock: the error to raise if the event loop would wait for itself.
    """

    def __init__(self, answer: Callable[[Any], Any], deadlock: type[BaseException]) -> None:
        self._answer = answer
        self._deadlock = deadlock
        self._lock = threading.Lock()
        self._async_lock = asyncio.Lock()
        self._loop_thread = 0

    def send(self, msg: Any) -> Any:
        """Answer a message; other callers wait in the meantime."""
        if not self._lock.acquire(blocking=not self._on_loop):
            raise self._deadlock(msg)
        try:
            return self._answer(msg)
        finally:
            self._lock.release()

    async def asend(self, msg: Any) -> Any:
        """Answer a message without blocking the event loop."""
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


class FakeTaskBackend:
    """The state store, the XComs and the state of a task instance, kept in the journal.

    Args:
        context: the context of the run, whose journal outlives the worker.
        service: the service, whose jobs include the Dag runs that the task triggers.
    """

    def __init__(self, context: RunContext, service: JobService | None = None) -> None:
        self._context = context
        self.runs = DagRuns(service)

    def stored(self, key: str) -> Any:
        """Return an entry of the task state store, or None if it does not exist."""
        self._context.reach("store.get:before")
        value = None
        for event in self._context.journal.read():
            if isinstance(event, Stored) and event.key == key:
                value = event.value
            elif isinstance(event, Forgotten) and event.key in {key, None}:
                value = None
        self._context.reach("store.get:after")
        return value

    def store(self, key: str, value: Any) -> None:
        """Write an entry to the task state store."""
        self._write("store.set", Stored(key, value))

    def forget(self, key: str | None) -> None:
        """Delete an entry of the task state store, or all of them."""
        self._write("store.delete", Forgotten(key))

    def push(self, key: str, value: Any) -> None:
        """Push an XCom."""
        self._write("xcom", XComPushed(key, value))

    def pushed(self, key: str) -> Any:
        """Return an XCom, or None if it does not exist."""
        value = None
        for event in self._context.journal.read():
            if isinstance(event, XComPushed) and event.key == key:
                value = event.value
            elif isinstance(event, XComCleared):
                value = None
        return value

    @property
    def state(self) -> str:
        """The state of the task instance, as set by a user or the scheduler."""
        self._context.reach("states:before")
        ended = any(event.signal == END for event in self._context.journal.of(SignalSent))
        return "failed" if ended else "running"

    def variable(self, key: str) -> Any:
        """Return a variable that the task has set, or None."""
        return self._context.kept(f"variable {key}")

    def set_variable(self, key: str, value: Any) -> None:
        """Set a variable; None deletes it."""
        self._context.keep(f"variable {key}", value)

    def refuse(self, message: str) -> None:
        """Record a message that cannot be answered, which ends the drill."""
        self._context.journal.write(Unanswered(message))

    def _write(self, call: str, event: Event) -> None:
        self._context.reach(f"{call}:before")
        self._context.journal.write(event)
        self._context.reach(f"{call}:after")


class Triggerer:
    """Runs one trigger in this process.

    Args:
        make: returns the trigger; called inside the event loop.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._trigger: Any = None
        self._stopped = asyncio.Event()
        self._ended = False

    def run(self) -> ProcessEnd:
        """Run the trigger until its first event, or until it is stopped."""
        return asyncio.run(self._run())

    def stop(self) -> None:
        """Stop the trigger as a Triggerer does when it shuts down; callable from any thread."""
        self._loop.call_soon_threadsafe(self._stopped.set)

    def end(self) -> None:
        """Stop the trigger as a Triggerer does when a user ends the task."""
        self._ended = True
        self.stop()

    async def _run(self) -> ProcessEnd:
        self._loop = asyncio.get_running_loop()
        self._trigger = self._make()
        running = asyncio.ensure_future(self._first())
        cancelling = asyncio.ensure_future(self._keep_cancelling(running))
        try:
            return await running
        except asyncio.CancelledError:
            if self._ended:
                await self._call_on_kill()
            return ProcessEnd(STOPPED)
        finally:
            cancelling.cancel()
            await self._trigger.cleanup()

    async def _keep_cancelling(self, running: asyncio.Future[Any]) -> None:
        """Cancel a stopped trigger again and again until it ends, as a Triggerer does.

        Once is not enough: before Python 3.12, `asyncio.wait_for` can swallow a cancellation.
        """
        await self._stopped.wait()
        while not running.done():
            running.cancel()
            await asyncio.sleep(ON_KILL_TIMEOUT)

    async def _call_on_kill(self) -> None:
        """Call `on_kill` with a time limit, then wait for the tasks that it started."""
        with suppress(asyncio.TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(self._trigger.on_kill(), ON_KILL_TIMEOUT)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            await asyncio.wait(others, timeout=CLEANUP_TIMEOUT)

    async def _first(self) -> ProcessEnd:
        async for event in self._trigger.run():
            return ProcessEnd(FIRED, event=event.payload)
        return ProcessEnd(EXHAUSTED)
