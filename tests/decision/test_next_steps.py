"""A recommendation ends with a command that can be run as it stands."""

from __future__ import annotations

import json

import pytest

from advisor.naming import parse_name
from tests.cli.process import COMPLETE, advisor_here


@pytest.mark.parametrize(
    "name",
    [
        *("nightly_spark", "nightly spark", "NightlySpark", "job", "job-1", "email", "class"),
        *("2fast", "a" * 60, "été 日本 😀", "x; rm -rf", "Operator", "SparkOperator", "a__b", "-x"),
    ],
)
def test_the_next_command_of_a_recommendation_has_a_name_that_scaffold_takes(name: str) -> None:
    ran = advisor_here(*COMPLETE, "--set", f"name={name}", "-f", "json")
    [command] = json.loads(ran.out)["recommendations"][0]["next"]
    words = command.split()
    assert words[:3] == ["advisor", "scaffold", "deferrable"]
    assert words[4:] == ["--airflow-version", "3.3"]
    assert parse_name(words[3]).operator.isidentifier()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nightly_spark", "NightlySpark"),
        ("email", "EmailJob"),
        ("job", "MyJob"),
        ("a/b", "MyJob"),
    ],
)
def test_the_next_command_calls_the_operator_after_the_job(name: str, message: str) -> None:
    ran = advisor_here(*COMPLETE, "--set", f"name={name}", "-f", "json")
    assert json.loads(ran.out)["recommendations"][0]["next"] == [
        f"advisor scaffold deferrable {message} --airflow-version 3.3"
    ]


@pytest.mark.parametrize("version", ["2.10", "3.1", "3.5"])
def test_where_nothing_is_scaffolded_the_pattern_is_explained(version: str) -> None:
    ran = advisor_here(*COMPLETE, "--airflow-version", version, "-f", "json")
    assert json.loads(ran.out)["recommendations"][0]["next"] == ["advisor explain deferrable"]
