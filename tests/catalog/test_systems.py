"""A system is found by each of its names, however it is written."""

from __future__ import annotations

import pytest

from advisor.catalog.systems import find_system, load_systems


@pytest.mark.parametrize(
    ("name", "system"),
    [
        ("bigquery", "bigquery"),
        ("Google BigQuery", "bigquery"),
        ("EMR_steps", "emr-steps"),
        (" Kubernetes ", "kubernetes"),
    ],
)
def test_find_system_ignores_case_spaces_and_punctuation(name: str, system: str) -> None:
    found = find_system(name)
    assert found is not None
    assert found.id == system


@pytest.mark.parametrize("name", ["", " ", "!?", "no-such-system", "日本"])
def test_find_system_returns_none_for_an_unknown_name(name: str) -> None:
    assert find_system(name) is None


def test_find_system_finds_each_system_by_every_name() -> None:
    for system in load_systems():
        for name in (system.id, system.title, *system.aliases):
            assert find_system(name) is system, name
