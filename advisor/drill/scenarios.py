"""Which runs a drill consists of: points, service faults, and pairs of a kill and its retry's."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from advisor.drill.judge import stage_of
from advisor.drill.model import Scenario, Signal
from advisor.drill.runtime.events import Event, Point, Reached
from advisor.drill.runtime.service import Behaviour

BUDGET: Final = 1000
SEED: Final = 4


def each_point(
    reached: Iterable[Reached], signals: Sequence[Signal], behaviour: Behaviour
) -> Iterator[Scenario]:
    """Yield a scenario for each point and each signal."""
    for signal in signals:
        for point, _ in reached:
            yield Scenario(((point, signal),), behaviour)


def each_service_fault(
    reached: Iterable[Reached], baseline: Sequence[Event], behaviour: Behaviour
) -> Iterator[Scenario]:
    """Yield a scenario for each way in which the service can be unusual."""
    faults = {
        "the job fails": replace(behaviour, first_ends="failed"),
        "the job vanishes": replace(behaviour, first_ends="not_found"),
        "the answer to the submission is lost": replace(behaviour, loses_answer=True),
        "each call fails once": replace(behaviour, fails_once=("submit", "status", "result")),
    }
    for fault, faulty in faults.items():
        yield Scenario((), faulty, fault)
    stages = [(point, stage_of(baseline[:events], behaviour)) for point, events in reached]
    running = [point for point, stage in stages if stage == "job running"]
    ended = [point for point, stage in stages if stage == "job ended"]
    for point in running[:1]:
        unseen = replace(behaviour, unseen=True)
        yield Scenario(((point, Signal.KILL),), unseen, "the job ends between two attempts")
    for point in ended[-1:]:
        forgets = replace(behaviour, forgets=True)
        yield Scenario(((point, Signal.KILL),), forgets, "a job that succeeded is forgotten")


@dataclass(frozen=True)
class Sample:
    """Which pairs are run: all of them, or as many as the budget allows, drawn with the seed."""

    budget: int = BUDGET
    seed: int = SEED


@dataclass(frozen=True)
class KillGroup:
    """First kills that leave the same behind, so that their retries reach the same points."""

    scenarios: tuple[Scenario, ...]
    points: tuple[Point, ...] = ()
    """The points that the processes after the kill reach."""


def grouped(scenarios: Sequence[Scenario], left: Mapping[Scenario, str]) -> list[KillGroup]:
    """Return the first kills by what they leave behind, without those that no process follows."""
    groups: dict[str, list[Scenario]] = {}
    for scenario in scenarios:
        if left[scenario]:
            groups.setdefault(left[scenario], []).append(scenario)
    return [KillGroup(tuple(group)) for group in groups.values()]


class Pairs:
    """Every pair of a first kill, a point that the retry after it reaches, and a signal there.

    They are counted and numbered without being created: there may be a hundred thousand.

    Args:
        kill_groups: the first kills, with the points after them.
        signals: what is sent to the retry.
    """

    def __init__(self, kill_groups: Sequence[KillGroup], signals: Sequence[Signal]) -> None:
        self._rows = [
            (first, group.points)
            for group in kill_groups
            for first in group.scenarios
            if group.points
        ]
        self._signals = signals
        self._ends = list(accumulate(len(points) * len(signals) for _, points in self._rows))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def sampled(self, sample: Sample, behaviour: Behaviour) -> list[Scenario]:
        """Return the pairs to run, by their first kills; the same ones for the same seed."""
        numbers: Sequence[int] = range(len(self))
        if len(numbers) > sample.budget:
            # Not for security: the same seed must draw the same pairs.
            generator = random.Random(sample.seed)  # noqa: S311
            numbers = sorted(generator.sample(numbers, sample.budget))
        return [Scenario(aims, behaviour) for aims in self._aims(numbers)]

    def _aims(self, numbers: Sequence[int]) -> Iterator[tuple[tuple[Point, Signal], ...]]:
        """Yield the aims of the pairs with these numbers, which are sorted."""
        row, start = 0, 0
        for number in numbers:
            while number >= self._ends[row]:
                row, start = row + 1, self._ends[row]
            first, points = self._rows[row]
            signal, place = divmod(number - start, len(points))
            yield (*first.aims, (points[place], self._signals[signal]))
