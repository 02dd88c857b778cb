"""Read the waiting operators and sensors of an environment from their source."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from advisor.catalog.model import OperatorFacts
from advisor.catalog.source.cache import Entry, load_entry, store_entry
from advisor.catalog.source.classes import Names
from advisor.catalog.source.facts import read_operator
from advisor.catalog.source.modules import NEWEST, Module, Modules
from advisor.catalog.source.trees import SourceFile
from advisor.catalog.source.units import AIRFLOW, PROVIDER_PREFIX, Installation, Unit, inspect_paths

Progress = Callable[[int, int], None]
# A file without any of these defines no operator and is not worth parsing.
_MARKS = (b"Operator", b"Sensor", b"def execute", b"def poke")


@dataclass(frozen=True)
class Reading:
    """The waiting operators of an environment, versions by provider, and what was not read."""

    operators: tuple[OperatorFacts, ...]
    distributions: Mapping[str, str]
    notes: tuple[str, ...]


def read_environment(
    paths: Sequence[Path],
    progress: Progress | None = None,
    *,
    use_cache: bool = True,
    modules: Collection[str] | None = None,
) -> Reading:
    """Read the entries of an import path: folders, zip archives or wheels.

    `modules` names the modules whose operators are wanted (default: all). Only these, and what
    they import, are parsed, and the cache is not used.
    """
    installation = inspect_paths(paths)
    if modules is not None:
        installation = _only(installation, modules)
        use_cache = False
    reader = _Reader(installation, progress or (lambda _done, _total: None))
    entries = [reader.read(unit, use_cache=use_cache) for unit in installation.units]
    return Reading(
        operators=tuple(row for entry in entries for row in entry.operators),
        distributions=_versions(installation),
        notes=tuple(
            dict.fromkeys(
                [*installation.notes, *(note for entry in entries for note in entry.notes)]
            )
        ),
    )


def _only(installation: Installation, modules: Collection[str]) -> Installation:
    """Return an installation that has only these modules to read, and all others to import."""
    kept = (
        (unit, tuple(file for file in unit.files if module_name(file.path) in modules))
        for unit in installation.units
    )
    units = tuple(replace(unit, files=files) for unit, files in kept if files)
    return replace(installation, units=units)


def _versions(installation: Installation) -> dict[str, str]:
    versions = {
        name.removeprefix(PROVIDER_PREFIX): item.version
        for name, item in installation.distributions.items()
        if name.startswith(AIRFLOW)
    }
    names = {unit.name for unit in installation.units}
    own = {name: item for name, item in installation.distributions.items() if name in names}
    # A provider keeps its name if another distribution, such as celery, has the same.
    return {name: item.version for name, item in own.items()} | versions


class _Reader:
    """Reads units, and knows how far it is."""

    def __init__(self, installation: Installation, progress: Progress) -> None:
        self._installation = installation
        self._progress = progress
        self._total = sum(len(unit.files) for unit in installation.units)
        self._done = 0
        self._fingerprints: dict[str, str] = {}
        self._modules = Modules(installation.trees, _airflow_version(installation.airflow))
        self._modules.mapped.update(installation.mapped)
        self._modules.readable.update(_top_level(installation.units))
        self._names = Names(self._modules)

    def read(self, unit: Unit, *, use_cache: bool) -> Entry:
        """Return the facts of a unit, from the cache if nothing that they depend on changed."""
        entry = self._cached(unit) if use_cache else None
        if entry is None:
            entry = self._read(unit)
            if use_cache:
                store_entry(unit.name, self._fingerprint(unit.name), entry)
        else:
            self._advance(len(unit.files))
        return entry

    def _cached(self, unit: Unit) -> Entry | None:
        entry = load_entry(unit.name, self._fingerprint(unit.name))
        if entry is None:
            return None
        current = {name: self._fingerprint(name) for name in entry.fingerprints}
        return entry if current == dict(entry.fingerprints) else None

    def _read(self, unit: Unit) -> Entry:
        before = len(self._modules.notes)
        operators: list[OperatorFacts] = []
        modules: list[Module] = []
        for file in unit.files:
            module = self._module(file)
            if module is not None:
                modules.append(module)
                operators += self._operators(module, unit.name)
            self._advance(1)
        used = {unit.name, AIRFLOW, *self._dependencies(modules)}
        fingerprints = {name: self._fingerprint(name) for name in sorted(used)}
        return Entry(fingerprints, tuple(operators), tuple(self._modules.notes[before:]))

    def _module(self, file: SourceFile) -> Module | None:
        name = module_name(file.path)
        try:
            source = file.tree.read(file.path)
        except OSError as error:
            self._modules.notes.append(f"{file.shown}: not read: {error.strerror or error}")
            return None
        return self._modules.get_from(name, file, source) if _can_have_operators(source) else None

    def _operators(self, module: Module, provider: str) -> Iterator[OperatorFacts]:
        for name, bindings in module.bindings.items():
            if isinstance(bindings[0], ast.ClassDef) and bindings[0].name == name:
                try:
                    row = read_operator(
                        self._names, self._names.class_of(bindings[0], module), provider
                    )
                except RecursionError:
                    self._modules.notes.append(
                        f"{module.file.shown}: {name} not read: nested too deeply"
                    )
                    continue
                if row is not None:
                    yield row

    def _dependencies(self, modules: list[Module]) -> set[str]:
        """Return the units whose source was consulted, directly or through others."""
        seen: set[str] = set()
        pending = [imported for module in modules for imported in module.imports]
        while pending:
            name = pending.pop()
            if name not in seen and name.partition(".")[0] in self._modules.readable:
                seen.add(name)
                module = self._modules.loaded(name)
                pending += module.imports if module else ()
        return {self._installation.owner_of(name) for name in seen}

    def _fingerprint(self, name: str) -> str:
        if name not in self._fingerprints:
            unit = next((unit for unit in self._installation.units if unit.name == name), None)
            fallback = self._installation.airflow if name == AIRFLOW else ""
            self._fingerprints[name] = unit.fingerprint() if unit else fallback
        return self._fingerprints[name]

    def _advance(self, count: int) -> None:
        self._done += count
        self._progress(self._done, self._total)


def _airflow_version(version: str) -> tuple[int, ...]:
    numbers = [int(part) for part in re.findall(r"\d+", version)[:3]]
    return tuple([*numbers, 0, 0][:3]) if numbers else NEWEST


def _top_level(units: Sequence[Unit]) -> set[str]:
    return {
        file.path.partition("/")[0].removesuffix(".py") for unit in units for file in unit.files
    }


def _can_have_operators(source: bytes) -> bool:
    return b"class " in source and any(mark in source for mark in _MARKS)


def module_name(path: str) -> str:
    """Return the name of the module in a file."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
