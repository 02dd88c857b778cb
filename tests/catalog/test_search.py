"""Finding operators by class, module, provider and system."""

from __future__ import annotations

import pytest

from advisor.catalog.entries import load_operators, providers
from advisor.catalog.search import (
    classes_named,
    closest,
    full_name,
    listed_systems,
    matching,
    written_operator,
)
from tests.catalog.made import OPERATORS, facts

OTHER = facts(module="plugins.own", provider="own-package")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("GlueJob", ["GlueJobOperator"]),
        ("gluejoboperator", ["GlueJobOperator"]),
        ("glue job", ["GlueJobOperator"]),
        ("aws.sensors", ["S3KeySensor"]),
        ("STANDARD", ["TriggerDagRunOperator"]),
        ("apache-airflow-providers-amazon", ["GlueJobOperator", "S3KeySensor"]),
        ("AWS Glue", ["GlueJobOperator"]),
        ("nothing-like-this", []),
        ("...", []),
    ],
)
def test_matching_finds_by_class_module_provider_and_system(
    query: str, expected: list[str]
) -> None:
    assert [each.name for each in matching(query, OPERATORS)] == expected


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("glueJOBoperator", 2),
        ("plugins.own.GlueJobOperator", 1),
        ("Plugins.Own.gluejoboperator", 1),
        ("elsewhere.GlueJobOperator", 0),
        ("GlueJob", 0),
    ],
)
def test_class_is_found_in_any_case_and_with_its_module(query: str, count: int) -> None:
    assert len(classes_named(query, [*OPERATORS, OTHER])) == count


@pytest.mark.parametrize(
    ("query", "expected"),
    [("TriggerDagRunOperater", "TriggerDagRunOperator"), ("amazn", "amazon"), ("qqqqqq", "")],
)
def test_closest_name_keeps_its_spelling(query: str, expected: str) -> None:
    assert closest(query, OPERATORS) == expected


def test_hand_written_part_is_that_of_the_module() -> None:
    written = written_operator(facts())
    assert written is not None
    assert written.name == "GlueJobOperator"
    assert written_operator(OTHER) is None
    assert written_operator(facts(module="airflow.providers.amazon.elsewhere")) is None


def test_systems_are_those_of_the_parsed_files() -> None:
    parsed = {
        (full_name(each), each.system) for name in providers() for each in load_operators(name)
    }
    assert set(listed_systems()) == parsed
