"""A cache of processes without a signal, which end alike if they start from the same state."""

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
    Event,
    Journal,
    LookedUp,
    Polled,
    ResultFetched,
    SignalSent,
    Started,
    from_json,
    to_json,
)

RANDOM: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}")
"""Texts that differ between equal runs, such as keys and ids."""
OF_NO_EFFECT: Final = (Started, Ended, SignalSent, LookedUp, ResultFetched)
"""Events that do not affect later processes, except by the ages of the jobs (`age_of`)."""


@dataclass(frozen=True)
class StartState:
    """Everything that a process can read when it starts."""

    text: str
    """The state as JSON, with random texts replaced by numbers."""
    tokens: Sequence[str]
    """The random texts in the state, in order."""

    @property
    def digest(self) -> str:
        """A short text that is equal for equal states."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


def start_state(given: Any, journal: Journal) -> StartState:
    """Return the start state of a process, from its input (JSON values) and the journal."""
    events = [to_json(event) for event in journal.read() if _has_effect(event)]
    text = json.dumps([given, events])
    tokens = list(dict.fromkeys(RANDOM.findall(text)))
    names = {token: f"random {number}" for number, token in enumerate(tokens)}
    return StartState(renamed(text, names), tokens)


def _has_effect(event: Event) -> bool:
    """Return whether an event can affect later processes."""
    if isinstance(event, Polled):
        # A poll that has seen the end can make the service forget the job.
        return event.status != "running"
    return not isinstance(event, OF_NO_EFFECT)


@dataclass(frozen=True)
class _Entry:
    """A cached process: the random texts in its start state, and its events and end as JSON."""

    tokens: Sequence[str]
    text: str


class RetryCache:
    """Caches the events and ends of processes by their start states (store, jobs, XCom, time).

    A retry is a process of its own. If hundreds of kills leave the same state behind, their common
    retry is run only once. Processes that get a signal are always run.
    """

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}

    def repeated(
        self, start: StartState, journal: Journal, work: Callable[[], ProcessEnd]
    ) -> ProcessEnd:
        """Repeat a cached process: write its events and return its end; run it if not cached.

        Args:
            start: the start state of the process.
            journal: the journal that the process reads and writes.
            work: runs the process.
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
        events, record = json.loads(renamed(entry.text, names))
        journal.extend(map(from_json, events))
        return ProcessEnd.from_json(record)


def renamed(text: str, names: dict[str, str]) -> str:
    """Replace the random texts in a text that have a new name."""
    return RANDOM.sub(lambda match: names.get(match.group(), match.group()), text)
