"""Mutants: scaffolded operators from which mutants.yaml takes one thing away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from advisor.scaffold.manifest import load_manifest
from advisor.scaffold.model import Folder, RenderedFile, ScaffoldSpec
from advisor.scaffold.render import render
from tests.scaffold.rendering import OTHER_SETTINGS, spec

LIST: Final = Path(__file__).with_name("mutants.yaml")


class Mutant(NamedTuple):
    """An operator that lacks one thing."""

    pattern: str
    behaviour: int
    lacks: str
    file: str
    old: str
    new: str
    settings: str
    """The system that it is drilled for, of OTHER_SETTINGS; "" for the one that honours keys."""
    beyond: str
    """Why the drill does not find it, of the reasons in mutants.yaml; "" if it does."""

    def applied(self, files: Sequence[RenderedFile]) -> list[RenderedFile]:
        """Return the files of the complete operator without this thing."""
        (file,) = (each for each in files if is_at(each, self.file))
        assert file.text.count(self.old) == 1, f"{self.lacks}: {file.text.count(self.old)} times"
        assert self.old != self.new
        changed = replace(file, text=file.text.replace(self.old, self.new))
        return [changed if each is file else each for each in files]


def reasons() -> Mapping[str, str]:
    """Return the reasons why the drill does not find some mutants, as sentences."""
    return listed()["beyond"]  # type: ignore[no-any-return]


def all_mutants() -> list[Mutant]:
    """Return the mutants in the order of the list, once for each pattern that has them."""
    return [
        _mutant(pattern, each)
        for each in listed()["mutants"]
        for pattern in load_manifest().patterns
        if (pattern in each["patterns"] if "patterns" in each else _has(pattern, each["file"]))
    ]


@cache
def listed() -> Mapping[str, Any]:
    """Return the content of mutants.yaml."""
    return yaml.safe_load(LIST.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@cache
def whole(pattern: str, settings: str = "") -> tuple[RenderedFile, ...]:
    """Return the files of the operator that lacks nothing."""
    return tuple(render(spec_of(pattern, settings), load_manifest()))


def spec_of(pattern: str, settings: str = "") -> ScaffoldSpec:
    """Return the spec of a pattern, for one of the systems in OTHER_SETTINGS or the usual one."""
    return spec(pattern, given=OTHER_SETTINGS[settings] if settings else {})


def is_at(file: RenderedFile, path: str) -> bool:
    """Return whether a file of the package has this path."""
    return file.folder is Folder.package and str(file.path) == path


def _has(pattern: str, path: str) -> bool:
    return any(is_at(file, path) for file in whole(pattern))


def _mutant(pattern: str, entry: Mapping[str, Any]) -> Mutant:
    return Mutant(
        pattern,
        entry["behaviour"],
        entry["lacks"],
        entry["file"],
        entry["old"],
        entry["new"],
        entry.get("settings", ""),
        entry.get("beyond", ""),
    )
