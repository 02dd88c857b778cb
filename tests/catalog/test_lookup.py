"""A system or class is found by its name, however it is written, or similar names are."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.catalog.lookup import (
    Ambiguous,
    class_named,
    find_target,
    known_classes,
    known_names,
    similar_names,
)
from advisor.knowledge.versions import Version
from tests.answers.reading import CLASSES, with_two_providers

AIRFLOW = Version(3, 3)


@pytest.mark.parametrize(
    "name",
    [
        "GlueJobOperator",
        " gluejoboperator ",
        "Glue-Job_Operator",
        CLASSES[0],
        CLASSES[0].lower(),
    ],
)
def test_find_target_finds_a_class(name: str) -> None:
    target = find_target(name, AIRFLOW)
    assert target is not None
    assert [each.operator.name for each in target.operators] == ["GlueJobOperator"]
    assert target.sensors == ()
    assert target.system is not None
    assert target.system.id == "glue"


@pytest.mark.parametrize("name", ["", ".", "!?", "zzz", CLASSES[1], "glue.GlueJobOperator"])
def test_find_target_returns_none_for_an_unknown_name(name: str) -> None:
    assert find_target(name, AIRFLOW) is None


def test_class_of_two_providers_is_ambiguous_without_its_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_two_providers(tmp_path, monkeypatch)
    with pytest.raises(Ambiguous) as raised:
        find_target("gluejoboperator", AIRFLOW)
    assert raised.value.names == CLASSES
    assert find_target(CLASSES[1], AIRFLOW) is not None
    assert class_named("gluejoboperator") == "GlueJobOperator"


@pytest.mark.parametrize(
    ("name", "similar"),
    [
        ("gleu", "glue"),
        ("gluejobopertor", "GlueJobOperator"),
        ("airflow.operators.GLUEJOBOPERTOR", "GlueJobOperator"),
    ],
)
def test_similar_names_ignores_case_and_modules(name: str, similar: str) -> None:
    assert similar_names(name, known_names()) == [similar]


def test_similar_names_is_empty_if_nothing_is_similar() -> None:
    assert similar_names("zzz", known_names()) == []
    assert similar_names("x" * 10_000, known_classes()) == []
