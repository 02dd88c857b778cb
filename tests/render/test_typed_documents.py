"""Dataclasses as documents, and as the schema of these documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import pytest
from jsonschema import Draft202012Validator

from advisor.render.typed_documents import document_of, schema_of


@dataclass(frozen=True)
class Part:
    """A part with an optional field."""

    name: str
    note: str = ""


@dataclass(frozen=True)
class Whole:
    """A field of each kind."""

    class_: Annotated[str, "Name of the class."]
    known: bool | Literal["unknown"]
    seconds: float | None
    options: Mapping[str, str]
    parts: tuple[Part, ...]
    part: Part | None = None


WHOLE = Whole(
    "Own", known=True, seconds=None, options={"a": "1"}, parts=(Part("x", "y"), Part("z"))
)
DOCUMENT = {
    "class": "Own",
    "known": True,
    "seconds": None,
    "options": {"a": "1"},
    "parts": [{"name": "x", "note": "y"}, {"name": "z"}],
}


def test_document_drops_underscores_and_defaults() -> None:
    assert document_of(WHOLE) == DOCUMENT


def test_schema_accepts_the_document_of_a_value() -> None:
    schema = schema_of(Whole)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(DOCUMENT)
    assert schema["properties"]["class"] == {"type": "string", "description": "Name of the class."}


@pytest.mark.parametrize(
    ("key", "value"),
    [("class", 1), ("known", "maybe"), ("seconds", "1"), ("options", {"a": 1}), ("other", 1)],
)
def test_schema_rejects_other_values_and_keys(key: str, value: object) -> None:
    assert list(Draft202012Validator(schema_of(Whole)).iter_errors({**DOCUMENT, key: value}))
