"""Loads the list of systems, and finds a system by name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from advisor.documents.validation import Fields
from advisor.knowledge.loader import open_files
from advisor.knowledge.operators import System
from advisor.knowledge.sources import build_sources

FOLDER = Path(__file__).parent


@cache
def load_systems(folder: Path = FOLDER) -> tuple[System, ...]:
    """Return all listed systems."""
    with open_files(folder, "systems") as files:
        return tuple(map(_system, files["systems"].each("systems")))


def find_system(name: str) -> System | None:
    """Return the system whose id, title or alias is `name`, or None.

    Ignores case, spaces and punctuation.
    """
    word = plain(name)
    return _systems_by_name().get(word) if word else None


@cache
def _systems_by_name() -> dict[str, System]:
    # Reversed, so that the first listed system wins if two share a name.
    return {
        plain(name): system
        for system in reversed(load_systems())
        for name in (system.id, system.title, *system.aliases)
    }


def plain(name: str) -> str:
    """Return a name in lower case, without spaces and punctuation."""
    return "".join(c for c in name.lower() if c.isalnum())


def _system(fields: Fields) -> System:
    return System(
        id=fields.text("id"),
        title=fields.text("title"),
        aliases=fields.texts("aliases"),
        async_client=fields.choice("async_client", ("yes", "no", "unknown")),
        async_client_name=fields.text("async_client_name", ""),
        submission_key=fields.choice("submission_key", ("yes", "no", "lookup", "unknown")),
        key_note=fields.text("key_note", ""),
        provider=fields.text("provider", ""),
        sources=build_sources(fields, {}),
        template=fields.text("template", ""),
        operators=fields.texts("operators"),
    )
