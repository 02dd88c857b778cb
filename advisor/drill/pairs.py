"""Pairs of kills: the retry is killed too, at one of the points that it comes by."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from advisor.drill.model import Scenario, Signal
from advisor.drill.runtime.points import Point
from advisor.drill.runtime.service import Behaviour

BUDGET: Final = 1000
SEED: Final = 4


class Sample(NamedTuple):
    """Which pairs are run: all of them, or as many as the budget allows, drawn with the seed."""

    budget: int = BUDGET
    seed: int = SEED


class KillGroup(NamedTuple):
    """First kills that leave the same behind: the retry after them comes by the same points."""

    scenarios: tuple[Scenario, ...]
    points: tuple[Point, ...] = ()
    """What the processes after the kill come by."""


def grouped(scenarios: Sequence[Scenario], left: Mapping[Scenario, str]) -> list[KillGroup]:
    """Return the first kills by what they leave behind; those that no process follows are none."""
    groups: dict[str, list[Scenario]] = {}
    for scenario in scenarios:
        if left[scenario]:
            groups.setdefault(left[scenario], []).append(scenario)
    return [KillGroup(tuple(group)) for group in groups.values()]


class Pairs:
    """Every pair of a first kill, a point that the retry after it comes by, and a signal there.

    They are counted and numbered without being made: there may be a hundred thousand.

    Args:
        firsts: the first kills, with the points after them.
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
            # No secret: whoever has the seed is to draw the same.
            drawing = random.Random(sample.seed)  # noqa: S311
            numbers = sorted(drawing.sample(numbers, sample.budget))
        return [Scenario(aims, behaviour) for aims in self._aims(numbers)]

    def _aims(self, numbers: Sequence[int]) -> Iterator[tuple[tuple[Point, Signal], ...]]:
        """Yield the aims of the pairs of these numbers, which are in their order."""
        row, start = 0, 0
        for number in numbers:
            while number >= self._ends[row]:
                row, start = row + 1, self._ends[row]
            first, points = self._rows[row]
            signal, place = divmod(number - start, len(points))
            yield (*first.aims, (points[place], self._signals[signal]))
