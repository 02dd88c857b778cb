"""A cache for processes that get no signal: two that start from the same state end alike."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from advisor.drill.runtime.attempts import ProcessEnd
from advisor.drill.runtime.events import (
    Ended,
    Journal,
    LookedUp,
    ResultFetched,
    SignalSent,
    Started,
    from_json,
    to_json,
)

RANDOM: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}")
"""Texts that differ between two equal runs: keys and ids."""
OF_NO_EFFECT: Final = (Started, Ended, SignalSent, LookedUp, ResultFetched)
"""Events that no later process can notice."""


@dataclass(frozen=True)
class StartState:
    """What a process can read when it starts."""

    text: str
    """All of it, with random texts replaced by numbers."""
    tokens: Sequence[str]
    """The random texts in it, in their order."""

    @property
    def digest(self) -> str:
        """A short text that is the same for equal states."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


def start_state(given: Any, journal: Journal) -> StartState:
    """Return what a process can read: its input, as JSON, and the journal."""
    events = [to_json(event) for event in journal.read() if not isinstance(event, OF_NO_EFFECT)]
    text = json.dumps([given, events])
    tokens = list(dict.fromkeys(RANDOM.findall(text)))
    names = {token: f"random {number}" for number, token in enumerate(tokens)}
    return StartState(_renamed(text, names), tokens)


@dataclass(frozen=True)
class _Entry:
    """The random texts in a start state, and the events and the end of a process as JSON."""

    tokens: Sequence[str]
    text: str


class RetryCache:
    """What processes did, by the state that they started from: the store, jobs, XCom and time.

    A retry is a separate process. If hundreds of kills leave the same state behind, they share
    one retry, which is run once. A process that gets a signal is always run.
    """

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}

    def repeated(
        self, start: StartState, journal: Journal, work: Callable[[], ProcessEnd]
    ) -> ProcessEnd:
        """Return how `work` ended from an equal start state, or do it; the journal gets its events.

        Args:
            start: the state that the process starts from.
            journal: the journal that it reads and writes.
            work: what the process does.
        """
        entry = self._entries.get(start.text)
        if entry is None:
            before = len(journal.read())
            end = work()
            events = [to_json(event) for event in journal.read()[before:]]
            text = json.dumps([events, vars(end)])
            self._entries[start.text] = _Entry(start.tokens, text)
            return end
        names = dict(zip(entry.tokens, start.tokens, strict=True))
        events, record = json.loads(_renamed(entry.text, names))
        journal.extend(map(from_json, events))
        return ProcessEnd.from_json(record)


def _renamed(text: str, names: dict[str, str]) -> str:
    return RANDOM.sub(lambda match: names.get(match.group(), match.group()), text)
