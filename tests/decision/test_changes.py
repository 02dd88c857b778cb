"""The listed changes of a recommendation are complete, correct and minimal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product

import pytest

from advisor.decision.changes import Change, would_change
from advisor.decision.decide import Decider, OutcomeKey
from advisor.decision.recommend import Recommendation
from advisor.decision.space import Point
from advisor.knowledge.model import Clause, Need
from tests.decision.points import DECIDER, KNOWLEDGE, SPACE, USUAL, answers, first, moved, point

QUESTIONS = [question.id for question in SPACE.questions]


@pytest.fixture(scope="module")
def changes(recommendations: dict[Point, Recommendation]) -> dict[Point, tuple[Change, ...]]:
    return {at: it.would_change for at, it in recommendations.items()}


def identity_of(change: Change) -> OutcomeKey:
    return change.pattern, change.variant, change.headline


def alternatives(at: Point, *chosen: str) -> Iterator[dict[str, str]]:
    """Yield every way to change the answers to some questions."""
    given = answers(at)
    columns = [[each for each in SPACE.classes[q] if each != given[q]] for q in chosen]
    yield from (dict(zip(chosen, labels, strict=True)) for labels in product(*columns))


def sets_that_lead_to_a_pattern(at: Point, size: int) -> set[tuple[frozenset[str], OutcomeKey]]:
    """Return the sets of changed questions that lead to a pattern, with the recommendations."""
    return {
        (frozenset(chosen), outcome_key)
        for chosen in combinations(QUESTIONS, size)
        for each in alternatives(at, *chosen)
        if (outcome_key := DECIDER.outcome_key(moved(at, **each)))[0]
    }


def test_single_answer_is_listed_if_and_only_if_it_changes_the_recommendation(
    changes: dict[Point, tuple[Change, ...]],
) -> None:
    wrong = {}
    for at, found in changes.items():
        listed = Counter(
            (question, label, identity_of(change))
            for change in found
            if len(change.answers) == 1
            for question, labels in change.answers.items()
            for label in labels
        )
        if listed != (expected := Counter(singles(at))):
            wrong[at] = f"missing {expected - listed}, too many {listed - expected}"
    assert not wrong, first(wrong)


def singles(at: Point) -> Iterator[tuple[str, str, OutcomeKey]]:
    for question in QUESTIONS:
        for each in alternatives(at, question):
            outcome_key = DECIDER.outcome_key(moved(at, **each))
            if outcome_key != DECIDER.outcome_key(at):
                yield question, each[question], outcome_key


def test_answers_with_the_same_outcome_are_one_change(
    changes: dict[Point, tuple[Change, ...]],
) -> None:
    wrong = [
        at
        for at, found in changes.items()
        if len({(tuple(each.answers), identity_of(each)) for each in found}) < len(found)
    ]
    assert not wrong, first(wrong)


def test_larger_sets_are_listed_only_if_no_single_answer_suffices(
    changes: dict[Point, tuple[Change, ...]],
) -> None:
    wrong = [
        at
        for at, found in changes.items()
        if any(len(each.answers) > 1 for each in found)
        and (DECIDER.outcome(at).pattern or any(len(e.answers) == 1 and e.pattern for e in found))
    ]
    assert not wrong, first(wrong)


def test_larger_sets_of_answers_lead_to_the_pattern_that_they_name(
    changes: dict[Point, tuple[Change, ...]],
) -> None:
    wrong = {
        at: answered
        for at, found in changes.items()
        for change in found
        if len(change.answers) > 1
        for answered in ways(change)
        if not change.pattern or DECIDER.outcome_key(moved(at, **answered)) != identity_of(change)
    }
    assert not wrong, first(wrong)


def ways(change: Change) -> Iterator[dict[str, str]]:
    """Yield every combination of answers in a change."""
    for labels in product(*change.answers.values()):
        yield dict(zip(change.answers, labels, strict=True))


def test_no_part_of_a_larger_set_leads_to_a_pattern(
    changes: dict[Point, tuple[Change, ...]],
) -> None:
    wrong = {
        at: dict(change.answers)
        for at, found in changes.items()
        for change in found
        for size in range(1, len(change.answers))
        for part in combinations(change.answers, size)
        if DECIDER.outcome(moved(at, **{q: change.answers[q][0] for q in part})).pattern
    }
    assert not wrong, first(wrong)


def test_all_smallest_sets_are_listed(
    changes: dict[Point, tuple[Change, ...]],
) -> None:
    wrong = {}
    for at, found in changes.items():
        listed = {
            (frozenset(each.answers), identity_of(each)) for each in found if len(each.answers) > 1
        }
        if listed:
            size = max(len(each.answers) for each in found)
            smaller = [n for n in range(1, size) if sets_that_lead_to_a_pattern(at, n)]
            if smaller or listed != sets_that_lead_to_a_pattern(at, size):
                wrong[at] = f"{len(listed)} listed of size {size}"
    assert not wrong, first(wrong)


def test_two_answers_are_always_enough_to_reach_a_pattern(
    changes: dict[Point, tuple[Change, ...]],
) -> None:
    wrong = [at for at, found in changes.items() if any(len(each.answers) > 2 for each in found)]
    assert not wrong, first(wrong)


def test_changes_are_ordered_deployment_system_job(
    changes: dict[Point, tuple[Change, ...]],
) -> None:
    rank = {q.id: ("deployment", "system", "job").index(q.changes) for q in SPACE.questions}
    wrong = [
        at
        for at, found in changes.items()
        if (ranks := [rank[q] for each in found if len(each.answers) == 1 for q in each.answers])
        != sorted(ranks)
    ]
    assert not wrong, first(wrong)


@pytest.mark.parametrize(
    ("changed", "question", "text"),
    [
        ({}, "triggerer", "no Triggerer runs"),
        ({}, "duration", "one wait takes under 1 min"),
        ({"triggerer": "no"}, "airflow_version", "you run Airflow before 3.3"),
        (
            {"airflow_version": "2.10", "triggerer": "no"},
            "airflow_version",
            "you run Airflow 3.3 or newer",
        ),
        (
            {"job_id": "no", "idempotency_key": "no"},
            "idempotency_key",
            "a submission can carry a key",
        ),
        (
            {"work": "requests", "duration": "5m"},
            "duration",
            "one wait takes 10 min or longer",
        ),
    ],
)
def test_change_text_is_a_condition(changed: dict[str, str], question: str, text: str) -> None:
    found = would_change(DECIDER, point(**changed))
    assert text in [each.text for each in found if list(each.answers) == [question]]


def test_change_text_joins_several_answers_in_one_condition() -> None:
    given = point(triggerer="no", job_id="no", idempotency_key="no", airflow_version="2.10")
    texts = [each.text for each in would_change(DECIDER, given)]
    assert "a Triggerer runs and the system returns a job id" in texts


def test_change_text_does_not_name_a_band_that_a_policy_divides() -> None:
    """A policy can divide a band, for example by requiring a free slot from 2 h on."""
    decider = Decider(replace(KNOWLEDGE, needs=(*KNOWLEDGE.needs, freed_from("2h"))))
    given = decider.space.point({**USUAL, "duration": "3h", "triggerer": "no"})
    [text] = [each.text for each in would_change(decider, given) if "duration" in each.answers]
    assert "10 min or longer" not in text


def freed_from(time: str) -> Need:
    [free_slot] = [need for need in KNOWLEDGE.needs if need.id == "free-slot"]
    when = (Clause("work", ("job",)), Clause("duration", (f">={time}",)))
    return replace(free_slot, id="freed", strength="required", when=when)
