"""Makes a recommendation of an outcome: reasons, concessions, and the patterns ruled out."""

from __future__ import annotations

from collections.abc import Iterable

from advisor.decision.changes import would_change
from advisor.decision.decide import Decider, NeedCheck, Outcome, misses
from advisor.decision.model import Concession, Fact, Reason, Recommendation, RuledOut
from advisor.decision.space import Point
from advisor.knowledge.model import DOCUMENTED_ORDER, Knowledge, Source, Sources


class Advisor:
    """Recommends for points by one body of knowledge, and caches the recommendations."""

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
            alternatives=tuple(self.decider.alternatives(point)),
            reasons=reasons(self.knowledge, outcome),
            concessions=concessions(self.knowledge, outcome),
            ruled_out=ruled_out(self.knowledge, outcome),
            would_change=would_change(self.decider, point),
            warnings=tuple(self.decider.warnings(point)),
            cost=self.decider.cost(point),
        )


def reasons(knowledge: Knowledge, outcome: Outcome) -> tuple[Reason, ...]:
    """Return the needs that the winner meets and another misses, then the tie rule if used."""
    if outcome.pattern is None:
        return ()
    result = []
    for check in outcome.checks[outcome.pattern]:
        others = [(p, each) for p, each in _same_need(outcome, check) if not each.met]
        if check.met and others:
            result.append(_reason(knowledge, outcome.pattern, check, others))
    tied = [p for p in outcome.candidates[1:] if _lost_on(outcome, p) is None]
    if tied:
        order = knowledge.order
        result.append(Reason(DOCUMENTED_ORDER, "order", order.text, None, None, (), order.sources))
    return tuple(result)


def _reason(
    knowledge: Knowledge, pattern: str, check: NeedCheck, others: list[tuple[str, NeedCheck]]
) -> Reason:
    row = knowledge.characteristics[check.need.characteristic]
    return Reason(
        id=check.need.id,
        strength=check.need.strength,
        text=check.need.text,
        characteristic=row.title,
        fact=_fact(pattern, check),
        others=tuple(_fact(other, each) for other, each in others),
        sources=_all_sources([check, *(each for _, each in others)]),
    )


def concessions(knowledge: Knowledge, outcome: Outcome) -> tuple[Concession, ...]:
    """Return the needs that the winner misses."""
    if outcome.pattern is None:
        return ()
    missed = [each for each in outcome.checks[outcome.pattern] if not each.met]
    return tuple(_concession(knowledge, outcome.pattern, each) for each in missed)


def _concession(knowledge: Knowledge, pattern: str, missed: NeedCheck) -> Concession:
    row = knowledge.characteristics[missed.need.characteristic]
    return Concession(
        id=missed.need.id,
        strength=missed.need.strength,
        text=missed.need.text,
        characteristic=row.title,
        fact=_fact(pattern, missed),
        safe=missed.cell.safe,
        sources=unique((*_all_sources([missed]), *missed.cell.safe_sources)),
    )


def ruled_out(knowledge: Knowledge, outcome: Outcome) -> tuple[RuledOut, ...]:
    """Return, for each other pattern, the required need that it misses or the need it loses on."""
    others = [pattern for pattern in knowledge.order.patterns if pattern != outcome.pattern]
    return tuple(_ruled_out(knowledge, outcome, pattern) for pattern in others)


def _ruled_out(knowledge: Knowledge, outcome: Outcome, pattern: str) -> RuledOut:
    required = misses(outcome.checks[pattern], "required")
    lost = required[0] if required else _lost_on(outcome, pattern)
    if lost is None:
        order = knowledge.order
        return RuledOut(pattern, DOCUMENTED_ORDER, "order", order.text, None, None, order.sources)
    row = knowledge.characteristics[lost.need.characteristic]
    return RuledOut(
        pattern=pattern,
        id=lost.need.id,
        strength=lost.need.strength,
        text=lost.need.text,
        characteristic=row.title,
        fact=_fact(pattern, lost),
        sources=_all_sources([lost]),
    )


def _lost_on(outcome: Outcome, pattern: str) -> NeedCheck | None:
    """Return the first preferred need that only the winner meets, None after a tie."""
    winner = outcome.checks[outcome.pattern or pattern]
    met = {each.need.id for each in winner if each.met}
    missed = misses(outcome.checks[pattern], "preferred")
    return next((each for each in missed if each.need.id in met), None)


def _same_need(outcome: Outcome, check: NeedCheck) -> Iterable[tuple[str, NeedCheck]]:
    for pattern, checks in outcome.checks.items():
        for each in checks:
            if each.need.id == check.need.id and pattern != outcome.pattern:
                yield pattern, each


def _fact(pattern: str, check: NeedCheck) -> Fact:
    return Fact(pattern, check.cell.words, check.cell.verbatim)


def _all_sources(checks: list[NeedCheck]) -> Sources:
    """Return the sources of the cells, then those of the need, without duplicates."""
    cells = [source for each in checks for source in each.cell.sources]
    return unique((*cells, *checks[0].need.sources))


def unique(sources: Iterable[Source]) -> Sources:
    """Return sources in their order, without duplicates."""
    return tuple(dict.fromkeys(sources))
