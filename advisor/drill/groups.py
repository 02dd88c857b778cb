"""Groups outcomes whose findings have one cause."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from advisor.drill.model import Finding, Outcome, Stage
from advisor.drill.runtime.events import Point

SIDES: Final = ("before", "after")
"""The two crash points of a call: before and after its effect."""


@dataclass(frozen=True)
class Cause:
    """A signal, and the process and stage in which it was sent."""

    signal: str
    phase: str
    stage: Stage


@dataclass(frozen=True)
class Group:
    """Outcomes with the same findings and the same cause."""

    findings: tuple[Finding, ...]
    causes: tuple[Cause, ...]
    """One cause, or two for a pair of kills."""
    outcomes: Sequence[Outcome]

    @property
    def worst(self) -> Finding:
        """The worst of its findings."""
        return min(self.findings, key=list(Finding).index)

    @property
    def example(self) -> Outcome:
        """The outcome with the earliest signal."""
        return self.outcomes[0]

    @property
    def points(self) -> list[Point]:
        """The distinct crash points at which its last signals were sent."""
        last = (each.moments[-1].point for each in self.outcomes if each.moments)
        return list(dict.fromkeys(last))

    @property
    def seconds(self) -> float:
        """The simulated seconds between its first and its last signal."""
        times = [each.moments[-1].at for each in self.outcomes if each.moments]
        return max(times, default=0.0) - min(times, default=0.0)

    @property
    def calls(self) -> list[str]:
        """The calls to Airflow or the service that lie between its crash points, in order."""
        points = {*self.points}
        halves = ((*point.place.rpartition(":"), point) for point in self.points)
        return [
            call
            for call, _, side, point in halves
            if side == SIDES[0] and point._replace(place=f"{call}:{SIDES[1]}") in points
        ]


def grouped_findings(outcomes: Iterable[Outcome]) -> list[Group]:
    """Group the outcomes that have findings; the worst and the widest groups come first."""
    groups: dict[tuple[tuple[Finding, ...], tuple[Cause, ...]], list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.findings:
            key = (outcome.findings, causes_of(outcome))
            groups.setdefault(key, []).append(outcome)
    made = [Group(each[0].findings, causes_of(each[0]), each) for each in groups.values()]
    order = list(Finding)
    return sorted(made, key=lambda group: (order.index(group.worst), -len(group.outcomes)))


def causes_of(outcome: Outcome) -> tuple[Cause, ...]:
    """Return the causes of an outcome: where its signals were sent."""
    return tuple(Cause(each.signal, each.point.phase, each.stage) for each in outcome.moments)
