"""From a path or standard input to a document, within limits."""

from __future__ import annotations

import sys
from pathlib import Path as FilePath

from advisor.documents.json_text import looks_like_json, parse_json
from advisor.documents.model import Document, Malformed, Node, Path, Place
from advisor.documents.yaml_text import parse_yaml, places_in_yaml
from advisor.errors import InputError

MAX_BYTES = 16 * 1024 * 1024
STANDARD_INPUT = "-"


def read_document(source: str) -> Document:
    """Read and parse a file, or standard input for `-`.

    Raises InputError where it cannot be read, is larger than MAX_BYTES, or is neither YAML nor
    JSON.
    """
    name = "<stdin>" if source == STANDARD_INPUT else source
    text = _checked(_bytes_of(source, name), name)
    return Document(name, text, _parsed(text, name))


class Locator:
    """Says where the values of a document stand.

    Made only when there is an error to report: it reads the text a second time.
    """

    def __init__(self, document: Document) -> None:
        self.name = document.name
        try:
            self.places: dict[Path, Place] = places_in_yaml(document.text)
        except Malformed:
            # JSON that YAML does not read, such as one with escaped surrogates.
            self.places = {}

    def where(self, path: Path) -> str:
        """Return `name:line:column` of a path, or of the nearest thing around it."""
        while path and path not in self.places:
            path = path[:-1]
        return located(self.name, self.places.get(path))


def located(name: str, place: Place | None) -> str:
    """Return `name:line:column`, or the name alone."""
    return f"{name}:{place.line}:{place.column}" if place else name


def _bytes_of(source: str, name: str) -> bytes:
    try:
        if source == STANDARD_INPUT:
            text = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with FilePath(source).open("rb") as file:
                text = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError.of(name, f"cannot be read: {reason}") from None
    if len(text) > MAX_BYTES:
        limit = MAX_BYTES // (1024 * 1024)
        raise InputError.of(name, f"is larger than {limit} MiB", "split it into several files")
    return text


def _checked(text: bytes, name: str) -> bytes:
    text = text.removeprefix(b"\xef\xbb\xbf")
    if not text.strip():
        raise InputError.of(name, "is empty", "`advisor schema answers` says what belongs into it")
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise InputError.of(f"{name}:{line}", "is not UTF-8 text", "save it as UTF-8") from None
    if b"\0" in text:
        raise InputError.of(name, "is binary, not text")
    return text


def _parsed(text: bytes, name: str) -> Node:
    try:
        if name.endswith(".json"):
            return parse_json(text)
        if looks_like_json(text):
            try:
                return parse_json(text)
            except Malformed:
                # A YAML flow mapping begins as JSON does; its own parser then has the last word.
                return parse_yaml(text)
        return parse_yaml(text)
    except Malformed as error:
        raise InputError.of(located(name, error.place), error.said) from None
