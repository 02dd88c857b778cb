"""Thirteen typical jobs have the expected recommendations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pytest

from advisor.decision.recommend import Recommendation
from tests.decision.points import ADVISOR, point

DEPENDS = "Depends on operator implementation"
IN_A_THREAD = "not necessarily, but without one polling must run in a thread"


class Row(NamedTuple):
    """A job: the answers that differ from USUAL, and the expected recommendation.

    `concedes` has all concessions with the words of their cells, `warns` one of the warnings, and
    `changes` some of the answers that would change the recommendation.
    """

    name: str
    changed: Mapping[str, str]
    pattern: str | None
    variant: str | None = None
    headline: str | None = None
    concedes: Mapping[str, str] = {}
    warns: str = ""
    alternatives: tuple[str, ...] = ()
    changes: Mapping[tuple[str, str], str] = {}


ROWS = [
    Row(
        "as in USUAL",
        {},
        "deferrable",
        concedes={"no-duplicates": DEPENDS},
        warns="store-before-defer",
        alternatives=("submit-once-then-sensor", "retry-policy"),
    ),
    Row(
        "no Triggerer, unacceptable, no async client",
        {"triggerer": "no", "duplicate_risk": "unacceptable", "async_client": "no"},
        "resumable",
        concedes={"free-slot": "Held"},
        alternatives=("submit-once-then-sensor", "submit-then-reschedule", "retry-policy"),
    ),
    Row(
        "no Triggerer",
        {"triggerer": "no"},
        "resumable",
        concedes={"free-slot": "Held"},
        alternatives=("submit-once-then-sensor", "submit-then-reschedule", "retry-policy"),
    ),
    Row(
        "requests, 5m, harmless",
        {"work": "requests", "duration": "5m", "duplicate_risk": "harmless"},
        "async",
        concedes={"recovers-from-a-crash": "No"},
    ),
    Row(
        "batches, no async client",
        {"work": "batches", "async_client": "no"},
        "resumable",
        variant="checkpoint",
        warns="checkpoint-size",
    ),
    Row(
        "2.10",
        {"airflow_version": "2.10"},
        "deferrable",
        concedes={"no-duplicates": DEPENDS},
        warns="nothing-stored-before-3.3",
        alternatives=("submit-once-then-sensor",),
    ),
    Row(
        "2.10, no Triggerer",
        {"airflow_version": "2.10", "triggerer": "no"},
        None,
        alternatives=("submit-then-sensor",),
        changes={("triggerer", "yes"): "deferrable", ("airflow_version", "3.3"): "resumable"},
    ),
    Row(
        "3.2, no async client",
        {"airflow_version": "3.2", "async_client": "no"},
        "deferrable",
        concedes={
            "practical-and-safe": "no, it also needs a trigger that never blocks",
            "no-duplicates": DEPENDS,
            "blocking-client-is-enough": IN_A_THREAD,
        },
        warns="blocking-call-in-trigger",
        alternatives=("submit-once-then-sensor",),
    ),
    Row(
        "harmless, no async client",
        {"duplicate_risk": "harmless", "async_client": "no"},
        "deferrable",
        concedes={"blocking-client-is-enough": IN_A_THREAD},
        warns="blocking-call-in-trigger",
    ),
    Row(
        "no async client",
        {"async_client": "no"},
        "resumable",
        concedes={"free-slot": "Held"},
        alternatives=("submit-once-then-sensor", "retry-policy"),
    ),
    Row(
        "20s, harmless, no Triggerer, no async client",
        {"duration": "20s", "duplicate_risk": "harmless", "triggerer": "no", "async_client": "no"},
        "resumable",
        headline="plain-operator",
        alternatives=("plain-operator",),
    ),
    Row(
        "event, no Triggerer",
        {"work": "event", "triggerer": "no"},
        None,
        alternatives=("sensor-reschedule", "asset-schedule"),
        changes={("triggerer", "yes"): "deferrable"},
    ),
    Row(
        "no id, no key",
        {"job_id": "no", "idempotency_key": "no"},
        None,
        alternatives=("plain-operator-without-retries",),
        changes={("job_id", "yes"): "deferrable", ("idempotency_key", "yes"): "deferrable"},
    ),
]


@pytest.fixture(params=ROWS, ids=[row.name for row in ROWS])
def row(request: pytest.FixtureRequest) -> Row:
    chosen: Row = request.param
    return chosen


@pytest.fixture
def recommendation(row: Row) -> Recommendation:
    return ADVISOR.recommend(point(**row.changed))


def test_job_has_the_expected_outcome(row: Row, recommendation: Recommendation) -> None:
    headline = recommendation.headline.id if recommendation.headline else None
    assert (recommendation.pattern, recommendation.variant, headline) == (
        row.pattern,
        row.variant,
        row.headline,
    )


def test_job_has_the_expected_concessions(row: Row, recommendation: Recommendation) -> None:
    assert {each.id: each.facts[0].words for each in recommendation.concessions} == row.concedes


def test_job_has_the_expected_warning(row: Row, recommendation: Recommendation) -> None:
    assert not row.warns or row.warns in [each.id for each in recommendation.warnings]


def test_job_has_the_expected_alternatives(row: Row, recommendation: Recommendation) -> None:
    # What depends on the system is added by the report.
    found = [each for each in recommendation.alternatives if "service" not in each.given]
    assert tuple(each.id for each in found) == row.alternatives


def test_job_has_the_expected_changes(row: Row, recommendation: Recommendation) -> None:
    singles = {
        (question, answer): change.pattern
        for change in recommendation.would_change
        if len(change.answers) == 1
        for question, each in change.answers.items()
        for answer in each
    }
    assert {key: singles.get(key) for key in row.changes} == row.changes


def test_concession_that_depends_on_the_operator_explains_how_it_is_safe() -> None:
    [before] = ADVISOR.recommend(point(airflow_version="2.10")).concessions
    [since] = ADVISOR.recommend(point()).concessions
    assert "nothing keeps the job's id" in before.safe
    assert "before it defers" in since.safe
    assert "prevents-duplicates of deferrable" in since.sources[-1].text


@pytest.mark.parametrize(
    ("changed", "reasons", "concessions"),
    [
        (
            {"duration": "5m", "duplicate_risk": "harmless"},
            ["free-slot", "recovers-from-a-crash"],
            [],
        ),
        (
            {"work": "event"},
            ["waits-for-event", "free-slot", "recovers-from-a-crash"],
            [],
        ),
        (
            {"work": "event", "duration": "20s"},
            ["waits-for-event", "recovers-from-a-crash"],
            ["no-deferral-overhead"],
        ),
        (
            {"duration": "20s"},
            ["no-duplicates", "no-deferral-overhead", "recovers-from-a-crash"],
            [],
        ),
    ],
    ids=["a job of minutes", "an event of hours", "an event of seconds", "a job of seconds"],
)
def test_reasons_and_concessions_are_in_the_order_of_the_policy(
    changed: dict[str, str], reasons: list[str], concessions: list[str]
) -> None:
    recommendation = ADVISOR.recommend(point(**changed))
    assert [each.id for each in recommendation.reasons] == reasons
    assert [each.id for each in recommendation.concessions] == concessions
