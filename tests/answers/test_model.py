"""Missing answers are assumed, from the installed Airflow or by default, and marked so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.answers import model
from advisor.answers.model import (
    DEFAULT,
    INSTALLED,
    NEWEST,
    Answers,
    assumption,
    complete_answers,
)
from tests.answers.reading import GIVEN, KNOWLEDGE, REQUIRED, only

VERSION = KNOWLEDGE.questions["airflow_version"]


@pytest.fixture(autouse=True)
def no_cached_version() -> Iterator[None]:
    model._installed.cache_clear()
    yield
    model._installed.cache_clear()


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder the whole import path, so that it contains what is installed."""
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    return tmp_path


def complete(text: str) -> Answers:
    return complete_answers(only(text), KNOWLEDGE.questions)


def test_complete_answers_keeps_given_answers_and_assumes_the_rest() -> None:
    answers = complete(f"name: a\nexpect: async\nwork: event\n{REQUIRED}")
    assert (answers.name, answers.expect) == ("a", "async")
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
    values = complete(f"system: a\nwork: job\n{REQUIRED}").values
    assert list(values) == list(KNOWLEDGE.questions)


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


def test_given_version_overrides_the_installed_one(install: Path) -> None:
    (install / "apache_airflow-2.10.5.dist-info").mkdir()
    answers = complete(f"{REQUIRED}airflow_version: 3.3")
    assert answers.values["airflow_version"] == "3.3"
    assert "airflow_version" not in answers.assumed
