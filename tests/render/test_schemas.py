"""The published schemas, checked against documents that advisor writes and reads."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from advisor.answers.model import Answers
from advisor.decision.recommend import Advisor
from advisor.decision.report import JobReport, make_report
from advisor.knowledge.model import Knowledge
from advisor.render.recommendation_json import recommendation_schema, recommendations_document
from advisor.render.schemas import answers_schema
from tests.decision.points import target_of
from tests.render.conftest import EXAMPLES

EXAMPLE_OF = {"short": "45s", "medium": "5m", "long": "3h", "long>=30d": "31d"}
SAMPLED = 400


@pytest.fixture(scope="module")
def recommendations(knowledge: Knowledge) -> Draft202012Validator:
    schema = recommendation_schema(knowledge)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.fixture(scope="module")
def answers(knowledge: Knowledge) -> Draft202012Validator:
    schema = answers_schema(knowledge)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def schema_errors(validator: Draft202012Validator, value: object) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


@pytest.fixture(scope="module")
def sampled(advisor: Advisor) -> dict[str, Any]:
    """Return the document of recommendations for points all over the answer space."""
    space = advisor.space
    points = random.Random(7).sample(list(space.points()), SAMPLED)
    reports = []
    for point in points:
        values = {q.id: label for q, label in zip(space.questions, point, strict=True)}
        values |= {"duration": EXAMPLE_OF[values["duration"]], "system": "bigquery"}
        answers = Answers("job", values, {"work": "the default"}, "none")
        reports.append(make_report(advisor, answers, target_of(values)))
    return recommendations_document(reports)


def test_recommendations_match_their_schema(
    sampled: dict[str, Any], recommendations: Draft202012Validator
) -> None:
    assert schema_errors(recommendations, sampled) == []


def test_would_change_names_a_band_without_its_parts(sampled: dict[str, Any]) -> None:
    changes = [change for job in sampled["recommendations"] for change in job["would_change"]]
    durations = [each["answers"].get("duration", []) for each in changes]
    assert any("long" in each for each in durations)
    assert not any("long" in each and "long>=30d" in each for each in durations)


def test_schema_rejects_a_wrong_recommendation(
    reports_of: Callable[[str], list[JobReport]], recommendations: Draft202012Validator
) -> None:
    whole = recommendations_document(reports_of("emr_step"))
    whole["recommendations"][0]["reasons"][0]["source"] = []
    whole["recommendations"][0]["pattern"] = "magic"
    del whole["recommendations"][0]["warnings"]
    assert len(schema_errors(recommendations, whole)) >= 3


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.yaml")), ids=lambda file: file.stem)
def test_shipped_examples_match_the_schema_of_an_editor(
    file: Path, answers: Draft202012Validator
) -> None:
    assert schema_errors(answers, yaml.safe_load(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("version", ["9.24.0", 9.24])
@pytest.mark.parametrize("provider", ["amazon", "apache-airflow-providers-amazon"])
def test_schema_accepts_expectations_and_provider_versions(
    provider: str, version: object, answers: Draft202012Validator
) -> None:
    value = {
        "expect": "GlueJobOperator",
        "safe": "window",
        "provider_versions": {provider: version},
    }
    assert schema_errors(answers, {**value, "jobs": [value]}) == []


@pytest.mark.parametrize(
    "value",
    [
        {"trigerer": "yes"},
        {"triggerer": "perhaps"},
        {"duration": "3"},
        {"duration": "-3h"},
        {"jobs": []},
        {"jobs": [{"jobs": []}]},
        {"expect": "sensor"},
        {"safe": "no"},
        {"provider_versions": ["amazon"]},
        {"provider_versions": {"amazn": "9.24.0"}},
        {"jobs": [{"provider_versions": {"amazon": "new"}}]},
        ["triggerer"],
    ],
    ids=str,
)
def test_schema_rejects_what_advisor_rejects(value: object, answers: Draft202012Validator) -> None:
    assert schema_errors(answers, value)
