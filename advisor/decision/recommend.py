"""Turns an outcome into a recommendation: reasons, concessions, and patterns ruled out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from advisor.decision.changes import Change, without_effect, would_change
from advisor.decision.decide import Decider, NeedCheck, Outcome, misses
from advisor.decision.needs_table import NeedRow, Standing, need_rows, standings
from advisor.decision.space import Point
from advisor.knowledge.model import (
    DOCUMENTED_ORDER,
    Advice,
    Alternative,
    Knowledge,
    Need,
    PatternWarning,
    Source,
    Sources,
)


@dataclass(frozen=True)
class Fact:
    """The characteristic of a pattern that a need asks about, in words."""

    pattern: str
    words: str
    verbatim: bool


@dataclass(frozen=True)
class Reason:
    """A need that the recommended pattern meets and another misses.

    `facts` begin with the recommended pattern's. If the reason is the order of the patterns,
    `characteristic` is None and there are no facts.
    """

    id: str
    strength: str
    text: str
    characteristic: str | None
    facts: tuple[Fact, ...]
    sources: Sources


@dataclass(frozen=True)
class Concession(Reason):
    """A need that the recommended pattern misses.

    `missed` says so in a few words. `safe` says why that is safe, or is "".
    """

    missed: str
    safe: str


@dataclass(frozen=True)
class RuledOut(Reason):
    """Why a pattern is not recommended: a required need that it misses, or the need it loses on."""

    pattern: str


@dataclass(frozen=True)
class Recommendation:
    """The recommendation for one point of the answer space.

    `needs` and `standings` are the rows of the table and the result for each pattern.
    `without_effect` are the follow-up questions to which no other answer would change anything that
    users see. The text of `cost` contains `{duration}` as a placeholder for the duration of the
    wait.
    """

    pattern: str | None
    variant: str | None
    needs: tuple[NeedRow, ...]
    standings: Mapping[str, Standing]
    alternatives: tuple[Alternative, ...]
    reasons: tuple[Reason, ...]
    concessions: tuple[Concession, ...]
    ruled_out: tuple[RuledOut, ...]
    would_change: tuple[Change, ...]
    without_effect: frozenset[str]
    warnings: tuple[PatternWarning, ...]
    cost: Advice | None

    @property
    def headline(self) -> Alternative | None:
        """Return the alternative that is better than the pattern itself, or None."""
        return next((each for each in self.alternatives if each.headline), None)


class Advisor:
    """Recommends a pattern for each point, from one Knowledge, and caches the recommendations."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.decider = Decider(knowledge)
        self.space = self.decider.space
        self._recommendations: dict[Point, Recommendation] = {}

    def recommend(self, point: Point) -> Recommendation:
        """Return the recommendation for a point."""
        if point not in self._recommendations:
            self._recommendations[point] = self._recommend(point)
        return self._recommendations[point]

    def _recommend(self, point: Point) -> Recommendation:
        outcome = self.decider.outcome(point)
        return Recommendation(
            pattern=outcome.pattern,
            variant=outcome.variant,
            needs=need_rows(outcome),
            standings=standings(outcome),
            alternatives=tuple(self.decider.alternatives(point)),
            reasons=reasons(self.knowledge, outcome),
            concessions=concessions(self.knowledge, outcome),
            ruled_out=ruled_out(self.knowledge, outcome),
            would_change=would_change(self.decider, point),
            without_effect=without_effect(self.decider, point),
            warnings=tuple(self.decider.warnings(point)),
            cost=self.decider.cost(point),
        )


def reasons(knowledge: Knowledge, outcome: Outcome) -> tuple[Reason, ...]:
    """Return the needs that the winner meets and another misses, and the tie rule if it decided."""
    if outcome.pattern is None:
        return ()
    result = []
    for check in outcome.checks[outcome.pattern]:
        others = [(p, each) for p, each in _same_need(outcome, check) if not each.met]
        if check.met and others:
            result.append(_reason(knowledge, [(outcome.pattern, check), *others]))
    if any(lost_on(outcome, pattern) is None for pattern in outcome.candidates[1:]):
        result.append(_order(knowledge))
    return tuple(result)


def concessions(knowledge: Knowledge, outcome: Outcome) -> tuple[Concession, ...]:
    """Return the needs that the winner misses."""
    if outcome.pattern is None:
        return ()
    missed = [each for each in outcome.checks[outcome.pattern] if not each.met]
    return tuple(_concession(knowledge, outcome.pattern, each) for each in missed)


def _concession(knowledge: Knowledge, pattern: str, missed: NeedCheck) -> Concession:
    reason = _reason(knowledge, [(pattern, missed)])
    cited = replace(reason, sources=unique((*reason.sources, *missed.cell.safe_sources)))
    return Concession(**vars(cited), missed=miss(missed.need), safe=missed.cell.safe)


def miss(need: Need) -> str:
    """Return in a few words that a pattern does not meet a need."""
    return need.missed or f"it does not satisfy '{need.label}'"


def ruled_out(knowledge: Knowledge, outcome: Outcome) -> tuple[RuledOut, ...]:
    """Return, for each other pattern, the required need that it misses or the need it loses on."""
    others = [pattern for pattern in knowledge.order.patterns if pattern != outcome.pattern]
    return tuple(_ruled_out(knowledge, outcome, pattern) for pattern in others)


def _ruled_out(knowledge: Knowledge, outcome: Outcome, pattern: str) -> RuledOut:
    required = misses(outcome.checks[pattern], "required")
    lost = required[0] if required else lost_on(outcome, pattern)
    reason = _reason(knowledge, [(pattern, lost)]) if lost else _order(knowledge)
    return RuledOut(**vars(reason), pattern=pattern)


def lost_on(outcome: Outcome, pattern: str) -> NeedCheck | None:
    """Return the first preferred need that only the winner meets, or None after a tie."""
    winner = outcome.checks[outcome.pattern or pattern]
    met = {each.need.id for each in winner if each.met}
    missed = misses(outcome.checks[pattern], "preferred")
    return next((each for each in missed if each.need.id in met), None)


def _same_need(outcome: Outcome, check: NeedCheck) -> Iterable[tuple[str, NeedCheck]]:
    for pattern, checks in outcome.checks.items():
        for each in checks:
            if each.need.id == check.need.id and pattern != outcome.pattern:
                yield pattern, each


def _reason(knowledge: Knowledge, checks: list[tuple[str, NeedCheck]]) -> Reason:
    """Return a need as a reason: a fact for each pattern that was checked, and all sources."""
    need = checks[0][1].need
    cells = [(pattern, check.cell) for pattern, check in checks]
    return Reason(
        id=need.id,
        strength=need.strength,
        text=need.text,
        characteristic=knowledge.characteristics[need.characteristic].title,
        facts=tuple(Fact(pattern, cell.words, cell.verbatim) for pattern, cell in cells),
        sources=unique((*(s for _, cell in cells for s in cell.sources), *need.sources)),
    )


def _order(knowledge: Knowledge) -> Reason:
    order = knowledge.order
    return Reason(DOCUMENTED_ORDER, "order", order.text, None, (), order.sources)


def unique(sources: Iterable[Source]) -> Sources:
    """Return sources in their order, without duplicates."""
    return tuple(dict.fromkeys(sources))
