"""The names that `system` accepts, as entries that a prompt can complete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from advisor.catalog.lookup import all_operators
from advisor.catalog.systems import load_systems, plain


@dataclass(frozen=True)
class Entry:
    """A name to complete, its description, and the words that lead to it in plain spelling."""

    name: str
    text: str
    words: tuple[str, ...]


def load_entries() -> list[Entry]:
    """Return an entry for each system and class in the catalogue."""
    systems = [
        Entry(each.id, each.title, tuple(map(plain, (each.id, each.title, *each.aliases))))
        for each in load_systems()
    ]
    classes = {
        each.name: Entry(each.name, f"{each.kind}, {each.provider}", (plain(each.name),))
        for each in all_operators()
    }
    return [*systems, *(classes[name] for name in sorted(classes))]


def matching(entries: Sequence[Entry], typed: str) -> list[Entry]:
    """Return the entries that contain a text, first those that begin with it; all if it is empty.

    Ignores case, spaces and punctuation.
    """
    spelling = plain(typed)
    found = [each for each in entries if any(spelling in word for word in each.words)]
    begins = [each for each in found if any(word.startswith(spelling) for word in each.words)]
    return [*begins, *(each for each in found if each not in begins)]
