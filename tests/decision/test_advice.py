"""A recommendation has the right warnings, alternatives, cost and sources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.decision.decide import Decider
from advisor.decision.recommend import Reason, Recommendation
from advisor.decision.space import Point
from advisor.documents.read import read_document
from advisor.knowledge.model import PLAIN, Advice, Source
from advisor.knowledge.policy import with_policy
from tests.decision.points import ADVISOR, KNOWLEDGE, first, point, says

ROOT = Path(__file__).parents[2]
EXAMPLE_POLICY = ROOT / "docs" / "examples" / "policy" / "no_workers_held.yaml"

Cited = Reason | Advice


def cited(recommendation: Recommendation) -> Iterator[Cited]:
    yield from recommendation.reasons
    yield from recommendation.concessions
    yield from recommendation.ruled_out
    yield from recommendation.warnings
    yield from recommendation.alternatives
    if recommendation.cost:
        yield recommendation.cost


def test_every_part_of_a_recommendation_has_a_source(
    recommendations: dict[Point, Recommendation],
) -> None:
    unsourced = {
        each.id for it in recommendations.values() for each in cited(it) if not each.sources
    }
    assert unsourced == set()


def test_sources_are_not_repeated(recommendations: dict[Point, Recommendation]) -> None:
    repeated = {
        each.id
        for it in recommendations.values()
        for each in cited(it)
        if len(set(each.sources)) < len(each.sources)
    }
    assert repeated == set()


def test_documented_sources_have_a_url(
    recommendations: dict[Point, Recommendation],
) -> None:
    sources = {
        source for it in recommendations.values() for each in cited(it) for source in each.sources
    }
    assert [each for each in sources if not is_complete(each)] == []


def is_complete(source: Source) -> bool:
    if source.kind == "documented":
        return bool(source.text) and source.url.startswith("https://")
    return bool(source.text)


@pytest.mark.parametrize("kind", ["warnings", "alternatives"])
def test_advice_is_shown_if_and_only_if_its_condition_holds(
    recommendations: dict[Point, Recommendation], kind: str
) -> None:
    advice: tuple[Advice, ...] = getattr(KNOWLEDGE, kind)
    wrong = {}
    for at, it in recommendations.items():
        found = [each.id for each in getattr(it, kind)]
        if found != (expected := [each.id for each in advice if says(each.when, at)]):
            wrong[at] = f"{found}, expected {expected}"
    assert not wrong, first(wrong)


@pytest.mark.parametrize("kind", ["warnings", "alternatives"])
def test_all_advice_is_shown_at_least_once(
    recommendations: dict[Point, Recommendation], kind: str
) -> None:
    shown = {each.id for it in recommendations.values() for each in getattr(it, kind)}
    assert shown == {each.id for each in getattr(KNOWLEDGE, kind)}


def test_every_cost_is_shown_under_the_shipped_or_the_example_policy(
    recommendations: dict[Point, Recommendation],
) -> None:
    shown = {it.cost.id for it in recommendations.values() if it.cost}
    decider = Decider(with_policy(KNOWLEDGE, read_document(str(EXAMPLE_POLICY))))
    shown_by_policy = {cost.id for at in decider.space.points() if (cost := decider.cost(at))}
    # An existing operator may follow no pattern.
    followed = decider.cost(point(), PLAIN)
    assert followed is not None
    assert shown | shown_by_policy | {followed.id} == {each.id for each in KNOWLEDGE.costs}
    assert shown_by_policy - shown == {"async-batches"}


def test_recommendation_has_a_cost_if_and_only_if_it_has_a_pattern(
    recommendations: dict[Point, Recommendation],
) -> None:
    wrong = [at for at, it in recommendations.items() if (it.cost is None) != (it.pattern is None)]
    assert not wrong, first(wrong)


def test_cost_is_the_first_that_applies(recommendations: dict[Point, Recommendation]) -> None:
    wrong = [
        at
        for at, it in recommendations.items()
        if it.cost and it.cost.id != next(c.id for c in KNOWLEDGE.costs if says(c.when, at))
    ]
    assert not wrong, first(wrong)


def test_headline_is_the_alternative_marked_as_headline() -> None:
    recommendation = ADVISOR.recommend(point(duration="20s", duplicate_risk="harmless"))
    assert recommendation.headline is not None
    assert recommendation.headline in recommendation.alternatives
    assert ADVISOR.recommend(point()).headline is None
