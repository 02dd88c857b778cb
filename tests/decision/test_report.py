"""What follows from a recommendation for one job: operator, alternative, warnings to act on."""

from __future__ import annotations

import pytest

from advisor.answers.model import Answers
from advisor.catalog.operators import find_system
from advisor.decision.report import JobReport, make_report
from advisor.render.wording import other_warnings
from tests.decision.points import ADVISOR, KNOWLEDGE, POINTS, USUAL, answers

DURATIONS = {"short": "45s", "medium": "5m", "long": "3h", "long>=30d": "40d"}


def report(system: str = "", **changed: str) -> JobReport:
    values = {**USUAL, **changed}
    return make_report(ADVISOR, Answers("a", values, {}), find_system(system))


def ids(warnings: object) -> list[str]:
    return [each.id for each in warnings]  # type: ignore[attr-defined]


def test_operator_follows_the_recommended_pattern() -> None:
    operator = report("spark", triggerer="no", airflow_version="3.3").operator
    assert operator is not None
    assert (operator.operator, operator.pattern) == ("SparkSubmitOperator", "resumable")


@pytest.mark.parametrize("work", ["event", "batches", "requests"])
def test_operators_that_submit_a_job_are_for_jobs_only(work: str) -> None:
    assert report("bigquery", work=work).existing == ()


def test_operator_of_another_pattern_is_not_the_one_to_use() -> None:
    job = report("batch", triggerer="yes", async_client="no", duplicate_risk="unacceptable")
    assert job.recommendation.pattern == "resumable"
    assert [each.pattern for each in job.existing] == ["deferrable"]
    assert job.operator is None


def test_substitute_replaces_the_patterns_if_none_fits_or_a_plain_operator_is_enough() -> None:
    none = report(triggerer="no", airflow_version="2.10")
    assert none.substitute is not None
    assert none.substitute.id == "submit-then-sensor"
    short = report("spark", duration="20s", duplicate_risk="harmless")
    assert short.substitute is not None
    assert short.substitute.id == "plain-operator"
    assert short.substitute not in short.alternatives
    assert report().substitute is None


def test_users_of_an_operator_need_not_act_on_warnings_for_authors() -> None:
    job = report("bigquery")
    assert job.operator is not None
    assert "store-before-defer" not in ids(job.act_on)
    assert {each.applies_to for each in job.act_on} == {"both"}


def test_authors_need_not_act_on_what_the_scaffold_handles() -> None:
    job = report()
    assert job.scaffolds
    assert not any(each.scaffold_handles for each in job.act_on)
    assert "trigger-outside-dag-folder" in ids(job.act_on)


def test_authors_act_on_everything_if_nothing_is_scaffolded() -> None:
    job = report(airflow_version="2.10")
    assert not job.scaffolds
    assert job.act_on == job.recommendation.warnings


def test_warnings_of_a_pattern_need_no_action_if_a_plain_operator_is_enough() -> None:
    job = report(duration="20s", duplicate_risk="harmless")
    assert job.act_on == ()
    assert other_warnings(job, 0) == "10 warnings apply only if you use resumable; --details"


@pytest.mark.parametrize(
    ("job", "line"),
    [
        (
            report("bigquery", idempotency_key="yes"),
            "2 more to act on, 8 apply only if you write the operator (the scaffold handles 7); "
            "--details",
        ),
        (report(), "4 more to act on, the scaffold handles 7 more; --details"),
        (
            report("emr", airflow_version="2.10"),
            "3 more to act on, 4 apply only if you write the operator; --details",
        ),
        (report(triggerer="no", airflow_version="2.10"), ""),
    ],
    ids=["operator", "scaffold", "old version", "none"],
)
def test_other_warnings_are_counted(job: JobReport, line: str) -> None:
    assert other_warnings(job, min(3, len(job.act_on))) == line


def test_each_warning_is_counted_once() -> None:
    for at in POINTS[::7]:
        values = {**answers(at), "duration": DURATIONS[answers(at)["duration"]]}
        for system in ("spark", "bigquery", ""):
            job = make_report(ADVISOR, Answers("a", values, {}), find_system(system))
            shown = min(3, len(job.act_on))
            line = other_warnings(job, shown).split(" (")[0]
            counted = sum(int(word) for word in line.replace(",", " ").split() if word.isdecimal())
            assert counted + shown == len(job.recommendation.warnings)


def test_every_need_has_words_for_a_miss() -> None:
    assert [need.id for need in KNOWLEDGE.needs if not need.missed] == []
