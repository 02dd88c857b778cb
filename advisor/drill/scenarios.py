"""The scenarios of a drill: signals at points, service faults, and pairs of kills."""

from __future__ import annotations

import random
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from advisor.drill.judge import stage_of
from advisor.drill.model import Scenario, Signal
from advisor.drill.runtime.events import Event, Point, Reached
from advisor.drill.runtime.service import Behaviour

Aims: TypeAlias = tuple[tuple[Point, Signal], ...]

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
    """Yield a scenario for each service fault."""
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
    """Which pairs to run: all, or as many as the budget allows, selected by the seed."""

    budget: int = BUDGET
    seed: int = SEED


@dataclass(frozen=True)
class KillGroup:
    """First kills that leave the same state behind, so that their retries reach the same points."""

    scenarios: tuple[Scenario, ...]
    points: tuple[Point, ...] = ()
    """The points that are reached after the kill."""


def grouped(scenarios: Sequence[Scenario], left: Mapping[Scenario, str]) -> list[KillGroup]:
    """Group first kills by the state that they leave behind; drop those without a retry."""
    groups: dict[str, list[Scenario]] = {}
    for scenario in scenarios:
        if left[scenario]:
            groups.setdefault(left[scenario], []).append(scenario)
    return [KillGroup(tuple(group)) for group in groups.values()]


def sampled_pairs(
    kill_groups: Sequence[KillGroup],
    signals: Sequence[Signal],
    sample: Sample,
    behaviour: Behaviour,
) -> tuple[int, list[Scenario]]:
    """Return the number of all pairs, and the pairs to run, sorted by their first kills.

    A pair is a first kill and a signal to its retry. The same seed selects the same pairs.
    """
    count = len(signals) * sum(len(each.scenarios) * len(each.points) for each in kill_groups)
    numbers: Container[int] = range(count)
    if count > sample.budget:
        # A seeded generator, because the same seed must select the same pairs.
        numbers = {*random.Random(sample.seed).sample(range(count), sample.budget)}  # noqa: S311
    return count, [
        Scenario(aims, behaviour)
        for number, aims in enumerate(_each_pair(kill_groups, signals))
        if number in numbers
    ]


def _each_pair(kill_groups: Sequence[KillGroup], signals: Sequence[Signal]) -> Iterator[Aims]:
    for group in kill_groups:
        for first in group.scenarios:
            for signal in signals:
                yield from ((*first.aims, (point, signal)) for point in group.points)
