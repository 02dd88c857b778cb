"""Compares the XComs of a run with those of the baseline run."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from advisor.drill.jobs import JobId, end_of, status_in, submissions
from advisor.drill.runtime.events import Event, XComCleared, XComPushed
from advisor.drill.runtime.service import Behaviour

MISSING: Final = object()
MASK: Final = "<varying>"
LETTERS: Final = str.maketrans("0123456789", "ghijklmnop")
SMALLEST_DISTINCT_ID: Final = 1000
"""Smaller numbers are often counts, so they are ids only if they can be nothing else."""
NUMBER: Final = re.compile(r"\d{1,18}")
VARYING: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<![0-9a-z])[0-9a-f]{16,}(?![0-9a-z])"
)
"""Timestamps and random texts, which differ between equal runs."""


def lost_keys(
    events: Sequence[Event], baseline: Sequence[Event], behaviour: Behaviour
) -> tuple[str, ...]:
    """Return the keys of the baseline's XComs that are missing in a run, or have another value.

    The ids of jobs may differ if the jobs have the same spec and the same end. Ids are recognised
    as texts, inside texts such as URLs, and as numbers.
    """
    expected, found = _xcoms(baseline), _xcoms(events)
    comparison = _Comparison(
        _View.of(baseline, behaviour),
        _View.of(events, behaviour),
    )
    return tuple(
        key
        for key, value in expected.items()
        if not comparison.is_same(value, found.get(key, MISSING))
    )


def _xcoms(events: Sequence[Event]) -> dict[str, Any]:
    """Return the XComs that other tasks see at the end of a run."""
    xcoms: dict[str, Any] = {}
    for event in events:
        if isinstance(event, XComCleared):
            xcoms.clear()
        elif isinstance(event, XComPushed):
            xcoms[event.key] = event.value
    return xcoms


@dataclass(frozen=True)
class _View:
    """What is needed to read the values of one run."""

    names: Mapping[JobId, str]
    """The jobs by their ids and keys, named by spec and end."""
    numbers: Mapping[int, str]
    """The same jobs by short numbers: that of `job-1` is 1."""
    start: float
    end: float

    @classmethod
    def of(cls, events: Sequence[Event], behaviour: Behaviour) -> _View:
        names: dict[JobId, str] = {}
        numbers: dict[int, str] = {}
        for each in submissions(events):
            spec = VARYING.sub(MASK, each.spec)
            name = _name(status_in(events, each.job, behaviour), spec)
            if isinstance(each.job, str) or each.job >= SMALLEST_DISTINCT_ID:
                names[each.job] = name
            if each.key:
                names[each.key] = name
            digits = re.search(r"\d+$", str(each.job))
            if digits:
                numbers[int(digits[0])] = name
        start = min((event.at or 0.0 for event in events), default=0.0)
        return cls(names, numbers, start, end_of(events))

    def named(self, value: Any) -> Any:  # noqa: ANN401 - any JSON value
        """Return a text or number with names in place of ids, times and random texts."""
        if isinstance(value, str):
            text = self._ids.sub(lambda found: self._texts[found[0]], value)
            return VARYING.sub(MASK, text)
        if value in self.names:
            return self.names[value]
        is_time = self.start and self.start - 1 <= value <= self.end + 1
        return MASK if is_time else value

    def with_numbers(self, value: Any) -> Any:  # noqa: ANN401 - any JSON value
        """Return a text or number with names in place of short numbers of jobs."""
        if isinstance(value, str):
            return NUMBER.sub(lambda found: self.numbers.get(int(found[0]), found[0]), value)
        return self.numbers.get(value, value)

    @cached_property
    def _texts(self) -> dict[str, str]:
        return {str(id_): name for id_, name in self.names.items()}

    @cached_property
    def _ids(self) -> re.Pattern[str]:
        """Matches an id that is not a part of a longer word or number."""
        ids = "|".join(map(re.escape, sorted(self._texts, key=len, reverse=True)))
        return re.compile(rf"(?<![A-Za-z0-9])(?:{ids})(?![A-Za-z0-9])" if ids else r"(?!)")


@dataclass(frozen=True)
class _Comparison:
    """Compares values of the baseline run with values of another run."""

    baseline: _View
    run: _View

    def is_same(self, expected: Any, found: Any) -> bool:  # noqa: ANN401 - any JSON value
        """Return whether two values are equal except for ids, times and random texts."""
        if isinstance(expected, dict) and isinstance(found, dict):
            return self._is_same_dict(expected, found)
        if isinstance(expected, list) and isinstance(found, list):
            pairs = zip(expected, found, strict=False)
            return len(expected) == len(found) and all(self.is_same(*pair) for pair in pairs)
        if not (_is_scalar(expected) and _is_scalar(found)):
            return type(expected) is type(found) and bool(expected == found)
        return isinstance(expected, str) == isinstance(found, str) and self._is_same_scalar(
            self.baseline.named(expected), self.run.named(found)
        )

    def _is_same_scalar(self, expected: Any, found: Any) -> bool:  # noqa: ANN401
        numbered = (self.baseline.with_numbers(expected), self.run.with_numbers(found))
        return bool(expected == found or numbered[0] == numbered[1])

    def _is_same_dict(self, expected: dict[str, Any], found: dict[str, Any]) -> bool:
        renamed = {self.run.named(key): value for key, value in found.items()}
        return len(expected) == len(found) and all(
            self.is_same(value, renamed.get(self.baseline.named(key), MISSING))
            for key, value in expected.items()
        )


def _name(status: str, spec: str) -> str:
    """Return a name for all jobs with a spec and a status; it has no digits."""
    digest = hashlib.sha256(f"{status} {spec}".encode()).hexdigest()
    return f"<{digest.translate(LETTERS)}>"


def _is_scalar(value: Any) -> bool:  # noqa: ANN401 - any JSON value
    return isinstance(value, str | int | float) and not isinstance(value, bool)
