"""The operators that exist already, from a hand-checked list."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from advisor.documents.validation import Fields, ValidationIssue
from advisor.knowledge.builders import ANY_VERSION
from advisor.knowledge.loader import load_file, raise_issues
from advisor.knowledge.model import Sources
from advisor.knowledge.sources import build_sources
from advisor.knowledge.versions import Version, VersionRange, parse_range

FOLDER = Path(__file__).parent


class ExistingOperator(NamedTuple):
    """An operator in the mode that follows a pattern, as one line of Python.

    `provider` is the range of provider releases in which it does, "" where nobody checked;
    `airflow` the range of Airflow versions.
    """

    operator: str
    pattern: str
    line: str
    module: str
    package: str
    provider: str
    airflow: VersionRange
    note: str
    sources: Sources


class System(NamedTuple):
    """A system that runs jobs, and the operators for it."""

    id: str
    title: str
    aliases: tuple[str, ...]
    async_client: str
    async_client_name: str
    submission_key: str
    key_note: str
    operators: tuple[ExistingOperator, ...]
    sources: Sources


@cache
def load_systems(folder: Path = FOLDER) -> tuple[System, ...]:
    """Return every system on the list. Raises KnowledgeError where the list is malformed."""
    issues: list[ValidationIssue] = []
    file = load_file(folder, "operators", issues)
    systems = tuple(_system(each) for each in file.each("systems"))
    file.done()
    raise_issues(issues)
    return systems


def find_system(name: str) -> System | None:
    """Return the system that a user's word means, by id, title or alias, or None."""
    word = _plain(name)
    for system in load_systems():
        if word in map(_plain, (system.id, system.title, *system.aliases)):
            return system
    return None


def existing_operators(
    system: str, pattern: str | None, airflow: Version
) -> tuple[ExistingOperator, ...]:
    """Return the operators for a system in a version of Airflow, those of `pattern` first."""
    found = find_system(system)
    usable = [each for each in found.operators if airflow in each.airflow] if found else []
    return tuple(sorted(usable, key=lambda each: each.pattern != pattern))


def _plain(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


def _system(fields: Fields) -> System:
    operators = tuple(mode for each in fields.each("operators") for mode in _operator(each))
    return System(
        id=fields.text("id"),
        title=fields.text("title"),
        aliases=fields.texts("aliases"),
        async_client=fields.choice("async_client", ("yes", "no", "unknown")),
        async_client_name=fields.text("async_client_name", ""),
        submission_key=fields.choice("submission_key", ("yes", "no", "narrows")),
        key_note=fields.text("key_note", ""),
        operators=operators,
        sources=build_sources(fields, {}),
    )


def _operator(fields: Fields) -> list[ExistingOperator]:
    name, module, package = fields.text("name"), fields.text("module"), fields.text("package")
    sources = build_sources(fields, {})
    return [
        ExistingOperator(
            operator=name,
            pattern=mode.choice("pattern", ("deferrable", "resumable")),
            line=mode.text("line"),
            module=module,
            package=package,
            provider=mode.text("provider", ""),
            airflow=mode.parsed("airflow", parse_range, ANY_VERSION),
            note=mode.text("note", ""),
            sources=sources,
        )
        for mode in fields.each("modes")
    ]
