"""Walks the answer space: the outcomes of its points, and the effect of each need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from advisor.decision.decide import Decider
from advisor.decision.recommend import Advisor
from advisor.decision.space import Point
from advisor.knowledge.model import NO_PATTERN, Need


class Walk:
    """Every point of one advisor's answer space."""

    def __init__(self, advisor: Advisor) -> None:
        self.decider = advisor.decider
        self.space = advisor.space
        self.knowledge = advisor.knowledge
        self.points = tuple(self.space.points())

    def outcomes(self) -> Counter[tuple[str, str]]:
        """Return the number of points that lead to each pattern (or none), by class of versions."""
        at = self.space.position["airflow_version"]
        return Counter((self.decider.outcome(p).pattern or NO_PATTERN, p[at]) for p in self.points)

    def moved_without(self, need: Need) -> int:
        """Return the number of points that have another outcome without a need."""
        return self._moved(each for each in self.knowledge.needs if each is not need)

    def moved_by_first(self, need: Need) -> int:
        """Return the number of points that have another outcome if a need comes first."""
        return self._moved(sorted(self.knowledge.needs, key=lambda each: each is not need))

    def _moved(self, needs: Iterable[Need]) -> int:
        other = Decider(replace(self.knowledge, needs=tuple(needs)))
        if other.space.classes != self.space.classes:
            raise ValueError("without this need the answer space has other points")
        return sum(self._differs(other, point) for point in self.points)

    def _differs(self, other: Decider, point: Point) -> bool:
        mine, theirs = self.decider.outcome(point), other.outcome(point)
        return (mine.pattern, mine.variant) != (theirs.pattern, theirs.variant)
