"""What a process did that no signal was sent to: another that finds the same does the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from advisor.drill.inside.journal import Journal

RANDOM: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}")
"""What differs between two runs that are the same: keys and ids."""
OF_NO_EFFECT: Final = frozenset({"started", "ended", "signal", "looked", "fetched"})
"""Events that leave nothing behind for a later process to find."""


class _Did(NamedTuple):
    """The random texts that a process found, and its events and its end as JSON."""

    tokens: list[str]
    text: str


class Known:
    """What processes did, by what they found: the store, the jobs, XCom and the time.

    A retry is a process of its own. So hundreds of kills that leave the same behind have the same
    retry, which is run once; a process that is sent a signal is always run.
    """

    def __init__(self) -> None:
        self._did: dict[str, _Did] = {}

    def repeated(
        self, finds: Any, journal: Journal, work: Callable[[], dict[str, Any]]
    ) -> dict[str, Any]:
        """Return what `work` returned where it found the same, else do it; the journal gets both.

        Args:
            finds: what it finds beside the journal.
            journal: what it reads and writes.
            work: what it does.
        """
        so_far = journal.read()
        start = len(so_far)
        left = [event for event in so_far if event["what"] not in OF_NO_EFFECT]
        text = json.dumps([finds, left])
        tokens = list(dict.fromkeys(RANDOM.findall(text)))
        key = _renamed(text, {token: f"random {number}" for number, token in enumerate(tokens)})
        if key not in self._did:
            found = work()
            self._did[key] = _Did(tokens, json.dumps([journal.read()[start:], found]))
            return found
        did = self._did[key]
        events, known = json.loads(_renamed(did.text, dict(zip(did.tokens, tokens, strict=True))))
        journal.extend(events)
        return known  # type: ignore[no-any-return]


def _renamed(text: str, names: dict[str, str]) -> str:
    return RANDOM.sub(lambda found: names.get(found.group(), found.group()), text)
