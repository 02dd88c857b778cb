"""Loads the list of systems and their existing operators, and finds a system by name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from advisor.documents.validation import Fields
from advisor.knowledge.builders import ANY_VERSION
from advisor.knowledge.loader import open_files
from advisor.knowledge.model import ExistingOperator, System
from advisor.knowledge.sources import build_sources
from advisor.knowledge.versions import parse_range

FOLDER = Path(__file__).parent


@cache
def load_systems(folder: Path = FOLDER) -> tuple[System, ...]:
    """Return all listed systems."""
    with open_files(folder, "operators") as files:
        return tuple(map(_system, files["operators"].each("systems")))


def find_system(name: str) -> System | None:
    """Return the system whose id, title or alias is `name`, or None.

    Ignores case, spaces and punctuation.
    """
    word = _plain(name)
    return _systems_by_name().get(word) if word else None


@cache
def _systems_by_name() -> dict[str, System]:
    # Reversed, so that the first listed system wins if two share a name.
    return {
        _plain(name): system
        for system in reversed(load_systems())
        for name in (system.id, system.title, *system.aliases)
    }


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
        submission_key=fields.choice("submission_key", ("yes", "no", "lookup")),
        key_note=fields.text("key_note", ""),
        operators=operators,
        sources=build_sources(fields, {}),
    )


def _operator(fields: Fields) -> list[ExistingOperator]:
    """Return one entry for each mode of an operator."""
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
