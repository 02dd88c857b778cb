"""The decided pattern has certain properties at every point of the answer space."""

from __future__ import annotations

import pytest

from advisor.decision.decide import Outcome
from advisor.decision.space import Point
from advisor.knowledge.model import Need
from tests.decision.points import (
    DECIDER,
    KNOWLEDGE,
    POINTS,
    SPACE,
    answers,
    cell_at,
    first,
    moved,
    says,
    where,
)

PATTERNS = ("deferrable", "resumable", "async")
VERSIONS = ("2.2", "3.0", "3.2", "3.3", "3.4")
JOB_ONLY = ("duplicate_risk", "job_id", "idempotency_key")

NEVER = {
    "without a Triggerer never deferrable": ({"triggerer": "no"}, "deferrable"),
    "without an async client never async": ({"async_client": "no"}, "async"),
    "an unacceptable duplicate of a job is never async": (
        {"work": "job", "duplicate_risk": "unacceptable"},
        "async",
    ),
    "a job that nothing finds is never deferrable": (
        {"work": "job", "job_id": "no", "idempotency_key": "no|unknown"},
        "deferrable",
    ),
    "a job that nothing finds is never resumable": (
        {"work": "job", "job_id": "no", "idempotency_key": "no|unknown"},
        "resumable",
    ),
    "an event is never resumable": ({"work": "event"}, "resumable"),
    "an event is never async": ({"work": "event"}, "async"),
    "requests are never deferrable": ({"work": "requests"}, "deferrable"),
    "requests are never resumable": ({"work": "requests"}, "resumable"),
    "batches are never deferrable": ({"work": "batches"}, "deferrable"),
    "batches are never async before 3.4": (
        {"work": "batches", "airflow_version": "2.2|3.0|3.2|3.3"},
        "async",
    ),
    "a long job is never async": ({"work": "job", "duration": "long|long>=30d"}, "async"),
    "long requests are never async": ({"work": "requests", "duration": "long|long>=30d"}, "async"),
    "resumable never before 3.3": ({"airflow_version": "2.2|3.0|3.2"}, "resumable"),
    "async never before 3.2": ({"airflow_version": "2.2|3.0"}, "async"),
}


@pytest.mark.parametrize(("accepted", "pattern"), NEVER.values(), ids=NEVER)
def test_ruled_out_pattern_is_never_a_candidate(accepted: dict[str, str], pattern: str) -> None:
    wrong = [at for at in where(**accepted) if pattern in DECIDER.outcome(at).candidates]
    assert not wrong, first(wrong)


@pytest.mark.parametrize(
    ("pattern", "versions"),
    [("deferrable", VERSIONS), ("resumable", ("3.3", "3.4")), ("async", ("3.2", "3.3", "3.4"))],
)
def test_pattern_wins_at_some_point_of_each_version_that_has_it(
    pattern: str, versions: tuple[str, ...]
) -> None:
    won = {
        answers(at)["airflow_version"] for at in POINTS if DECIDER.outcome(at).pattern == pattern
    }
    assert won == set(versions)


def test_all_variants_occur_except_async_with_checkpoints() -> None:
    """From 3.4, async tasks can keep checkpoints too, but ties go to resumable."""
    found = {DECIDER.outcome_key(at)[:2] for at in POINTS}
    assert found == {
        (None, None),
        ("deferrable", None),
        ("resumable", None),
        ("resumable", "checkpoint"),
        ("async", None),
    }


def test_checkpoint_variant_is_recommended_only_and_always_for_batches() -> None:
    wrong = [
        at
        for at in POINTS
        if DECIDER.outcome(at).pattern
        and (DECIDER.outcome(at).variant == "checkpoint") != (answers(at)["work"] == "batches")
    ]
    assert not wrong, first(wrong)


def test_plain_operator_is_the_headline_of_short_harmless_jobs_only() -> None:
    short = set(where(work="job", duration="short", duplicate_risk="harmless"))
    wrong = [
        at for at in POINTS if (DECIDER.outcome_key(at)[2] == "plain-operator") != (at in short)
    ]
    assert not wrong, first(wrong)


@pytest.mark.parametrize("question", JOB_ONLY)
def test_questions_about_jobs_do_not_affect_other_work(question: str) -> None:
    wrong = [
        at
        for at in where(work="batches|requests|event")
        if DECIDER.outcome_key(at)
        != DECIDER.outcome_key(moved(at, **{question: SPACE.classes[question][0]}))
    ]
    assert not wrong, first(wrong)


def test_unknown_idempotency_key_is_decided_like_no_key() -> None:
    wrong = [
        at
        for at in where(idempotency_key="unknown")
        if DECIDER.outcome_key(at) != DECIDER.outcome_key(moved(at, idempotency_key="no"))
    ]
    assert not wrong, first(wrong)


@pytest.mark.parametrize(
    ("question", "better"),
    [
        ("triggerer", "yes"),
        ("async_client", "yes"),
        ("job_id", "yes"),
        ("idempotency_key", "yes"),
        ("airflow_version", "3.4"),
        ("duplicate_risk", "harmless"),
    ],
)
def test_better_answer_never_rules_a_pattern_out(question: str, better: str) -> None:
    wrong = {
        at: sorted(lost)
        for at in POINTS
        if (lost := candidates(at) - candidates(moved(at, **{question: better})))
    }
    assert not wrong, first(wrong)


def test_candidates_are_the_patterns_that_miss_no_required_need() -> None:
    wrong = {
        at: f"{sorted(candidates(at))}, expected {sorted(expected)}"
        for at in POINTS
        if candidates(at) != (expected := {p for p in PATTERNS if not missed(at, p, "required")})
    }
    assert not wrong, first(wrong)


def test_winner_is_a_candidate_and_exists_if_there_are_candidates() -> None:
    wrong = [
        at
        for at in POINTS
        if DECIDER.outcome(at).pattern != (DECIDER.outcome(at).candidates or (None,))[0]
    ]
    assert not wrong, first(wrong)


def test_winner_meets_the_first_preferred_need_that_candidates_differ_on() -> None:
    wrong = {}
    for at in POINTS:
        outcome = DECIDER.outcome(at)
        for loser in outcome.candidates[1:]:
            apart = [need.id for need in deciding_needs(at, outcome, loser)]
            if apart and apart[0] not in missed(at, loser, "preferred"):
                wrong[at] = f"{outcome.pattern} won, but {loser} meets {apart[0]}"
    assert not wrong, first(wrong)


def test_pattern_order_decides_ties() -> None:
    wrong = {}
    for at in POINTS:
        outcome = DECIDER.outcome(at)
        for loser in outcome.candidates[1:]:
            earlier = PATTERNS.index(loser) < PATTERNS.index(outcome.candidates[0])
            if earlier and not deciding_needs(at, outcome, loser):
                wrong[at] = f"{outcome.pattern} won a tie with {loser}"
    assert not wrong, first(wrong)


def test_every_class_changes_some_outcome() -> None:
    """For each class of a question, there is a point where another class has another outcome."""
    unused = [
        (question.id, label)
        for question in SPACE.questions
        for label in SPACE.classes[question.id]
        if not any(
            shown_at(at) != shown_at(moved(at, **{question.id: other}))
            for at in where(**{question.id: label})
            for other in SPACE.classes[question.id]
        )
    ]
    assert unused == []


def candidates(at: Point) -> set[str]:
    return set(DECIDER.outcome(at).candidates)


def missed(at: Point, pattern: str, strength: str) -> list[str]:
    """Return the needs that a pattern misses, computed without the code under test."""
    return [
        need.id
        for need in KNOWLEDGE.needs
        if need.strength == strength and misses(need, pattern, at)
    ]


def misses(need: Need, pattern: str, at: Point) -> bool:
    cell = cell_at(at, need.characteristic, pattern)
    return says(need.when, at) and cell is not None and cell.value not in need.accepts


def deciding_needs(at: Point, outcome: Outcome, loser: str) -> list[Need]:
    winner = outcome.candidates[0]
    return [
        need
        for need in KNOWLEDGE.needs
        if need.strength == "preferred" and misses(need, winner, at) != misses(need, loser, at)
    ]


def shown_at(at: Point) -> tuple[object, ...]:
    shown = (*DECIDER.warnings(at), *DECIDER.alternatives(at))
    return DECIDER.outcome_key(at), tuple(each.id for each in shown)
