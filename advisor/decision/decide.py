"""Which pattern a point leads to: needs raised, musts missed, and the lexicographic rest."""

from collections.abc import Mapping
from typing import NamedTuple

from advisor.decision.space import Point, Space, Test, holds
from advisor.knowledge.model import NO_PATTERN, Advice, Cell, Knowledge, Need
from advisor.knowledge.versions import Version


class NeedCheck(NamedTuple):
    """A need held against a pattern, and the cell that met or missed it."""

    need: Need
    cell: Cell
    met: bool


class Outcome(NamedTuple):
    """What a point leads to.

    `judged` holds, for each pattern, the needs that the point raises and that can be asked of it
    in this version; `candidates` are the patterns that miss no must, the winner first, then those
    that it is preferred to.
    """

    pattern: str | None
    variant: str | None
    candidates: tuple[str, ...]
    checks: Mapping[str, tuple[NeedCheck, ...]]


OutcomeKey = tuple[str | None, str | None, str | None]
"""What makes two recommendations the same: pattern, variant and headline."""


class Decider:
    """Decides points of one body of knowledge, each of them once."""

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
        self._judgements: dict[tuple[str, str, Version], NeedCheck | None] = {}

    def _compiled(self, advice: tuple[Advice, ...]) -> list[tuple[Advice, Test]]:
        return [(each, self.space.compile(each.when)) for each in advice]

    def outcome(self, point: Point) -> Outcome:
        """Return what a point leads to."""
        if point not in self._outcomes:
            self._outcomes[point] = self._decide(point)
        return self._outcomes[point]

    def _decide(self, point: Point) -> Outcome:
        raised = [need for need, test in self._needs if holds(test, point)]
        checks = {
            pattern: self._judge(pattern, raised, point) for pattern in self.knowledge.patterns
        }
        order = self.knowledge.order.patterns
        ranked = sorted(
            (pattern for pattern in order if not misses(checks[pattern], "required")),
            key=lambda pattern: _preference(raised, checks[pattern]),
        )
        winner = ranked[0] if ranked else None
        return Outcome(winner, self._variant(winner, point), tuple(ranked), checks)

    def _judge(self, pattern: str, raised: list[Need], point: Point) -> tuple[NeedCheck, ...]:
        version = self.space.version_at(point)
        found = [self._judgement(need, pattern, version) for need in raised]
        return tuple([checks for checks in found if checks is not None])

    def _judgement(self, need: Need, pattern: str, version: Version) -> NeedCheck | None:
        """Return a need held against a pattern, None where nothing can be said in this version."""
        key = (need.id, pattern, version)
        if key not in self._judgements:
            row = self.knowledge.characteristics[need.characteristic]
            cell = row.cell(pattern, version)
            checks = NeedCheck(need, cell, cell.value in need.accepts) if cell else None
            self._judgements[key] = checks
        return self._judgements[key]

    def _variant(self, pattern: str | None, point: Point) -> str | None:
        for variant, test in self._variants.get(pattern or NO_PATTERN, []):
            if holds(test, point):
                return variant
        return None

    def outcome_key(self, point: Point) -> OutcomeKey:
        """Return what makes the recommendation of a point the same as another's."""
        outcome = self.outcome(point)
        headlines = [each.id for each in self.alternatives(point) if each.headline]
        return outcome.pattern, outcome.variant, headlines[0] if headlines else None

    def warnings(self, point: Point) -> list[Advice]:
        """Return the warnings that go with a point's recommendation."""
        return self._matching(self._warnings, point)

    def alternatives(self, point: Point) -> list[Advice]:
        """Return what would do better than a point's recommendation, or without any."""
        return self._matching(self._alternatives, point)

    def cost(self, point: Point) -> Advice | None:
        """Return the cost line of a point's recommendation, None where there is no pattern."""
        costs = self._matching(self._costs, point)
        return costs[0] if costs else None

    def _matching(self, advice: list[tuple[Advice, Test]], point: Point) -> list[Advice]:
        outcome = self.outcome(point)
        extended = (*point, outcome.pattern or NO_PATTERN, outcome.variant or NO_PATTERN)
        return [each for each, test in advice if holds(test, extended)]


def misses(checks: tuple[NeedCheck, ...], strength: str) -> list[NeedCheck]:
    """Return the needs of a strength that a pattern misses, the most important first."""
    return [each for each in checks if not each.met and each.need.strength == strength]


def _preference(raised: list[Need], checks: tuple[NeedCheck, ...]) -> tuple[bool, ...]:
    """Return a key that sorts patterns: the missed preferences, compared in policy order.

    sorted() keeps the documented order of patterns where the keys are equal, which is the tie rule.
    """
    missed = {each.need.id for each in misses(checks, "preferred")}
    return tuple(need.id in missed for need in raised if need.strength == "preferred")
