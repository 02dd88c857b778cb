"""Crash points: the moments of a run at which a signal can be sent."""

from __future__ import annotations

from typing import Final, NamedTuple

EXECUTE, TRIGGER, RESUME = "execute", "trigger", "resume"
"""What a process of a run does."""

KILL: Final = "KILL"
"""The worker is lost."""
TERM: Final = "TERM"
"""The worker is asked to stop."""
END: Final = "END"
"""A user ends the task: TERM, and KILL five seconds later."""


class Point(NamedTuple):
    """A moment of a run: the first, second or third time that a process is at a place.

    A place is `operators.py:57`, just before the line is executed, or `submit:before`, at a call.
    A point is a tuple because JSON has it as a list.
    """

    phase: str
    """What the process does: `execute`, `trigger` or `resume`."""
    place: str
    visit: int


class Reached(NamedTuple):
    """A point that a run reached, and how many events its journal had by then."""

    point: Point
    events: int
