"""Each operator that lacks one thing fails one of the generated tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.scaffold.manifest import load_manifest
from tests.airflow.environments import python_with
from tests.scaffold.mutants import all_mutants, spec_of, whole
from tests.scaffold.rendering import put, run_suites

BEHAVIOURS = set(range(1, 13))


@pytest.mark.airflow
@pytest.mark.parametrize("pattern", load_manifest().patterns)
def test_each_mutant_fails_a_generated_test(pattern: str, tmp_path: Path) -> None:
    name, files = spec_of(pattern).name, whole(pattern)
    mutants = [each for each in all_mutants() if each.pattern == pattern]
    folders = [put(files, name, tmp_path / "whole")]
    for number, mutant in enumerate(mutants):
        folders.append(put(mutant.applied(files), name, tmp_path / str(number)))
    # The hook's tests take longest and do not cover what is removed here.
    hooks = "--ignore-glob=*test_hooks.py"
    unchanged, *ran = run_suites(python_with("3.3.2"), folders, tmp_path, hooks)
    assert unchanged["code"] == 0, unchanged["output"]
    survivors = [
        mutant.lacks for mutant, suite in zip(mutants, ran, strict=True) if suite["code"] == 0
    ]
    assert survivors == []


def test_every_behaviour_has_mutants() -> None:
    assert {each.behaviour for each in all_mutants()} == BEHAVIOURS
