"""Generated code imports each name from the module that the target has."""

from __future__ import annotations

import pytest

from advisor.knowledge.versions import parse_version
from advisor.scaffold.airflow_imports import by_module, module_of


@pytest.mark.parametrize(
    ("name", "release", "module"),
    [
        ("BaseOperator", "2.11", "airflow.models"),
        ("BaseOperator", "3.0", "airflow.sdk"),
        ("BaseHook", "3.0", "airflow.hooks.base"),
        ("BaseHook", "3.1", "airflow.sdk"),
        ("TaskDeferred", "3.1", "airflow.exceptions"),
        ("TaskDeferred", "3.2", "airflow.sdk.exceptions"),
    ],
)
def test_module_of_depends_on_the_release(name: str, release: str, module: str) -> None:
    assert module_of(name, parse_version(release)) == module


def test_by_module_sorts_modules_and_adds_others() -> None:
    others = {"airflow.providers.http": ["HttpHook"]}
    modules = by_module(["TaskDeferred", "BaseHook"], others, parse_version("3.1"))
    assert list(modules.items()) == [
        ("airflow.exceptions", ["TaskDeferred"]),
        ("airflow.providers.http", ["HttpHook"]),
        ("airflow.sdk", ["BaseHook"]),
    ]
