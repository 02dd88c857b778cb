"""What happened in one run, in order: a file that outlives every process of it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import RLock
from typing import Any

Event = dict[str, Any]
"""One thing that happened: `what` it was, and the facts of it, as JSON has them."""


class Journal:
    """An append-only file of events, each of which is written at once or not at all.

    Forked processes share it; whoever reads sees what all of them wrote.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = RLock()
        self._events: list[Event] = []
        self._offset = 0

    def write(self, what: str, **facts: Any) -> None:
        """Append an event."""
        line = json.dumps({"what": what, **facts}) + "\n"
        with self._lock:
            os.write(self._file, line.encode())

    def extend(self, events: Iterable[Event]) -> None:
        """Append events that are known from elsewhere."""
        for event in events:
            self.write(**event)

    def read(self) -> list[Event]:
        """Return every event so far, oldest first."""
        with self._lock:
            while more := os.pread(self._file, 1 << 16, self._offset):
                whole = more[: more.rfind(b"\n") + 1]
                if not whole:
                    break
                self._offset += len(whole)
                self._events += [json.loads(line) for line in whole.splitlines()]
            return self._events

    def of(self, *what: str) -> Iterator[Event]:
        """Yield the events of some kinds, oldest first."""
        return (event for event in self.read() if event["what"] in what)

    def close(self) -> None:
        """Give the file back to the system."""
        os.close(self._file)
