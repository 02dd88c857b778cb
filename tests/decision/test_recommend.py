"""The reasons of a recommendation have certain properties at every point of the answer space."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.decision.recommend import Reason, Recommendation
from advisor.decision.space import Point
from advisor.knowledge.model import DOCUMENTED_ORDER, Need
from tests.decision.points import ADVISOR, DECIDER, KNOWLEDGE, cell_at, first, point, says

PATTERNS = tuple(KNOWLEDGE.patterns)
NEEDS = {need.id: need for need in KNOWLEDGE.needs}
ROW_OF_TITLE = {row.title: row.id for row in KNOWLEDGE.characteristics.values()}


def by_a_need(recommendation: Recommendation) -> Iterator[Reason]:
    parts: list[Reason] = [
        *recommendation.reasons,
        *recommendation.concessions,
        *recommendation.ruled_out,
    ]
    yield from (each for each in parts if each.id != DOCUMENTED_ORDER)


def value_at(at: Point, need: Need, pattern: str) -> str:
    cell = cell_at(at, need.characteristic, pattern)
    return cell.value if cell else ""


def test_recommendation_has_reasons_or_alternatives(
    recommendations: dict[Point, Recommendation],
) -> None:
    wrong = [
        at
        for at, it in recommendations.items()
        if not (it.reasons if it.pattern else it.alternatives or it.would_change)
    ]
    assert not wrong, first(wrong)


def test_point_without_a_pattern_has_alternatives_and_changes(
    recommendations: dict[Point, Recommendation],
) -> None:
    wrong = [
        at
        for at, it in recommendations.items()
        if it.pattern is None
        and not (it.alternatives and any(change.pattern for change in it.would_change))
    ]
    assert not wrong, first(wrong)


def test_point_without_a_pattern_has_no_reasons_warnings_or_cost(
    recommendations: dict[Point, Recommendation],
) -> None:
    wrong = [
        at
        for at, it in recommendations.items()
        if it.pattern is None and (it.reasons or it.concessions or it.warnings or it.cost)
    ]
    assert not wrong, first(wrong)


def test_every_other_pattern_is_ruled_out_exactly_once(
    recommendations: dict[Point, Recommendation],
) -> None:
    wrong = {
        at: [each.pattern for each in it.ruled_out]
        for at, it in recommendations.items()
        if [each.pattern for each in it.ruled_out] != [p for p in PATTERNS if p != it.pattern]
    }
    assert not wrong, first(wrong)


def test_ruled_out_pattern_misses_the_named_required_need(
    recommendations: dict[Point, Recommendation],
) -> None:
    wrong = {
        at: (out.pattern, out.id)
        for at, it in recommendations.items()
        for out in it.ruled_out
        if out.strength == "required"
        and not (
            says(NEEDS[out.id].when, at)
            and value_at(at, NEEDS[out.id], out.pattern) not in NEEDS[out.id].accepts
        )
    }
    assert not wrong, first(wrong)


def test_ruled_out_names_the_first_missed_required_need(
    recommendations: dict[Point, Recommendation],
) -> None:
    wrong = {
        at: (out.pattern, out.id)
        for at, it in recommendations.items()
        for out in it.ruled_out
        if out.strength == "required"
        and out.id
        != next(
            need.id
            for need in KNOWLEDGE.needs
            if need.strength == "required"
            and says(need.when, at)
            and value_at(at, need, out.pattern) not in ("", *need.accepts)
        )
    }
    assert not wrong, first(wrong)


def test_ruled_out_names_required_needs_before_preferred_ones(
    recommendations: dict[Point, Recommendation],
) -> None:
    wrong = {
        at: (out.pattern, out.id)
        for at, it in recommendations.items()
        for out in it.ruled_out
        if (out.strength == "required") == (out.pattern in DECIDER.outcome(at).candidates)
    }
    assert not wrong, first(wrong)


def test_pattern_that_loses_misses_a_preferred_need_that_the_winner_meets(
    recommendations: dict[Point, Recommendation],
) -> None:
    wrong = {
        at: (out.pattern, out.id)
        for at, it in recommendations.items()
        for out in it.ruled_out
        if out.strength == "preferred"
        and (out.id not in [each.id for each in it.reasons] or not lost(at, out.id, out.pattern))
    }
    assert not wrong, first(wrong)


def lost(at: Point, need_id: str, pattern: str) -> bool:
    return value_at(at, NEEDS[need_id], pattern) not in NEEDS[need_id].accepts


def test_order_is_a_reason_if_and_only_if_it_rules_out_a_pattern(
    recommendations: dict[Point, Recommendation],
) -> None:
    wrong = [
        at
        for at, it in recommendations.items()
        if (DOCUMENTED_ORDER in [each.id for each in it.reasons])
        != (DOCUMENTED_ORDER in [e.id for e in it.ruled_out])
    ]
    assert not wrong, first(wrong)


def test_concessions_have_no_required_need(recommendations: dict[Point, Recommendation]) -> None:
    wrong = [
        at
        for at, it in recommendations.items()
        if any(each.strength == "required" for each in it.concessions)
    ]
    assert not wrong, first(wrong)


def test_reasons_are_the_needs_that_the_winner_meets_and_another_misses(
    recommendations: dict[Point, Recommendation],
) -> None:
    wrong = {}
    for at, it in recommendations.items():
        found = [each.id for each in it.reasons if each.id != DOCUMENTED_ORDER]
        if found != (expected := reasons_expected(at, it.pattern)):
            wrong[at] = f"{found}, expected {expected}"
    assert not wrong, first(wrong)


def reasons_expected(at: Point, winner: str | None) -> list[str]:
    return [
        need.id
        for need in KNOWLEDGE.needs
        if winner
        and says(need.when, at)
        and value_at(at, need, winner) in need.accepts
        and any(value not in need.accepts for p in PATTERNS if (value := value_at(at, need, p)))
    ]


def test_concessions_are_the_needs_that_the_winner_misses(
    recommendations: dict[Point, Recommendation],
) -> None:
    wrong = {}
    for at, it in recommendations.items():
        found = [each.id for each in it.concessions]
        expected = [
            need.id
            for need in KNOWLEDGE.needs
            if it.pattern
            and says(need.when, at)
            and value_at(at, need, it.pattern) not in need.accepts
        ]
        if found != expected:
            wrong[at] = f"{found}, expected {expected}"
    assert not wrong, first(wrong)


def test_no_need_is_both_a_reason_and_a_concession(
    recommendations: dict[Point, Recommendation],
) -> None:
    wrong = [
        at
        for at, it in recommendations.items()
        if {each.id for each in it.reasons} & {each.id for each in it.concessions}
    ]
    assert not wrong, first(wrong)


def test_facts_have_the_words_of_their_cells(
    recommendations: dict[Point, Recommendation],
) -> None:
    wrong = {
        at: (each.id, fact)
        for at, it in recommendations.items()
        for each in by_a_need(it)
        for fact in each.facts
        if fact.words != words_at(at, each, fact.pattern)
    }
    assert not wrong, first(wrong)


def words_at(at: Point, each: Reason, pattern: str) -> str:
    cell = cell_at(at, ROW_OF_TITLE[each.characteristic or ""], pattern)
    return cell.words if cell else ""


def test_recommendations_are_cached() -> None:
    assert ADVISOR.recommend(point()) is ADVISOR.recommend(point())
