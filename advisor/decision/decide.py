"""Decides which pattern fits a point: required needs first, then preferred needs in order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from advisor.decision.space import CompiledCondition, Point, Space, holds
from advisor.knowledge.model import (
    NO_PATTERN,
    Advice,
    Alternative,
    Cell,
    Knowledge,
    Need,
    PatternWarning,
)
from advisor.knowledge.versions import Version

AnyAdvice = TypeVar("AnyAdvice", bound=Advice)


@dataclass(frozen=True)
class NeedCheck:
    """Whether a pattern meets a need, and the cell that decides it."""

    need: Need
    cell: Cell
    met: bool


@dataclass(frozen=True)
class Outcome:
    """The decision for a point.

    `raised` are the needs that the answers raise. `candidates` are the patterns that meet all
    required needs, the best first. `checks` has, for each pattern, the raised needs for which the
    pattern has a cell in this version.
    """

    pattern: str | None
    variant: str | None
    raised: tuple[Need, ...]
    candidates: tuple[str, ...]
    checks: Mapping[str, tuple[NeedCheck, ...]]


OutcomeKey = tuple[str | None, str | None, str | None]
"""Pattern, variant and headline. Recommendations with equal keys count as the same."""


class Decider:
    """Decides which pattern fits each point, from one Knowledge, and caches the outcomes."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.space = Space(knowledge)
        self._needs = [(need, self.space.compile(need.when)) for need in knowledge.needs]
        self._variants = {
            pattern.id: [
                (variant.id, self.space.compile(variant.when)) for variant in pattern.variants
            ]
            for pattern in knowledge.patterns.values()
        }
        self._warnings = self._compiled(knowledge.warnings)
        self._alternatives = self._compiled(knowledge.alternatives)
        self._costs = self._compiled(knowledge.costs)
        self._outcomes: dict[Point, Outcome] = {}

    def _compiled(self, advice: tuple[AnyAdvice, ...]) -> list[tuple[AnyAdvice, CompiledCondition]]:
        return [(each, self.space.compile(each.when)) for each in advice]

    def outcome(self, point: Point) -> Outcome:
        """Return the outcome of a point."""
        if point not in self._outcomes:
            self._outcomes[point] = self._decide(point)
        return self._outcomes[point]

    def _decide(self, point: Point) -> Outcome:
        raised = [need for need, test in self._needs if holds(test, point)]
        version = self.space.version_at(point)
        checks = {
            pattern: tuple(self._checks(pattern, raised, version))
            for pattern in self.knowledge.patterns
        }
        order = self.knowledge.order.patterns
        ranked = sorted(
            (pattern for pattern in order if not misses(checks[pattern], "required")),
            key=lambda pattern: _preference(raised, checks[pattern]),
        )
        winner = ranked[0] if ranked else None
        return Outcome(winner, self._variant(winner, point), tuple(raised), tuple(ranked), checks)

    def _checks(self, pattern: str, raised: list[Need], version: Version) -> Iterator[NeedCheck]:
        for need in raised:
            cell = self.knowledge.characteristics[need.characteristic].cell(pattern, version)
            if cell is not None:
                yield NeedCheck(need, cell, cell.value in need.accepts)

    def _variant(self, pattern: str | None, point: Point) -> str | None:
        for variant, test in self._variants.get(pattern or NO_PATTERN, []):
            if holds(test, point):
                return variant
        return None

    def outcome_key(self, point: Point) -> OutcomeKey:
        """Return the key that compares the recommendation at a point with others."""
        outcome = self.outcome(point)
        headlines = [each.id for each in self.alternatives(point) if each.headline]
        return outcome.pattern, outcome.variant, headlines[0] if headlines else None

    def warnings(self, point: Point, pattern: str | None = None) -> list[PatternWarning]:
        """Return the warnings that go with a point's recommendation, or with another pattern."""
        return self._matching(self._warnings, point, pattern)

    def alternatives(self, point: Point) -> list[Alternative]:
        """Return the alternatives to the recommended pattern, which may be better than it."""
        return self._matching(self._alternatives, point)

    def cost(self, point: Point, pattern: str | None = None) -> Advice | None:
        """Return the cost of a point's recommendation, or of another pattern, or None."""
        costs = self._matching(self._costs, point, pattern)
        return costs[0] if costs else None

    def _matching(
        self,
        advice: list[tuple[AnyAdvice, CompiledCondition]],
        point: Point,
        pattern: str | None = None,
    ) -> list[AnyAdvice]:
        outcome = self.outcome(point)
        followed = pattern or outcome.pattern or NO_PATTERN
        variant = outcome.variant if followed == outcome.pattern else None
        extended = (*point, followed, variant or NO_PATTERN)
        return [each for each, test in advice if holds(test, extended)]


def misses(checks: tuple[NeedCheck, ...], strength: str) -> list[NeedCheck]:
    """Return the unmet needs of a strength, the most important first."""
    return [each for each in checks if not each.met and each.need.strength == strength]


def _preference(raised: list[Need], checks: tuple[NeedCheck, ...]) -> tuple[bool, ...]:
    """Return a sort key for patterns: which preferred needs are unmet, in the policy's order.

    If keys are equal, sorted() keeps the order of the patterns, which is the tie-break.
    """
    missed = {each.need.id for each in misses(checks, "preferred")}
    return tuple(need.id in missed for need in raised if need.strength == "preferred")
