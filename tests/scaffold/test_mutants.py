"""The generated tests are tested: each operator that lacks one thing fails one of them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from advisor.scaffold.kit import load_kit
from advisor.scaffold.model import Folder, RenderedFile
from advisor.scaffold.render import render
from tests.airflow.environments import python_with
from tests.scaffold.rendering import order, put, run_suites

LIST = yaml.safe_load(Path(__file__).with_name("mutants.yaml").read_text(encoding="utf-8"))
BEHAVIOURS = set(range(1, 13))


class Mutant(NamedTuple):
    """An operator that lacks one thing."""

    behaviour: int
    lacks: str
    file: str
    old: str
    new: str

    def applied(self, files: tuple[RenderedFile, ...]) -> list[RenderedFile]:
        """Return the files with this thing taken away."""
        (found,) = (file for file in files if self.is_about(file))
        assert found.text.count(self.old) == 1, f"{self.lacks}: {found.text.count(self.old)} times"
        assert self.old != self.new
        changed = found._replace(text=found.text.replace(self.old, self.new))
        return [changed if file is found else file for file in files]

    def is_about(self, file: RenderedFile) -> bool:
        """Return whether it changes this file."""
        return file.folder is Folder.package and str(file.path) == self.file


def mutants_of(pattern: str, files: tuple[RenderedFile, ...]) -> list[Mutant]:
    """Return the mutants of a pattern: the ones for it, and those of any with such a file."""
    found = []
    for each in LIST["mutants"]:
        patterns = each.get("patterns")
        mutant = Mutant(*(each[key] for key in Mutant._fields))
        has_file = any(mutant.is_about(file) for file in files)
        if pattern in patterns if patterns else has_file:
            found.append(mutant)
    return found


@pytest.mark.airflow
@pytest.mark.parametrize("pattern", load_kit().patterns)
def test_each_mutant_fails_a_generated_test(pattern: str, tmp_path: Path) -> None:
    files = render(order(pattern), load_kit())
    name = order(pattern).name
    mutants = mutants_of(pattern, files)
    folders = [put(files, name, tmp_path / "whole")]
    for number, mutant in enumerate(mutants):
        folders.append(put(mutant.applied(files), name, tmp_path / str(number)))
    # The hook's own tests take longest and know nothing of what is taken away here.
    hooks = "--ignore-glob=*test_hooks.py"
    whole, *ran = run_suites(python_with("3.3.2"), folders, tmp_path, hooks)
    assert whole["code"] == 0, whole["said"]
    survivors = [
        mutant.lacks for mutant, suite in zip(mutants, ran, strict=True) if suite["code"] == 0
    ]
    assert survivors == []


def test_every_behaviour_has_mutants() -> None:
    assert {each["behaviour"] for each in LIST["mutants"]} == BEHAVIOURS
