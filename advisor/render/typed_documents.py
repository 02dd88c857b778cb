"""Turns dataclasses into documents, and the same classes into the schema of these documents."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from advisor.render.schemas import Schema, list_of

SIMPLE: Mapping[Any, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    types.NoneType: {"type": "null"},
}


def document_of(value: object) -> Any:  # noqa: ANN401 - JSON values have no narrower type
    """Return a value as mappings and lists.

    A field that has its default is left out. A trailing underscore of a field name is dropped, so
    that `class_` becomes `class`.
    """
    if is_dataclass(value):
        return {
            _key(each): document_of(getattr(value, each.name))
            for each in fields(value)
            if each.default is MISSING or getattr(value, each.name) != each.default
        }
    if isinstance(value, Mapping):
        return {key: document_of(each) for key, each in value.items()}
    return [document_of(each) for each in value] if isinstance(value, tuple) else value


def schema_of(type_: Any) -> Schema:  # noqa: ANN401 - a type, or a form such as `str | None`
    """Return the JSON Schema of what document_of returns for values of a type.

    The text in `Annotated[type, "text"]` is the description.
    """
    if is_dataclass(type_):
        return _object_schema(type_)
    origin, arguments = get_origin(type_), get_args(type_)
    if origin is Annotated:
        return {"description": arguments[1], **schema_of(arguments[0])}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [schema_of(each) for each in arguments]}
    return _container_schema(origin, arguments) if arguments else SIMPLE[type_]


def _container_schema(origin: Any, arguments: tuple[Any, ...]) -> Schema:  # noqa: ANN401
    """Return the schema of a tuple of one type, or of a mapping from text to one type."""
    if origin is tuple:
        return list_of(schema_of(arguments[0]))
    return {"type": "object", "additionalProperties": schema_of(arguments[1])}


def _object_schema(class_: Any) -> Schema:  # noqa: ANN401 - any dataclass
    hints = get_type_hints(class_, include_extras=True)
    return {
        "type": "object",
        "properties": {_key(each): schema_of(hints[each.name]) for each in fields(class_)},
        "required": list(_required(class_)),
        "additionalProperties": False,
    }


def _required(class_: Any) -> Iterator[str]:  # noqa: ANN401 - any dataclass
    yield from (_key(each) for each in fields(class_) if each.default is MISSING)


def _key(field: Field[Any]) -> str:
    return field.name.removesuffix("_")
