"""Generates the JSON Schema files, which state in `$comment` that they are generated."""

from __future__ import annotations

import json

from advisor.knowledge.loader import load_knowledge
from advisor.render.drill_schema import drill_schema
from advisor.render.schema_parts import Schema
from advisor.render.schemas import (
    answers_schema,
    recommendation_schema,
    scaffold_schema,
)
from generating.markdown import NOTICE


def answers_schema_file() -> str:
    """Return the schema of an answers file."""
    return _file(answers_schema(load_knowledge()))


def recommendation_schema_file() -> str:
    """Return the schema of the JSON that recommend writes."""
    return _file(recommendation_schema(load_knowledge()))


def scaffold_schema_file() -> str:
    """Return the schema of the JSON that scaffold writes."""
    return _file(scaffold_schema())


def drill_schema_file() -> str:
    """Return the schema of the JSON that drill writes."""
    return _file(drill_schema())


def _file(schema: Schema) -> str:
    return json.dumps({"$comment": NOTICE, **schema}, indent=2, ensure_ascii=False) + "\n"
