"""Each operator that lacks one behaviour fails the test that its entry names."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from advisor.scaffold.manifest import load_manifest
from tests.airflow.environments import python_with
from tests.scaffold.mutants import DRILL, GENERATED, SUITE, all_mutants, spec_of, whole
from tests.scaffold.rendering import put, run_suites

BEHAVIOURS = set(range(1, 13))
EXTRA = Path(__file__).with_name("extra")
UNCOMMON = "test_uncommon.py"
"""The file of this project's tests. They run after the generated ones, which sort before it."""


@pytest.mark.airflow
@pytest.mark.parametrize("pattern", load_manifest().patterns)
def test_each_mutant_is_held_by_what_its_entry_says(pattern: str, tmp_path: Path) -> None:
    name, files = spec_of(pattern).name, whole(pattern)
    mutants = [each for each in all_mutants() if each.pattern == pattern]
    folders = [put(files, name, tmp_path / "whole")]
    for number, mutant in enumerate(mutants):
        folders.append(put(mutant.applied(files), name, tmp_path / str(number)))
    for folder in folders:
        shutil.copy(EXTRA / pattern / UNCOMMON, folder / "tests")
    unchanged, *ran = run_suites(python_with("3.3.2"), folders, tmp_path)
    assert unchanged["code"] == 0, unchanged["output"]
    held_by = [(each.lacks, each.held_by) for each in mutants]
    assert [
        (mutant.lacks, holder_in(suite)) for mutant, suite in zip(mutants, ran, strict=True)
    ] == held_by


def holder_in(suite: dict[str, Any]) -> str:
    """Return what failed first; a file that cannot be imported fails all generated tests."""
    if suite["code"] == 0:
        return DRILL
    return SUITE if suite["failed_in"] == UNCOMMON else GENERATED


def test_every_behaviour_has_mutants() -> None:
    assert {each.behaviour for each in all_mutants()} == BEHAVIOURS


def test_drill_finds_the_mutants_that_no_test_holds() -> None:
    assert [each.lacks for each in all_mutants() if each.held_by == DRILL and each.beyond] == []
