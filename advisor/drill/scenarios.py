"""The scenarios of a drill: signals at points, service faults, and pairs of kills."""

from __future__ import annotations

import random
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from advisor.drill.jobs import stores_ids
from advisor.drill.model import Scenario, ServiceFault, Signal, Stage
from advisor.drill.runtime.events import Event, Point, Reached
from advisor.drill.runtime.service import Behaviour
from advisor.drill.stages import stage_at

Aims: TypeAlias = tuple[tuple[Point, Signal], ...]

BUDGET: Final = 1000
SEED: Final = 4
FAILING_CALLS: Final = {
    "submit": ServiceFault.submit_fails,
    "find": ServiceFault.find_fails,
    "status": ServiceFault.status_fails,
    "result": ServiceFault.result_fails,
}
"""The calls that fail once, each in a scenario of its own."""


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
    """Yield a scenario for each service fault that applies to the operator."""
    reached = list(reached)
    for fault, faulty in _faulty_services(reached, behaviour):
        yield Scenario((), faulty, fault.value)
    stores = stores_ids(baseline)
    stages = [
        (point, stage_at(baseline[:events], point.phase, behaviour, stores=stores))
        for point, events in reached
    ]
    waiting = [point for point, stage in stages if stage in {Stage.polling, Stage.deferred}]
    ended = [point for point, stage in stages if stage in {Stage.resuming, Stage.after}]
    for point in waiting[:1]:
        unseen = replace(behaviour, unseen=True)
        yield Scenario(((point, Signal.KILL),), unseen, ServiceFault.unseen_end.value)
    for point in ended[-1:]:
        forgets = replace(behaviour, forgets=True)
        yield Scenario(((point, Signal.KILL),), forgets, ServiceFault.forgotten.value)


def _faulty_services(
    reached: Sequence[Reached], behaviour: Behaviour
) -> Iterator[tuple[ServiceFault, Behaviour]]:
    """Yield the faults that need no signal, with the behaviour of the service.

    Each call fails in a scenario of its own, so that a single retry is enough.
    """
    calls = {point.place.partition(":")[0] for point, _ in reached}
    if "status" in calls or "submit" not in calls:
        yield ServiceFault.job_fails, replace(behaviour, first_ends="failed")
        yield ServiceFault.job_vanishes, replace(behaviour, first_ends="not_found")
    if "submit" in calls:
        yield ServiceFault.answer_lost, replace(behaviour, loses_answer=True)
    for call, fault in FAILING_CALLS.items():
        if call in calls:
            yield fault, replace(behaviour, fails_once=(call,))


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
