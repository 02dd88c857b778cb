"""Which pattern a point leads to: properties that hold at every point of the space."""

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
def test_what_rules_a_pattern_out_leaves_it_no_chance(
    accepted: dict[str, str], pattern: str
) -> None:
    wrong = [at for at in where(**accepted) if pattern in DECIDER.outcome(at).candidates]
    assert not wrong, first(wrong)


@pytest.mark.parametrize(
    ("pattern", "versions"),
    [("deferrable", VERSIONS), ("resumable", ("3.3", "3.4")), ("async", ("3.2", "3.3", "3.4"))],
)
def test_a_pattern_wins_somewhere_in_each_version_that_has_it(
    pattern: str, versions: tuple[str, ...]
) -> None:
    won = {
        answers(at)["airflow_version"] for at in POINTS if DECIDER.outcome(at).pattern == pattern
    }
    assert won == set(versions)


def test_every_variant_occurs_but_that_of_async_which_loses_each_tie() -> None:
    """From 3.4 on an async task can keep a checkpoint too, but the order prefers resumable."""
    found = {DECIDER.outcome_key(at)[:2] for at in POINTS}
    assert found == {
        (None, None),
        ("deferrable", None),
        ("resumable", None),
        ("resumable", "checkpoint"),
        ("async", None),
    }


def test_batches_alone_are_a_matter_of_checkpoints() -> None:
    wrong = [
        at
        for at in POINTS
        if DECIDER.outcome(at).pattern
        and (DECIDER.outcome(at).variant == "checkpoint") != (answers(at)["work"] == "batches")
    ]
    assert not wrong, first(wrong)


def test_a_plain_operator_is_the_headline_of_each_short_and_harmless_job_and_of_no_other() -> None:
    short = set(where(work="job", duration="short", duplicate_risk="harmless"))
    wrong = [
        at for at in POINTS if (DECIDER.outcome_key(at)[2] == "plain-operator") != (at in short)
    ]
    assert not wrong, first(wrong)


@pytest.mark.parametrize("question", JOB_ONLY)
def test_what_is_asked_of_a_job_decides_nothing_else(question: str) -> None:
    wrong = [
        at
        for at in where(work="batches|requests|event")
        if DECIDER.outcome_key(at)
        != DECIDER.outcome_key(moved(at, **{question: SPACE.classes[question][0]}))
    ]
    assert not wrong, first(wrong)


def test_not_knowing_of_a_key_is_decided_as_having_none() -> None:
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
def test_no_pattern_is_ruled_out_by_an_answer_that_allows_more(question: str, better: str) -> None:
    wrong = {
        at: sorted(lost)
        for at in POINTS
        if (lost := candidates(at) - candidates(moved(at, **{question: better})))
    }
    assert not wrong, first(wrong)


def test_candidates_are_exactly_the_patterns_that_miss_no_must() -> None:
    wrong = {
        at: f"{sorted(candidates(at))}, expected {sorted(expected)}"
        for at in POINTS
        if candidates(at) != (expected := {p for p in PATTERNS if not missed(at, p, "required")})
    }
    assert not wrong, first(wrong)


def test_the_winner_is_a_candidate_and_there_is_one_wherever_there_are_candidates() -> None:
    wrong = [
        at
        for at in POINTS
        if DECIDER.outcome(at).pattern != (DECIDER.outcome(at).candidates or (None,))[0]
    ]
    assert not wrong, first(wrong)


def test_the_first_preference_that_tells_two_candidates_apart_is_met_by_the_winner() -> None:
    wrong = {}
    for at in POINTS:
        outcome = DECIDER.outcome(at)
        for loser in outcome.candidates[1:]:
            apart = [need.id for need in told_apart(at, outcome, loser)]
            if apart and apart[0] not in missed(at, loser, "preferred"):
                wrong[at] = f"{outcome.pattern} won, but {loser} meets {apart[0]}"
    assert not wrong, first(wrong)


def test_between_equals_the_order_of_the_patterns_decides() -> None:
    wrong = {}
    for at in POINTS:
        outcome = DECIDER.outcome(at)
        for loser in outcome.candidates[1:]:
            earlier = PATTERNS.index(loser) < PATTERNS.index(outcome.candidates[0])
            if earlier and not told_apart(at, outcome, loser):
                wrong[at] = f"{outcome.pattern} won a tie with {loser}"
    assert not wrong, first(wrong)


def test_every_answer_matters_somewhere() -> None:
    """Each class of each question differs, at some point, from another class of that question."""
    unused = [
        (question.id, label)
        for question in SPACE.questions
        for label in SPACE.classes[question.id]
        if not any(
            what_is_read(at) != what_is_read(moved(at, **{question.id: other}))
            for at in where(**{question.id: label})
            for other in SPACE.classes[question.id]
        )
    ]
    assert unused == []


def candidates(at: Point) -> set[str]:
    return set(DECIDER.outcome(at).candidates)


def missed(at: Point, pattern: str, strength: str) -> list[str]:
    """Return the needs that a pattern misses, from the knowledge and not from what was judged."""
    return [
        need.id
        for need in KNOWLEDGE.needs
        if need.strength == strength and misses(need, pattern, at)
    ]


def misses(need: Need, pattern: str, at: Point) -> bool:
    cell = cell_at(at, need.characteristic, pattern)
    return says(need.when, at) and cell is not None and cell.value not in need.accepts


def told_apart(at: Point, outcome: Outcome, loser: str) -> list[Need]:
    winner = outcome.candidates[0]
    return [
        need
        for need in KNOWLEDGE.needs
        if need.strength == "preferred" and misses(need, winner, at) != misses(need, loser, at)
    ]


def what_is_read(at: Point) -> tuple[object, ...]:
    shown = (*DECIDER.warnings(at), *DECIDER.alternatives(at))
    return DECIDER.outcome_key(at), tuple(each.id for each in shown)
