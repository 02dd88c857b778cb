"""What would change a recommendation: all of it, nothing else, and no more than is needed."""

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
    """Yield every way to answer each of some questions otherwise."""
    given = answers(at)
    columns = [[each for each in SPACE.classes[q] if each != given[q]] for q in chosen]
    yield from (dict(zip(chosen, labels, strict=True)) for labels in product(*columns))


def sets_that_lead_to_a_pattern(at: Point, size: int) -> set[tuple[frozenset[str], OutcomeKey]]:
    """Return which sets of questions, answered otherwise, lead to which recommendation."""
    return {
        (frozenset(chosen), outcome_key)
        for chosen in combinations(QUESTIONS, size)
        for each in alternatives(at, *chosen)
        if (outcome_key := DECIDER.outcome_key(moved(at, **each)))[0]
    }


def test_single_answers_are_listed_exactly_where_they_change_the_recommendation(
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


def test_answers_of_one_question_that_lead_to_the_same_are_one_change(
    changes: dict[Point, tuple[Change, ...]],
) -> None:
    wrong = [
        at
        for at, found in changes.items()
        if len({(tuple(each.answers), identity_of(each)) for each in found}) < len(found)
    ]
    assert not wrong, first(wrong)


def test_where_a_single_answer_will_do_no_larger_set_is_listed(
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
    """Yield every way to answer as a change says."""
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


def test_all_smallest_sets_that_lead_to_a_pattern_are_listed(
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


def test_who_runs_airflow_comes_first_then_who_runs_the_system_then_who_writes_the_job(
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
        ({}, "triggerer", "no Triggerer ran"),
        ({}, "duration", "one wait took below 1 min"),
        ({"triggerer": "no"}, "airflow_version", "it ran on Airflow before 3.3"),
        (
            {"airflow_version": "2.10", "triggerer": "no"},
            "airflow_version",
            "it ran on Airflow 3.3 or newer",
        ),
        (
            {"job_id": "no", "idempotency_key": "no"},
            "idempotency_key",
            "a submission could carry a key",
        ),
        (
            {"work": "requests", "duration": "5m"},
            "duration",
            "one wait took 10 min or longer",
        ),
    ],
)
def test_a_change_is_said_in_words_that_follow_if(
    changed: dict[str, str], question: str, text: str
) -> None:
    found = would_change(DECIDER, point(**changed))
    assert text in [each.text for each in found if list(each.answers) == [question]]


def test_a_set_of_answers_is_said_as_one_condition() -> None:
    given = point(triggerer="no", job_id="no", idempotency_key="no", airflow_version="2.10")
    texts = [each.text for each in would_change(DECIDER, given)]
    assert "a Triggerer ran and the system returned an id to ask by" in texts


def test_no_change_names_the_band_of_the_given_answer_where_a_time_cuts_it() -> None:
    """A policy may draw a line inside a band: from 2 h on the slot must be freed, say."""
    decider = Decider(replace(KNOWLEDGE, needs=(*KNOWLEDGE.needs, freed_from("2h"))))
    given = decider.space.point({**USUAL, "duration": "3h", "triggerer": "no"})
    [text] = [each.text for each in would_change(decider, given) if "duration" in each.answers]
    assert "10 min or longer" not in text


def freed_from(time: str) -> Need:
    [free_slot] = [need for need in KNOWLEDGE.needs if need.id == "free-slot"]
    when = (Clause("work", ("job",)), Clause("duration", (f">={time}",)))
    return replace(free_slot, id="freed", strength="required", when=when)
