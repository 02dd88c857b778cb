"""A parsed document, the positions in it, and the phrases that errors about it share."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

Node: TypeAlias = "str | list[Node] | dict[str, Node]"
"""A value of a document. Every scalar is text, spelled as in the document."""

LONGEST_SHOWN = 40
"""Maximum number of characters of a user's text that an error shows."""

LONGEST_COMPARED = 100
"""Maximum number of characters of a text that are compared with the accepted ones."""

MOST_SHOWN = 50
"""Maximum number of issues listed for one document; the rest are counted."""

MOST_ACCEPTED = 12
"""Maximum number of accepted texts that a hint lists; the rest are counted."""

FEW_ACCEPTED = 6
"""Maximum number of accepted texts that a hint lists in addition to the nearest one."""

Path: TypeAlias = "tuple[str | int, ...]"
"""The keys and indices that lead to a value, from the top of the document."""


@dataclass(frozen=True)
class Place:
    """A line and a column of a document, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Document:
    """A named text and the value that was parsed from it."""

    name: str
    text: bytes
    root: Node


class ParseError(Exception):
    """A text cannot be parsed. `place` is the position of the error, if there is one."""

    def __init__(self, message: str, place: Place | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place


def kind_of(node: Node) -> str:
    """Return how an error names a value: its text, "a list", "a mapping" or "nothing"."""
    if isinstance(node, dict):
        return "a mapping"
    if isinstance(node, list):
        return "a list"
    return shown(node) if node else "nothing"


def shown(text: str, quote: str = "'") -> str:
    """Return user text for an error: quoted, shortened, and without control characters."""
    short = text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 3]}..."
    return f"{quote}{printable(short)}{quote}"


def hint_for(text: str, accepted: Iterable[str]) -> str:
    """Return a hint for an unknown text: the nearest accepted one, and all if they are few."""
    known = list(accepted)
    guess = nearest(text, known)
    if guess and len(known) > FEW_ACCEPTED:
        return guess
    rest = len(known) - MOST_ACCEPTED
    more = f" and {rest} more" if rest > 0 else ""
    return f"{guess} accepted: {', '.join(known[:MOST_ACCEPTED])}{more}".lstrip()


def nearest(text: str, accepted: Iterable[str]) -> str:
    """Return a hint with the accepted text that is most similar, or "" if none is similar."""
    matches = get_close_matches(text.lower()[:LONGEST_COMPARED], list(accepted), 1)
    return f"did you mean '{matches[0]}'?" if matches else ""


def printable(text: str) -> str:
    """Return user text with control characters and lone surrogates replaced."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
