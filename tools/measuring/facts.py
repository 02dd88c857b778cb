"""The kinds of facts that scenarios measure; a repeated measurement must find the same.

The names of the fields are keys of the evidence files.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

NO_DAG: Final = "no Dag"
"""The `end` of a run whose Dag cannot be imported."""


@dataclass(frozen=True)
class PoolSlots:
    """The slots of a pool while its only task waits for a job."""

    slots: int
    running_slots: int
    deferred_slots: int
    open_slots: int


@dataclass(frozen=True)
class WithoutTriggerer:
    """The state of a task while no Triggerer runs."""

    task: str
    watched_seconds: int
    """Seconds that it was watched after the end of its job; 0 if the task had ended."""


@dataclass(frozen=True)
class KilledRun:
    """How a run ended after one of its processes was killed."""

    end: str
    tries: int
    jobs: int
    went_on: bool
    """Whether the run made a call about its first job after the kill."""
    result: Literal["reported", "lost"]


@dataclass(frozen=True)
class ConcurrentRequests:
    """The requests of one task instance, and how many were in flight at the same time."""

    end: str
    requests: int
    most_at_once: int


@dataclass(frozen=True)
class InstalledParts:
    """The parts of a pattern that a release has, and how a run with the pattern ended."""

    has: tuple[str, ...]
    lacks: tuple[str, ...]
    end: str
    """The final state of the run: success or failed, or NO_DAG."""


Facts: TypeAlias = "PoolSlots | WithoutTriggerer | KilledRun | ConcurrentRequests | InstalledParts"


@dataclass(frozen=True)
class Measurement:
    """The facts of one scenario, and the duration of each of its runs, which is not a fact."""

    form: str
    scenario: str
    facts: Facts
    seconds: tuple[float, ...]


class InconsistentFacts(Exception):
    """Two measurements of the same thing found different facts."""


def merge_rounds(rounds: Iterable[Sequence[Measurement]]) -> list[Measurement]:
    """Return the measurements of all rounds as one list, with the durations of each round.

    Raises:
        InconsistentFacts: two rounds found different facts.
    """
    return [_merge(same) for same in zip(*rounds, strict=True)]


def _merge(same: Sequence[Measurement]) -> Measurement:
    first = same[0]
    for other in same:
        if other.facts != first.facts:
            raise InconsistentFacts(
                f"{first.form}, {first.scenario}: {first.facts}, then {other.facts}"
            )
    seconds = tuple(second for each in same for second in each.seconds)
    return Measurement(first.form, first.scenario, first.facts, seconds)
