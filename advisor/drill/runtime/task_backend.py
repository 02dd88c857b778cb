"""What Airflow remembers of a task instance between its attempts: its store, XCom and state."""

from __future__ import annotations

from typing import Any

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
        found = self._last("stored", "forgot", key)
        self._context.reach("store.get:after")
        return found

    def store(self, key: str, value: Any) -> None:
        """Keep an entry of the task state store."""
        self._context.reach("store.set:before")
        self._context.journal.write("stored", key=key, value=value)
        self._context.reach("store.set:after")

    def forget(self, key: str | None) -> None:
        """Delete an entry of the task state store, or all of them."""
        self._context.reach("store.delete:before")
        self._context.journal.write("forgot", key=key)
        self._context.reach("store.delete:after")

    def push(self, key: str, value: Any) -> None:
        """Keep an XCom."""
        self._context.reach("xcom:before")
        self._context.journal.write("pushed", key=key, value=value)
        self._context.reach("xcom:after")

    def pushed(self, key: str) -> Any:
        """Return an XCom, None where there is none."""
        return self._last("pushed", "cleared", key)

    @property
    def state(self) -> str:
        """The state of the task instance, as a user or the scheduler has set it."""
        self._context.reach("states:before")
        signals = [event["signal"] for event in self._context.journal.of("signal")]
        return "failed" if "END" in signals else "running"

    def _last(self, kept: str, dropped: str, key: str) -> Any:
        found = None
        for event in self._context.journal.of(kept, dropped):
            if event["what"] == kept and event["key"] == key:
                found = event["value"]
            elif event["what"] == dropped and event.get("key") in {key, None}:
                found = None
        return found
