"""Mutants: scaffolded operators that lack one behaviour each, listed in mutations/PATTERN.yaml."""

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

FOLDER: Final = Path(__file__).with_name("mutations")
GENERATED: Final = "generated"
"""Held by a generated test."""
SUITE: Final = "suite"
"""Held by this project's own tests in tests/scaffold/extra."""
DRILL: Final = "drill"
"""Held by the drill alone."""


class Mutant(NamedTuple):
    """An operator that lacks one behaviour."""

    pattern: str
    behaviour: int
    """The number of the behaviour in docs/patterns/README.md."""
    lacks: str
    file: str
    old: str
    new: str
    settings: str
    """The system that it is drilled for, of OTHER_SETTINGS; "" for the one that honours keys."""
    beyond: str
    """Why the drill does not find it, of the reasons in reasons.yaml; "" if it does."""
    held_by: str
    """What fails on it: GENERATED, SUITE or DRILL."""
    signals: tuple[str, ...] = ()
    """The signals that it is drilled with; (): all."""

    def applied(self, files: Sequence[RenderedFile]) -> list[RenderedFile]:
        """Return the files of the complete operator without this behaviour."""
        (file,) = (each for each in files if is_at(each, self.file))
        assert file.text.count(self.old) == 1, f"{self.lacks}: {file.text.count(self.old)} times"
        assert self.old != self.new
        changed = replace(file, text=file.text.replace(self.old, self.new))
        return [changed if each is file else each for each in files]


def reasons() -> Mapping[str, str]:
    """Return the reasons why the drill does not find some mutants, as sentences."""
    return _read("reasons")


def all_mutants() -> list[Mutant]:
    """Return the mutants, by pattern and in the order of their list."""
    return [
        _mutant(pattern, each)
        for pattern in load_manifest().patterns
        for each in _read(pattern)["mutants"]
    ]


@cache
def _read(name: str) -> Mapping[str, Any]:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


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
        entry.get("held_by", GENERATED),
        tuple(entry.get("signals", ())),
    )
