"""Parses durations such as `1h30m`, and formats seconds."""

from __future__ import annotations

import re

from advisor.documents.model import shown

EXAMPLES = "such as 45s, 20m, 1h30m or 2d"
SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
SPOKEN = {"d": "d", "h": "h", "m": "min", "s": "s"}
LONGEST = 365 * SECONDS["d"]
UNITS = {
    **dict.fromkeys(("d", "day", "days"), SECONDS["d"]),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), SECONDS["h"]),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), SECONDS["m"]),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), SECONDS["s"]),
}
PART = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([a-z]*)")


def parse_duration(text: str) -> int:
    """Return the whole seconds in `45s`, `20m`, `1h30m`, `1.5 hours` or `2d`.

    Raises:
        ValueError: `text` is not a duration, has no unit, is not positive or is longer than
            LONGEST. The message is meant for users.
    """
    spelling = text.strip().lower()
    if spelling.startswith("-"):
        raise ValueError(f"must be positive, found {shown(text)}")
    seconds = _sum_of_parts(spelling, text)
    if seconds < 1:
        raise ValueError(f"must be at least 1 second, found {shown(text)}")
    if seconds > LONGEST:
        raise ValueError(f"must be at most 365 days, found {shown(text)}")
    # Rounded to milliseconds first: 1.15 minutes are 69 seconds, but 68.99... as a float.
    return int(round(seconds, 3))


def _sum_of_parts(spelling: str, text: str) -> float:
    """Return the seconds in a lower-case duration; `text` is the original, for errors."""
    unknown = ValueError(f"expected a duration {EXAMPLES}, found {shown(text)}")
    total, end = 0.0, 0
    while match := PART.match(spelling, end):
        if not match[2]:
            raise ValueError(f"no unit in {shown(text)}")
        if match[2] not in UNITS:
            raise unknown
        total += float(match[1]) * UNITS[match[2]]
        end = match.end()
    if end == 0 or spelling[end:].strip():
        raise unknown
    return total


def spell_duration(seconds: int) -> str:
    """Return `1h30m` for 5400: a text that parse_duration accepts."""
    return "".join(f"{count}{unit}" for count, unit in _parts(seconds))


def say_duration(seconds: int) -> str:
    """Return `1 h 30 min` for 5400: a text for users."""
    return " ".join(f"{count} {SPOKEN[unit]}" for count, unit in _parts(seconds))


def say_between(low: int, high: int | None) -> str:
    """Return `under 1 min`, `1 min to under 10 min` or `10 min or longer`."""
    if high is None:
        return f"{say_duration(low)} or longer" if low else "any time"
    under = f"under {say_duration(high)}"
    return f"{say_duration(low)} to {under}" if low else under


def _parts(seconds: int) -> list[tuple[int, str]]:
    parts = []
    for unit, size in SECONDS.items():
        count, seconds = divmod(seconds, size)
        if count:
            parts.append((count, unit))
    return parts
