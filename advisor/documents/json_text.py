"""Parses JSON into text scalars: numbers, booleans and null keep their spelling."""

from __future__ import annotations

import json

from advisor.documents.model import Node, ParseError, Place, shown

SPELLED = {True: "true", False: "false", None: ""}


def parse_json(text: bytes) -> Node:
    """Return the value of a JSON text.

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
        raise ParseError(f"not valid JSON: {error.msg}", Place(error.lineno, error.colno)) from None
    except RecursionError:
        raise ParseError("nested too deeply") from None


def _mapping(pairs: list[tuple[str, object]]) -> dict[str, Node]:
    built: dict[str, Node] = {}
    for key, value in pairs:
        if key in built:
            raise ParseError(f"the key {shown(key)} stands there a second time")
        built[key] = _spelled(value)
    return built


def _spelled(value: object) -> Node:
    """Return a value with true, false and null as text. Its mappings are converted already."""
    if value is True or value is False or value is None:
        return SPELLED[value]
    if isinstance(value, list):
        return [_spelled(item) for item in value]
    if isinstance(value, (str, dict)):
        return value
    raise TypeError(f"json gave a {type(value).__name__}")  # pragma: no cover
