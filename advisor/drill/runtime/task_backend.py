"""What Airflow remembers of a task instance between its attempts: its store, XCom and state."""

from __future__ import annotations

from typing import Any

from advisor.drill.runtime.events import Forgotten, SignalSent, Stored, XComCleared, XComPushed
from advisor.drill.runtime.points import END
from advisor.drill.runtime.service import RunContext


class FakeTaskBackend:
    """The answers to a task, kept in the journal.

    Args:
        stage: whose journal outlives the worker.
    """

    def __init__(self, context: RunContext) -> None:
        self._context = context

    def stored(self, key: str) -> Any:
        """Return an entry of the task state store, None where there is none."""
        self._context.reach("store.get:before")
        found = None
        for event in self._context.journal.read():
            if isinstance(event, Stored) and event.key == key:
                found = event.value
            elif isinstance(event, Forgotten) and event.key in {key, None}:
                found = None
        self._context.reach("store.get:after")
        return found

    def store(self, key: str, value: Any) -> None:
        """Keep an entry of the task state store."""
        self._context.reach("store.set:before")
        self._context.journal.write(Stored(key, value))
        self._context.reach("store.set:after")

    def forget(self, key: str | None) -> None:
        """Delete an entry of the task state store, or all of them."""
        self._context.reach("store.delete:before")
        self._context.journal.write(Forgotten(key))
        self._context.reach("store.delete:after")

    def push(self, key: str, value: Any) -> None:
        """Keep an XCom."""
        self._context.reach("xcom:before")
        self._context.journal.write(XComPushed(key, value))
        self._context.reach("xcom:after")

    def pushed(self, key: str) -> Any:
        """Return an XCom, None where there is none."""
        found = None
        for event in self._context.journal.read():
            if isinstance(event, XComPushed) and event.key == key:
                found = event.value
            elif isinstance(event, XComCleared):
                found = None
        return found

    @property
    def state(self) -> str:
        """The state of the task instance, as a user or the scheduler has set it."""
        self._context.reach("states:before")
        ended = any(event.signal == END for event in self._context.journal.of(SignalSent))
        return "failed" if ended else "running"
