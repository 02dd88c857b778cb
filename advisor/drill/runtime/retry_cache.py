"""What a process did that no signal was sent to: another that finds the same does the same."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from advisor.drill.runtime.events import (
    Ended,
    LookedUp,
    ResultFetched,
    SignalSent,
    Started,
    from_json,
    to_json,
)
from advisor.drill.runtime.journal import Journal

RANDOM: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}")
"""What differs between two runs that are the same: keys and ids."""
OF_NO_EFFECT: Final = (Started, Ended, SignalSent, LookedUp, ResultFetched)
"""Events that leave nothing behind for a later process to find."""


class StartState(NamedTuple):
    """What a process finds when it starts."""

    text: str
    """All of it, but for what is random."""
    tokens: list[str]
    """The random texts in it, in their order."""

    @property
    def digest(self) -> str:
        """A short text that is the same for all that find the same."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


def start_state(beside: Any, journal: Journal) -> StartState:
    """Return what a process finds in the journal, and what it is given beside it."""
    left = [to_json(event) for event in journal.read() if not isinstance(event, OF_NO_EFFECT)]
    text = json.dumps([beside, left])
    tokens = list(dict.fromkeys(RANDOM.findall(text)))
    names = {token: f"random {number}" for number, token in enumerate(tokens)}
    return StartState(_renamed(text, names), tokens)


class _Did(NamedTuple):
    """The random texts that a process found, and its events and its end as JSON."""

    tokens: list[str]
    text: str


class RetryCache:
    """What processes did, by what they found: the store, the jobs, XCom and the time.

    A retry is a process of its own. So hundreds of kills that leave the same behind have the same
    retry, which is run once; a process that is sent a signal is always run.
    """

    def __init__(self) -> None:
        self._did: dict[str, _Did] = {}

    def repeated(
        self, finds: StartState, journal: Journal, work: Callable[[], dict[str, Any]]
    ) -> dict[str, Any]:
        """Return what `work` returned where it found the same, else do it; the journal gets both.

        Args:
            finds: what it finds.
            journal: what it reads and writes.
            work: what it does.
        """
        did = self._did.get(finds.text)
        if did is None:
            start = len(journal.read())
            said = work()
            events = [to_json(event) for event in journal.read()[start:]]
            self._did[finds.text] = _Did(finds.tokens, json.dumps([events, said]))
            return said
        names = dict(zip(did.tokens, finds.tokens, strict=True))
        events, said = json.loads(_renamed(did.text, names))
        journal.extend(map(from_json, events))
        return said  # type: ignore[no-any-return]


def _renamed(text: str, names: dict[str, str]) -> str:
    return RANDOM.sub(lambda start_state: names.get(start_state.group(), start_state.group()), text)
