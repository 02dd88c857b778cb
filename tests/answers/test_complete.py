"""Missing answers are assumed: from the catalogue, the installed Airflow or by default."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.answers import complete as completing
from advisor.answers.complete import assumption, complete_answers, target_of
from advisor.answers.model import DEFAULT, INSTALLED, NEWEST, Answers
from advisor.catalog.installed import Installed
from advisor.knowledge.versions import Version
from tests.answers.reading import GIVEN, KNOWLEDGE, REQUIRED, only

VERSION = KNOWLEDGE.questions["airflow_version"]


@pytest.fixture(autouse=True)
def no_cached_version() -> Iterator[None]:
    completing._installed.cache_clear()
    yield
    completing._installed.cache_clear()


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder the whole import path, so that it contains what is installed."""
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    return tmp_path


def complete(text: str) -> Answers:
    draft = only(text)
    return complete_answers(draft, KNOWLEDGE.questions, target_of(draft, KNOWLEDGE.questions))


def test_complete_answers_keeps_given_answers_and_assumes_the_rest() -> None:
    answers = complete(f"name: a\nexpect: async\nsafe: window\nwork: event\n{REQUIRED}")
    assert (answers.name, answers.expect, answers.safe) == ("a", "async", "window")
    assert {key: answers.values[key] for key in (*GIVEN, "work")} == {**GIVEN, "work": "event"}
    assert set(answers.assumed) == {"job_id", "idempotency_key", "airflow_version"}


def test_defaults_are_those_of_the_questions() -> None:
    answers = complete(REQUIRED)
    defaults = {"work": "job", "job_id": "yes", "idempotency_key": "unknown"}
    assert {key: answers.values[key] for key in defaults} == defaults
    assert {answers.assumed[key] for key in defaults} == {DEFAULT}


def test_system_is_never_assumed() -> None:
    assert "system" not in complete(REQUIRED).values
    assert complete(f"{REQUIRED}system: spark").values["system"] == "spark"


def test_values_are_in_the_order_of_the_questions() -> None:
    values = complete(f"executor: celery\nsystem: a\nwork: job\n{REQUIRED}").values
    assert list(values) == list(KNOWLEDGE.questions)


def test_executor_is_not_assumed() -> None:
    answers = complete(REQUIRED)
    assert "executor" not in {**answers.values, **answers.assumed}


def test_catalogue_answers_what_it_knows_about_a_system() -> None:
    answers = complete("system: glue\ntriggerer: yes\nduration: 3h\nduplicate_risk: costly\n")
    known = {"async_client": "yes", "job_id": "yes", "idempotency_key": "no"}
    assert {key: answers.values[key] for key in known} == known
    assert {answers.assumed[key] for key in known} == {"AWS Glue"}
    assert answers.assumed["work"] == DEFAULT


@pytest.mark.parametrize(
    ("system", "key"), [("bigquery", "yes"), ("dbt-cloud", "no"), ("airbyte", "no")]
)
def test_key_that_can_only_be_looked_up_is_assumed_to_be_none(system: str, key: str) -> None:
    assert complete(f"system: {system}\n{REQUIRED}").values["idempotency_key"] == key


def test_sensor_waits_for_an_event() -> None:
    answers = complete(f"system: GlueJobSensor\n{REQUIRED}")
    assert (answers.values["work"], answers.assumed["work"]) == ("event", "AWS Glue")
    assert answers.assumed["job_id"] == DEFAULT


def test_given_answers_override_the_catalogue() -> None:
    answers = complete(f"system: glue\nidempotency_key: yes\njob_id: no\n{REQUIRED}")
    given = {"async_client": "yes", "job_id": "no", "idempotency_key": "yes"}
    assert {key: answers.values[key] for key in given} == given
    assert not set(given) & set(answers.assumed)


def test_unknown_system_answers_nothing() -> None:
    answers = complete(f"system: my-cluster\n{REQUIRED}")
    assert answers.assumed["idempotency_key"] == DEFAULT


def test_releases_are_those_of_the_draft() -> None:
    answers = complete(f"provider_versions: {{amazon: 9.24.0}}\n{REQUIRED}")
    assert answers.releases == {"amazon": Version(9, 24)}


@pytest.mark.parametrize("version", ["2.2.0", "2.10.5", "3.3.2", "3.4.0b2", "4.1.0"])
def test_version_defaults_to_the_installed_airflow(install: Path, version: str) -> None:
    (install / f"apache_airflow_core-{version}.dist-info").mkdir()
    assert assumption(VERSION) == (version, INSTALLED)


@pytest.mark.parametrize("version", [None, "1.10.15", "2.1.4"])
def test_version_without_a_known_airflow_defaults_to_the_newest_stable(
    install: Path, version: str | None
) -> None:
    if version:
        (install / f"apache_airflow-{version}.dist-info").mkdir()
    assert assumption(VERSION) == (VERSION.stable, NEWEST)


def test_version_that_is_too_old_is_not_ignored_silently() -> None:
    installed = Installed("old.txt", Version(1, 10, 15))
    origin = f"{NEWEST}; 1.10.15 of old.txt is too old"
    assert assumption(VERSION, installed) == (VERSION.stable, origin)


def test_given_version_overrides_the_installed_one(install: Path) -> None:
    (install / "apache_airflow-2.10.5.dist-info").mkdir()
    answers = complete(f"{REQUIRED}airflow_version: 3.3")
    assert answers.values["airflow_version"] == "3.3"
    assert "airflow_version" not in answers.assumed
