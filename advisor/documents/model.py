"""A parsed document: text, lists and mappings, and their positions."""

from dataclasses import dataclass
from typing import TypeAlias

Node: TypeAlias = "str | list[Node] | dict[str, Node]"
"""A value of a document. Every scalar is text, spelled as in the document."""

LONGEST_SHOWN = 40
"""Maximum number of characters of a user's text that an error shows."""

MOST_SHOWN = 50
"""Maximum number of issues of one document that are listed; the rest are counted."""

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
    """Return what an error calls a value: its text, "a list", "a mapping" or "nothing"."""
    if isinstance(node, dict):
        return "a mapping"
    if isinstance(node, list):
        return "a list"
    return shown(node) if node else "nothing"


def shown(text: str, quote: str = "'") -> str:
    """Return user text for an error message: quoted, shortened, without control characters."""
    short = text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 3]}..."
    return f"{quote}{printable(short)}{quote}"


def printable(text: str) -> str:
    """Return user text with a replacement for each control character and lone surrogate."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
