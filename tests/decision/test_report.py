"""What follows from a recommendation for one job: operator, alternative, warnings to act on."""

from __future__ import annotations

import pytest

from advisor.answers.model import Answers
from advisor.catalog.lookup import find_target
from advisor.decision.report import JobReport, make_report
from advisor.knowledge.versions import Version, parse_version
from advisor.render.operators import operator_advice
from advisor.render.wording import other_warnings
from tests.decision.points import ADVISOR, KNOWLEDGE, POINTS, USUAL, spelt, target_of


def report(system: str = "", **changed: str) -> JobReport:
    values = {**USUAL, "system": system, **changed}
    return make_report(ADVISOR, Answers("a", values, {}), target_of(values))


def ids(warnings: object) -> list[str]:
    return [each.id for each in warnings]  # type: ignore[attr-defined]


def test_operator_follows_the_recommended_pattern() -> None:
    operator = report("spark", triggerer="no", airflow_version="3.3").operator
    assert operator is not None
    assert (operator.name, operator.pattern) == ("SparkSubmitOperator", "resumable")


@pytest.mark.parametrize("work", ["batches", "requests"])
def test_operators_that_submit_a_job_are_for_jobs_only(work: str) -> None:
    assert report("bigquery", work=work).existing == ()


@pytest.mark.parametrize(
    ("triggerer", "duration", "pattern"),
    [("yes", "2h", "deferrable"), ("no", "2h", "reschedule"), ("no", "20s", "poke")],
)
def test_event_leads_to_a_sensor_of_the_system(triggerer: str, duration: str, pattern: str) -> None:
    job = report("gcs", work="event", triggerer=triggerer, duration=duration)
    assert job.use == "operator"
    assert job.operator is not None
    assert (job.operator.operator.kind, job.operator.pattern) == ("sensor", pattern)
    assert job.choice.retry_duplicates == "never"
    assert not any("scaffold" in command for command in job.next)


def test_event_of_an_unknown_system_leads_to_a_sensor_too() -> None:
    job = report(work="event")
    assert (job.use, job.operator) == ("alternative", None)
    assert job.substitute is not None
    assert job.substitute.id == "sensor-deferrable"
    assert job.next == ("advisor catalog sensor --deferrable",)


def test_operator_of_another_pattern_is_used_if_only_it_is_safe() -> None:
    job = report("snowflake", duplicate_risk="unacceptable")
    assert job.recommendation.pattern == "deferrable"
    assert job.operator is not None
    assert (job.operator.name, job.operator.pattern) == ("SnowflakeSqlApiOperator", "resumable")
    assert job.passed_over is not None
    assert job.passed_over.retry_duplicates == "yes"
    assert "or scaffold" in operator_advice(job)


def test_unsafe_operator_is_not_used_if_a_duplicate_is_unacceptable() -> None:
    job = report("emr", duplicate_risk="unacceptable")
    assert (job.use, job.operator) == ("scaffold", None)
    assert job.passed_over is not None
    assert job.next[-1].startswith("advisor scaffold deferrable ")


def test_unsafe_operator_is_used_without_retries_if_a_duplicate_is_costly() -> None:
    job = report("emr", duplicate_risk="costly")
    assert job.use == "operator"
    assert job.choice.retry_duplicates == "yes"
    assert "retry-may-duplicate" in ids(job.act_on)
    assert "retries-default-to-none" not in ids(job.act_on)
    assert "submit-once-then-sensor" in ids(job.alternatives)
    assert job.split is not None
    assert "retries=0" in job.split.submit


def test_retries_are_recommended_if_a_retry_is_safe() -> None:
    assert "retries-default-to-none" in ids(report("spark", triggerer="no").act_on)
    assert "retries-default-to-none" in ids(report("emr", duplicate_risk="harmless").act_on)


@pytest.mark.parametrize(
    ("duration", "raised"),
    [
        ("20m", {}),
        ("45m", {"waiter_delay": "30", "waiter_max_attempts": "120"}),
        ("6h", {"waiter_delay": "30", "waiter_max_attempts": "960"}),
    ],
)
def test_wait_limit_is_raised_above_the_usual_wait(duration: str, raised: dict[str, str]) -> None:
    operator = report("emr", duration=duration).operator
    assert operator is not None
    assert operator.raised == raised
    assert all(f"{name}={value}" in operator.line for name, value in raised.items())


def test_operator_that_cannot_be_installed_is_not_shown() -> None:
    for version in ("2.2", "2.6", "2.10", "3.0", "3.2", "3.3", "3.4"):
        for existing in report("glue", airflow_version=version).existing:
            assert parse_version(version) in existing.mode.airflow
            assert existing.release is not None
            low = parse_version(existing.provider.split(",")[0].removeprefix(">="))
            assert low <= existing.release


def test_release_that_is_newer_than_the_catalogue_is_not_known() -> None:
    values = {**USUAL, "system": "glue"}
    newer = {"amazon": Version(99, 0)}
    target = find_target("glue", Version(3, 3), newer)
    job = make_report(ADVISOR, Answers("a", values, {}, releases=newer), target)
    assert {each.retry_duplicates for each in job.existing} == {"unknown"}
    assert all(each.newer_than_known for each in job.existing)


@pytest.mark.parametrize(
    ("changed", "expect", "safe", "met"),
    [
        ({"triggerer": "no"}, "SparkSubmitOperator", None, True),
        ({"triggerer": "no"}, "resumable", "window", True),
        ({"triggerer": "no"}, "resumable", "yes", False),
        ({"triggerer": "no"}, "LivyOperator", "window", False),
        ({}, None, None, None),
    ],
)
def test_expectations_are_about_pattern_operator_and_safety(
    changed: dict[str, str], expect: str | None, safe: str | None, met: bool | None
) -> None:
    values = {**USUAL, "system": "spark", **changed}
    answers_ = Answers("a", values, {}, expect, safe)
    assert make_report(ADVISOR, answers_, target_of(values)).met is met


def test_unknown_behaviour_is_not_safe() -> None:
    values = {**USUAL, "system": "spark", "triggerer": "no"}
    newer = {"apache-spark": Version(99, 0)}
    target = find_target("spark", Version(3, 3), newer)
    job = make_report(ADVISOR, Answers("a", values, {}, None, "window", newer), target)
    assert job.met is False


def test_substitute_replaces_the_patterns_if_none_fits_or_a_plain_operator_is_enough() -> None:
    none = report(triggerer="no", airflow_version="2.10")
    assert none.substitute is not None
    assert none.substitute.id == "submit-then-sensor"
    short = report("spark", duration="20s", duplicate_risk="harmless")
    assert short.substitute is not None
    assert short.substitute.id == "plain-operator"
    assert short.substitute not in short.other_alternatives
    assert report().substitute is None


def test_users_of_an_operator_need_not_act_on_warnings_for_authors() -> None:
    job = report("bigquery")
    assert job.operator is not None
    assert "store-before-defer" not in ids(job.act_on)
    assert "write" not in {each.applies_to for each in job.act_on}


def test_authors_need_not_act_on_what_the_scaffold_handles() -> None:
    job = report()
    assert job.scaffolds
    assert not any(each.scaffold_handles for each in job.act_on)
    assert "trigger-outside-dag-folder" in ids(job.act_on)


def test_authors_act_on_everything_if_nothing_is_scaffolded() -> None:
    job = report(airflow_version="2.10")
    assert not job.scaffolds
    assert job.act_on == job.warnings


def test_warnings_of_a_pattern_need_no_action_if_a_plain_operator_is_enough() -> None:
    job = report(duration="20s", duplicate_risk="harmless")
    assert job.act_on == ()
    count = len(job.warnings)
    assert other_warnings(job, 0) == f"{count} warnings apply only if you use resumable; --details"


def test_each_warning_is_counted_once() -> None:
    for at in POINTS[::7]:
        for system in ("spark", "bigquery", "emr", ""):
            values = {**spelt(at), "system": system}
            job = make_report(ADVISOR, Answers("a", values, {}), target_of(values))
            shown = min(3, len(job.act_on))
            line = other_warnings(job, shown).split(" (")[0]
            counted = sum(int(word) for word in line.replace(",", " ").split() if word.isdecimal())
            assert counted + shown == len(job.warnings)


def test_every_need_has_words_for_a_miss() -> None:
    assert [need.id for need in KNOWLEDGE.needs if not need.missed] == []


@pytest.mark.parametrize(("celery", "warned"), [(None, True), ("3.17.2", True), ("3.18.0", False)])
def test_celery_warning_ends_with_the_provider_that_ignores_redelivery(
    celery: str | None, warned: bool
) -> None:
    values = {**USUAL, "executor": "celery", "duration": "30h", "triggerer": "no"}
    releases = {"celery": parse_version(celery)} if celery else {}
    given = Answers("a", {**values, "airflow_version": "3.3.2"}, {}, releases=releases)
    job = make_report(ADVISOR, given, target_of(values))
    assert ("celery-visibility-timeout" in ids(job.warnings)) is warned


def test_advice_to_scaffold_comes_with_the_command() -> None:
    for at in POINTS[::11]:
        for system in ("databricks", "bigquery", "step-functions"):
            job = report(system, **spelt(at))
            advised = "or scaffold" in operator_advice(job)
            assert not advised or job.offers_scaffold, (at, system)
