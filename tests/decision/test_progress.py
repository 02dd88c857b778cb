"""What a part of the answers has decided, checked over the whole answer space."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from advisor.decision.decide import Decider
from advisor.decision.progress import describe_step, progress
from tests.decision.points import DECIDER, POINTS, SPACE, answers

TYPICAL = {"duration": {"short": "20s", "medium": "5m", "long": "3h", "long>=30d": "31d"}}


def given(**answered: str) -> dict[str, str]:
    return answered


def partial(count: int) -> list[dict[str, str]]:
    """Return some answers of random points, in random order."""
    chosen = random.Random(20261128)
    parts = []
    for _ in range(count):
        complete = answers(chosen.choice(POINTS))
        complete["duration"] = TYPICAL["duration"][complete["duration"]]
        questions = chosen.sample(list(complete), chosen.randint(0, len(complete)))
        parts.append({question: complete[question] for question in questions})
    return parts


@pytest.mark.parametrize("part", partial(30), ids=str)
def test_progress_is_true_for_every_completion_of_the_answers(part: dict[str, str]) -> None:
    decided = progress(DECIDER, part)
    fixed = {
        SPACE.position[q]: SPACE.class_of(DECIDER.knowledge.questions[q], part[q]) for q in part
    }
    outcomes = [
        DECIDER.outcome(at) for at in POINTS if all(at[place] == c for place, c in fixed.items())
    ]
    assert set(decided.possible) == {each.pattern for each in outcomes} - {None}
    candidates = {pattern for each in outcomes for pattern in each.candidates}
    assert decided.ruled_out == set(DECIDER.knowledge.patterns) - candidates
    assert set(decided.excluded) == set(DECIDER.knowledge.patterns) - set(decided.possible)


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ({}, given(triggerer="no"), "deferrable ruled out: it needs a Triggerer"),
        ({}, given(triggerer="yes"), "still possible: deferrable, resumable, async"),
        (
            given(triggerer="no"),
            given(triggerer="no", duration="3h"),
            "async not recommended: it is not meant for long waits; that leaves resumable",
        ),
        (
            given(triggerer="no", duration="3h"),
            given(triggerer="no", duration="3h", async_client="no"),
            "no change: resumable",
        ),
        (
            {},
            given(work="requests"),
            "deferrable ruled out: it is not meant for concurrent requests, and so is resumable; "
            "that leaves async",
        ),
        (
            given(triggerer="yes", duration="20m", work="job"),
            given(triggerer="yes", duration="20m", work="job", duplicate_risk="harmless"),
            "resumable not recommended: it holds a worker slot; that leaves deferrable",
        ),
        (
            given(triggerer="no", async_client="no"),
            given(triggerer="no", async_client="no", airflow_version="3.2"),
            "resumable ruled out: this Airflow version does not have it; no pattern fits",
        ),
    ],
    ids=["one", "none", "two reasons", "the last stays", "two", "not recommended", "all"],
)
def test_step_is_described_in_a_line(
    before: dict[str, str], after: dict[str, str], line: str
) -> None:
    assert describe_step(progress(DECIDER, before), progress(DECIDER, after)) == line


def test_need_without_words_for_a_miss_is_named_by_its_label() -> None:
    knowledge = DECIDER.knowledge
    needs = tuple(replace(need, missed="") for need in knowledge.needs)
    decider = Decider(replace(knowledge, needs=needs))
    reason = progress(decider, given(triggerer="no")).excluded["deferrable"]
    assert reason == "it does not satisfy 'works without a Triggerer'"
