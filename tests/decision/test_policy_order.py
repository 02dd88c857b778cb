"""The needs and their order are the policy: each one counts, and moving one moves the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.decision.decide import Decider, OutcomeKey
from advisor.decision.recommend import ruled_out
from advisor.knowledge.model import DOCUMENTED_ORDER, Need
from tests.decision.points import DECIDER, KNOWLEDGE, POINTS, point

DECISIVE = [need.id for need in KNOWLEDGE.needs if need.strength != "info"]
MENTIONED = [need.id for need in KNOWLEDGE.needs if need.strength == "info"]
PREFERRED = [need for need in KNOWLEDGE.needs if need.strength == "preferred"]
REDUNDANT = {"no-duplicates"}

Policy = Callable[..., Decider]


def with_needs(*needs: Need) -> Decider:
    return Decider(replace(KNOWLEDGE, needs=needs))


def without(need_id: str) -> Decider:
    return with_needs(*(need for need in KNOWLEDGE.needs if need.id != need_id))


def preferring(*need_ids: str) -> Decider:
    """Return a decider for which these needs come before all others."""
    rank = {need_id: at for at, need_id in enumerate(need_ids)}
    return with_needs(*sorted(KNOWLEDGE.needs, key=lambda need: rank.get(need.id, len(rank))))


def demanding(need_id: str) -> Decider:
    """Return a decider for which this need is a must."""
    return with_needs(
        *(
            replace(need, strength="required") if need.id == need_id else need
            for need in KNOWLEDGE.needs
        )
    )


def with_ties(*patterns: str) -> Decider:
    return Decider(replace(KNOWLEDGE, order=replace(KNOWLEDGE.order, patterns=patterns)))


def differs(decider: Decider) -> bool:
    return any(decider.outcome_key(at) != DECIDER.outcome_key(at) for at in POINTS)


def test_every_must_and_preference_is_what_some_pattern_falls_by() -> None:
    fell_by = {each.id for at in POINTS for each in ruled_out(KNOWLEDGE, DECIDER.outcome(at))}
    assert fell_by == {*DECISIVE, DOCUMENTED_ORDER}


@pytest.mark.parametrize("need_id", [each for each in DECISIVE if each not in REDUNDANT])
def test_without_a_need_some_recommendation_is_another(need_id: str) -> None:
    assert differs(without(need_id))


@pytest.mark.parametrize("need_id", sorted(REDUNDANT))
def test_a_need_that_agrees_with_the_order_counts_only_under_another_order(need_id: str) -> None:
    """`no-duplicates` decides between resumable and async alone, as the order does by itself.

    Deferrable meets it as little as async does, and where it is a candidate for a wait of minutes
    or hours the free slot outweighs it; for a short one no-deferral-overhead says the same. So it
    is redundant until ties go to async first, or until a policy moves it before the free slot.
    """
    assert not differs(without(need_id))
    unlike = Decider(replace(without(need_id).knowledge, order=async_first().knowledge.order))
    assert any(async_first().outcome_key(at) != unlike.outcome_key(at) for at in POINTS)


@pytest.mark.parametrize("need_id", MENTIONED)
def test_a_mention_decides_nothing(need_id: str) -> None:
    assert not differs(without(need_id))


def async_first() -> Decider:
    return with_ties("async", "resumable", "deferrable")


EXPECTED: dict[str, tuple[Decider, dict[str, str], OutcomeKey, OutcomeKey]] = {
    "the free slot before all: deferrable though it misses the two below": (
        preferring("free-slot"),
        {"async_client": "no"},
        ("resumable", None, None),
        ("deferrable", None, None),
    ),
    "no duplicates before the free slot: resumable": (
        preferring("no-duplicates"),
        {},
        ("deferrable", None, None),
        ("resumable", None, None),
    ),
    "the overhead before all changes nothing for a long wait": (
        preferring("no-deferral-overhead"),
        {},
        ("deferrable", None, None),
        ("deferrable", None, None),
    ),
    "a free slot as a must: nothing without a Triggerer": (
        demanding("free-slot"),
        {"triggerer": "no"},
        ("resumable", None, None),
        (None, None, None),
    ),
    "no duplicates as a must: resumable": (
        demanding("no-duplicates"),
        {},
        ("deferrable", None, None),
        ("resumable", None, None),
    ),
    "async first among equals: a short and harmless job is async": (
        async_first(),
        {"duration": "20s", "duplicate_risk": "harmless"},
        ("resumable", None, "plain-operator"),
        ("async", None, "plain-operator"),
    ),
    "async first among equals: batches are async with checkpoints from 3.4": (
        async_first(),
        {"work": "batches", "airflow_version": "3.4"},
        ("resumable", "checkpoint", None),
        ("async", "checkpoint", None),
    ),
    "async first among equals changes nothing where a preference tells them apart": (
        async_first(),
        {"triggerer": "no", "duration": "5m"},
        ("resumable", None, None),
        ("resumable", None, None),
    ),
}


@pytest.mark.parametrize(("policy", "changed", "ours", "theirs"), EXPECTED.values(), ids=EXPECTED)
def test_another_policy_leads_elsewhere(
    policy: Decider, changed: dict[str, str], ours: OutcomeKey, theirs: OutcomeKey
) -> None:
    assert DECIDER.outcome_key(point(**changed)) == ours
    assert policy.outcome_key(point(**changed)) == theirs


@settings(deadline=None, max_examples=20)
@given(st.permutations(KNOWLEDGE.needs), st.lists(st.sampled_from(POINTS), min_size=20))
def test_the_order_of_needs_decides_among_candidates_and_never_who_is_one(
    needs: list[Need], points: list[tuple[str, ...]]
) -> None:
    decider = with_needs(*needs)
    for at in points:
        assert set(decider.outcome(at).candidates) == set(DECIDER.outcome(at).candidates)


@settings(deadline=None, max_examples=20)
@given(st.permutations([need for need in KNOWLEDGE.needs if need.strength != "preferred"]))
def test_the_order_of_musts_and_mentions_decides_nothing(others: list[Need]) -> None:
    decider = with_needs(*others, *PREFERRED)
    assert all(decider.outcome_key(at) == DECIDER.outcome_key(at) for at in POINTS[::7])
