"""The needs and their order are the policy: removing or moving a need changes outcomes."""

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
    """Return a decider for which this need is required."""
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


def test_every_deciding_need_rules_out_some_pattern() -> None:
    fell_by = {each.id for at in POINTS for each in ruled_out(KNOWLEDGE, DECIDER.outcome(at))}
    assert fell_by == {*DECISIVE, DOCUMENTED_ORDER}


@pytest.mark.parametrize("need_id", [each for each in DECISIVE if each not in REDUNDANT])
def test_removing_a_need_changes_some_recommendation(need_id: str) -> None:
    assert differs(without(need_id))


@pytest.mark.parametrize("need_id", sorted(REDUNDANT))
def test_redundant_need_matters_only_under_another_order(need_id: str) -> None:
    """`no-duplicates` prefers resumable to async, which the tie-break does anyway.

    Deferrable does not meet it either. If deferrable is a candidate, free-slot outweighs this need
    for a wait of minutes or hours, and no-deferral-overhead decides the same for a short wait. So
    it is redundant unless ties go to async first or a policy moves it before free-slot.
    """
    assert not differs(without(need_id))
    unlike = Decider(replace(without(need_id).knowledge, order=async_first().knowledge.order))
    assert any(async_first().outcome_key(at) != unlike.outcome_key(at) for at in POINTS)


@pytest.mark.parametrize("need_id", MENTIONED)
def test_info_need_decides_nothing(need_id: str) -> None:
    assert not differs(without(need_id))


def async_first() -> Decider:
    return with_ties("async", "resumable", "deferrable")


EXPECTED: dict[str, tuple[Decider, dict[str, str], OutcomeKey, OutcomeKey]] = {
    "free slot first: deferrable, although it misses the next two needs": (
        preferring("free-slot"),
        {"async_client": "no"},
        ("resumable", None, None),
        ("deferrable", None, None),
    ),
    "no duplicates first: resumable": (
        preferring("no-duplicates"),
        {},
        ("deferrable", None, None),
        ("resumable", None, None),
    ),
    "overhead first: nothing changes for a long wait": (
        preferring("no-deferral-overhead"),
        {},
        ("deferrable", None, None),
        ("deferrable", None, None),
    ),
    "free slot required: no pattern without a Triggerer": (
        demanding("free-slot"),
        {"triggerer": "no"},
        ("resumable", None, None),
        (None, None, None),
    ),
    "no duplicates required: resumable": (
        demanding("no-duplicates"),
        {},
        ("deferrable", None, None),
        ("resumable", None, None),
    ),
    "ties to async: a short and harmless job is async": (
        async_first(),
        {"duration": "20s", "duplicate_risk": "harmless"},
        ("resumable", None, "plain-operator"),
        ("async", None, "plain-operator"),
    ),
    "ties to async: batches are async with checkpoints from 3.4": (
        async_first(),
        {"work": "batches", "airflow_version": "3.4"},
        ("resumable", "checkpoint", None),
        ("async", "checkpoint", None),
    ),
    "ties to async: nothing changes if a preferred need decides": (
        async_first(),
        {"triggerer": "no", "duration": "5m"},
        ("resumable", None, None),
        ("resumable", None, None),
    ),
}


@pytest.mark.parametrize(("policy", "changed", "ours", "theirs"), EXPECTED.values(), ids=EXPECTED)
def test_policy_changes_the_outcome_as_expected(
    policy: Decider, changed: dict[str, str], ours: OutcomeKey, theirs: OutcomeKey
) -> None:
    assert DECIDER.outcome_key(point(**changed)) == ours
    assert policy.outcome_key(point(**changed)) == theirs


@settings(deadline=None, max_examples=20)
@given(st.permutations(KNOWLEDGE.needs), st.lists(st.sampled_from(POINTS), min_size=20))
def test_order_of_needs_does_not_affect_the_candidates(
    needs: list[Need], points: list[tuple[str, ...]]
) -> None:
    decider = with_needs(*needs)
    for at in points:
        assert set(decider.outcome(at).candidates) == set(DECIDER.outcome(at).candidates)


@settings(deadline=None, max_examples=20)
@given(st.permutations([need for need in KNOWLEDGE.needs if need.strength != "preferred"]))
def test_order_of_required_and_info_needs_decides_nothing(others: list[Need]) -> None:
    decider = with_needs(*others, *PREFERRED)
    assert all(decider.outcome_key(at) == DECIDER.outcome_key(at) for at in POINTS[::7])
