"""What happened in one run, in order: a file that outlives every process of it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import RLock
from typing import TypeVar

from advisor.drill.runtime.events import AnyEvent, Event, from_json, to_json

Kind = TypeVar("Kind", bound=AnyEvent)


class Journal:
    """An append-only file of events, each of which is written at once or not at all.

    Forked processes share it, and each reads what all of them wrote.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = RLock()
        self._events: list[Event] = []
        self._offset = 0

    def write(self, event: Event) -> None:
        """Append an event."""
        line = json.dumps(to_json(event)) + "\n"
        with self._lock:
            os.write(self._file, line.encode())

    def extend(self, events: Iterable[Event]) -> None:
        """Append several events."""
        for event in events:
            self.write(event)

    def read(self) -> list[Event]:
        """Return every event so far, oldest first."""
        with self._lock:
            while more := os.pread(self._file, 1 << 16, self._offset):
                whole = more[: more.rfind(b"\n") + 1]
                if not whole:
                    break
                self._offset += len(whole)
                self._events += [from_json(json.loads(line)) for line in whole.splitlines()]
            return self._events

    def of(self, kind: type[Kind]) -> Iterator[Kind]:
        """Yield the events of one kind, oldest first."""
        return (event for event in self.read() if isinstance(event, kind))

    def close(self) -> None:
        """Give the file back to the system."""
        os.close(self._file)
