"""What a measurement found, by kind: figures that a rerun has to find again, and no times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

NO_DAG: Final = "no Dag"
"""How a run ends whose Dag cannot be imported."""


@dataclass(frozen=True, slots=True)
class Waited:
    """The slots of a pool that one task has for itself, while the task waits for its job."""

    slots: int
    running_slots: int
    deferred_slots: int
    open_slots: int


@dataclass(frozen=True, slots=True)
class Alone:
    """A task that had no Triggerer: its state, and for how long that was watched if it lasted."""

    task: str
    watched_seconds: int
    """Counted from the end of its job; 0 where the task had ended."""


@dataclass(frozen=True, slots=True)
class Hurt:
    """A run that lost a process: its end, and what became of its job and of the job's result."""

    end: str
    tries: int
    jobs: int
    went_on: bool
    """Whether somebody asked for the first job after the kill."""
    result: Literal["reported", "lost"]


@dataclass(frozen=True, slots=True)
class Fanned:
    """Requests of one task instance: how many were in flight at the same time, at most."""

    end: str
    requests: int
    most_at_once: int


@dataclass(frozen=True, slots=True)
class Installed:
    """What a release has of a pattern, and how a run with it ended there."""

    has: tuple[str, ...]
    lacks: tuple[str, ...]
    end: str
    """Of the run: success or failed, or NO_DAG."""


Facts: TypeAlias = "Waited | Alone | Hurt | Fanned | Installed"


@dataclass(frozen=True, slots=True)
class Finding:
    """The facts of one scenario, and the seconds that each of its runs took, which are context."""

    form: str
    scenario: str
    facts: Facts
    seconds: tuple[float, ...]


class Unsteady(Exception):
    """What was looked at again, or played again, was not as it had been."""


def together(rounds: Iterable[Sequence[Finding]]) -> list[Finding]:
    """Return the findings of all rounds as one, which holds the seconds of each.

    Raises:
        Unsteady: two rounds found different facts.
    """
    return [_as_one(same) for same in zip(*rounds, strict=True)]


def _as_one(same: Sequence[Finding]) -> Finding:
    first = same[0]
    for other in same:
        if other.facts != first.facts:
            raise Unsteady(f"{first.form}, {first.scenario}: {first.facts}, then {other.facts}")
    seconds = tuple(second for each in same for second in each.seconds)
    return Finding(first.form, first.scenario, first.facts, seconds)
