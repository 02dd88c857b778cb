"""Reads a document from a path or standard input, within limits, and locates its values."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path as FilePath
from typing import Any

from advisor.documents.model import Document, Node, ParseError, Path, Place, printable, shown
from advisor.documents.yaml_text import parse_yaml, places_in_yaml
from advisor.errors import InputError

MAX_BYTES = 16 * 1024 * 1024
STANDARD_INPUT = "-"
JSON_OPENS = (b"{", b"[")
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
JSON_LITERALS = {True: "true", False: "false", None: ""}
SURROGATE = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


def read_document(source: str, if_empty: str = "") -> Document:
    """Read and parse a file, or standard input for `-`.

    Args:
        source: the path, or `-`.
        if_empty: the hint for an empty file.

    Raises:
        InputError: the file cannot be read, is empty or larger than MAX_BYTES, or is not valid YAML
            or JSON.
    """
    name = "<stdin>" if source == STANDARD_INPUT else printable(source)
    text = _checked(_bytes_of(source, name), name, if_empty)
    return Document(name, text, _parsed(text, name))


class Locator:
    """Finds the positions of values in a document.

    Parses the whole text again, so create one only to report errors.
    """

    def __init__(self, document: Document, paths: Iterable[Path]) -> None:
        self.name = document.name
        with_parents = {path[:end] for path in paths for end in range(1, len(path) + 1)}
        self.places = _places(document.text, with_parents)

    def where(self, path: Path) -> str:
        """Return `name:line:column` of a path, or of its nearest parent with a position."""
        while path and path not in self.places:
            path = path[:-1]
        return located(self.name, self.places.get(path))


def located(name: str, place: Place | None) -> str:
    """Return `name:line:column`, or only the name if there is no position."""
    return f"{name}:{place.line}:{place.column}" if place else name


def _places(text: bytes, paths: set[Path]) -> dict[Path, Place]:
    for as_yaml in (text, _json_as_yaml(text)):
        try:
            return places_in_yaml(as_yaml, paths)
        except ParseError:
            continue
    return {}


def _json_as_yaml(text: bytes) -> bytes:
    """Return JSON as text that YAML accepts, with every position unchanged."""
    return SURROGATE.sub(rb"\\u003f", text.replace(b"\t", b" "))


def _bytes_of(source: str, name: str) -> bytes:
    try:
        if source == STANDARD_INPUT and sys.stdin is None:
            raise InputError.of(name, "cannot be read: standard input is closed")
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
        raise InputError.of(name, f"file is larger than {limit} MiB", "split it into several files")
    return text


def _checked(text: bytes, name: str, if_empty: str) -> bytes:
    text = text.removeprefix(b"\xef\xbb\xbf")
    if not text.strip():
        raise InputError.of(name, "file is empty", if_empty)
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        where = located(name, _place_at(text, error.start))
        raise InputError.of(where, "invalid UTF-8", "save the file as UTF-8") from None
    control = CONTROL.search(text)
    if control:
        where = located(name, _place_at(text, control.start()))
        raise InputError.of(where, "unexpected control character", "expected a text file")
    return text


def _place_at(text: bytes, offset: int) -> Place:
    before = text[:offset].decode("utf-8")
    return Place(before.count("\n") + 1, len(before) - before.rfind("\n"))


def _parsed(text: bytes, name: str) -> Node:
    try:
        if text.lstrip()[:1] in JSON_OPENS or name.endswith(".json"):
            return _json(text, name)
        return parse_yaml(text)
    except ParseError as error:
        raise InputError.of(located(name, error.place), error.message) from None


def _json(text: bytes, name: str) -> Node:
    try:
        return parse_json(text)
    except ParseError as error:
        if not name.endswith(".json"):
            # A YAML flow mapping also starts with a bracket, so let the YAML parser decide.
            return parse_yaml(text)
        if error.place is None:
            # The YAML parser fails at the same place and reports its position.
            parse_yaml(_json_as_yaml(text))
        raise


def parse_json(text: bytes) -> Node:
    """Return the value of a JSON text. Its numbers, booleans and null keep their spelling.

    Raises:
        ParseError: the syntax is bad, a key appears twice, or the nesting exceeds Python's stack.
    """
    try:
        return _spelled(
            json.loads(
                text, object_pairs_hook=_mapping, parse_int=str, parse_float=str, parse_constant=str
            )
        )
    except json.JSONDecodeError as error:
        raise ParseError(f"invalid JSON: {error.msg}", Place(error.lineno, error.colno)) from None
    except RecursionError:
        raise ParseError("nested too deeply") from None


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Node]:
    built: dict[str, Node] = {}
    for key, value in pairs:
        if key in built:
            raise ParseError(f"{shown(key)} is given twice")
        built[key] = _spelled(value)
    return built


def _spelled(value: Any) -> Node:
    """Return a value with true, false and null as text. Its mappings are already converted."""
    if isinstance(value, list):
        return [_spelled(item) for item in value]
    if isinstance(value, str | dict):
        return value
    return JSON_LITERALS[value]
