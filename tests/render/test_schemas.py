"""The published schemas against what is really written and really read."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from advisor.answers.model import Answers
from advisor.catalog.operators import find_system
from advisor.decision.recommend import Advisor
from advisor.decision.report import JobReport, make_report
from advisor.knowledge.model import Knowledge
from advisor.render.as_json import document
from advisor.render.schemas import answers_schema, recommendation_schema
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


def wrong(validator: Draft202012Validator, value: object) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def test_recommendations_all_over_the_space_keep_to_their_schema(
    advisor: Advisor, recommendations: Draft202012Validator
) -> None:
    space = advisor.space
    points = random.Random(7).sample(list(space.points()), SAMPLED)
    reports = []
    for point in points:
        values = {q.id: label for q, label in zip(space.questions, point, strict=True)}
        values |= {"duration": EXAMPLE_OF[values["duration"]], "system": "bigquery"}
        reports.append(
            make_report(
                advisor,
                Answers("job", values, {"work": "the default"}, "none"),
                find_system("bigquery"),
            )
        )
    assert wrong(recommendations, document(reports, None)) == []


def test_a_recommendation_of_another_shape_is_refused(
    reports_of: Callable[[str], list[JobReport]], recommendations: Draft202012Validator
) -> None:
    whole = document(reports_of("emr_step"), "2.10")
    whole["recommendations"][0]["reasons"][0]["source"] = []
    whole["recommendations"][0]["pattern"] = "magic"
    del whole["recommendations"][0]["warnings"]
    assert len(wrong(recommendations, whole)) >= 3


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.yaml")), ids=lambda file: file.stem)
def test_the_shipped_examples_keep_to_the_schema_as_an_editor_reads_them(
    file: Path, answers: Draft202012Validator
) -> None:
    assert wrong(answers, yaml.safe_load(file.read_text(encoding="utf-8"))) == []


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
        ["triggerer"],
    ],
    ids=str,
)
def test_what_advisor_refuses_the_schema_refuses(
    value: object, answers: Draft202012Validator
) -> None:
    assert wrong(answers, value)
