"""Parses durations such as `1h30m`, and formats seconds."""

from __future__ import annotations

import re

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
        ValueError: the unit is missing, the time is not positive or is longer than LONGEST, or
            `text` is not a duration. Its message can be shown to users.
    """
    spelling = text.strip().lower()
    if spelling.startswith("-"):
        raise ValueError("a time cannot be negative")
    seconds = _sum_of_parts(spelling)
    if seconds < 1:
        raise ValueError("a wait of no time is no wait")
    if seconds > LONGEST:
        raise ValueError("a wait of more than a year is not one task")
    # Rounded to milliseconds first: 1.15 minutes are 69 seconds, but 68.99... as a float.
    return int(round(seconds, 3))


def _sum_of_parts(spelling: str) -> float:
    total, end = 0.0, 0
    while match := PART.match(spelling, end):
        if not match[2]:
            raise ValueError("the unit is missing")
        if match[2] not in UNITS:
            raise ValueError("that is no time")
        total += float(match[1]) * UNITS[match[2]]
        end = match.end()
    if end == 0 or spelling[end:].strip():
        raise ValueError("that is no time")
    return total


def spell_duration(seconds: int) -> str:
    """Return `1h30m` for 5400, the form that parse_duration accepts."""
    return "".join(f"{count}{unit}" for count, unit in _parts(seconds))


def say_duration(seconds: int) -> str:
    """Return `1 h 30 min` for 5400, the form for readers."""
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
