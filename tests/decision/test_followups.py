"""A follow-up question is asked only if an answer can still change the output."""

from __future__ import annotations

import random
from itertools import product

import pytest

from advisor.decision.changes import can_matter
from tests.decision.points import ADVISOR

FIRST = {"triggerer": "yes", "duration": "3h", "duplicate_risk": "costly", "async_client": "yes"}
OPEN = ("work", "job_id", "idempotency_key")


@pytest.mark.parametrize(
    ("given", "question", "expected"),
    [
        ({}, "work", True),
        ({"work": "job"}, "job_id", True),
        ({"work": "job"}, "idempotency_key", True),
        ({"work": "event"}, "job_id", False),
        ({"work": "event"}, "idempotency_key", False),
        ({"work": "requests"}, "job_id", False),
        ({"work": "batches"}, "idempotency_key", False),
        ({"work": "job", "job_id": "no"}, "idempotency_key", True),
    ],
    ids=str,
)
def test_can_matter_depends_on_the_work(
    given: dict[str, str], question: str, expected: bool
) -> None:
    answers = {**FIRST, "airflow_version": "3.3", **given}
    assert can_matter(ADVISOR.decider, question, answers) is expected


def test_can_matter_is_false_if_the_version_lacks_all_patterns() -> None:
    before = {**FIRST, "triggerer": "no", "airflow_version": "2.10"}
    assert can_matter(ADVISOR.decider, "job_id", {**before, "work": "job"})
    assert not can_matter(ADVISOR.decider, "job_id", {**before, "work": "requests"})


def test_skipped_question_does_not_change_the_recommendation() -> None:
    space, decider = ADVISOR.space, ADVISOR.decider
    rng = random.Random(11)
    spared = 0
    for _ in range(300):
        given = {q.id: rng.choice(space.classes[q.id]) for q in space.questions}
        given["duration"] = {"short": "5s", "medium": "5m", "long": "3h"}.get(
            given["duration"], "31d"
        )
        question = rng.choice(OPEN)
        others = [each for each in OPEN if each != question]
        known = {k: v for k, v in given.items() if k not in OPEN}
        if can_matter(decider, question, known):
            continue
        spared += 1
        for answers in product(*(space.classes[each] for each in others)):
            read = {
                (
                    decider.outcome_key(point),
                    tuple(each.id for each in decider.warnings(point)),
                    tuple(each.id for each in decider.alternatives(point)),
                )
                for answer in space.classes[question]
                for point in [
                    space.point(
                        {**known, question: answer, **dict(zip(others, answers, strict=True))}
                    )
                ]
            }
            assert len(read) == 1
    assert spared
