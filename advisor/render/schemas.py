"""The common parts of JSON documents and schemas, and the schema of answers files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from advisor.answers.batch import EXPECT, PROVIDER_VERSIONS, SAFE
from advisor.answers.expectations import SAFE_CHOICES, known_providers
from advisor.answers.parse import LONGEST_SYSTEM, LONGEST_TEXT, NO, YES
from advisor.catalog.requirements import PROVIDER_PREFIX
from advisor.knowledge.model import NO_PATTERN, Knowledge, Question, Source

SCHEMA_VERSION: Final = 4
"""The version of all documents that advisor writes as JSON or YAML."""

Document = dict[str, Any]
"""A result as mappings and lists, for JSON and YAML."""
Schema = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
TEXT: Final[Schema] = {"type": "string"}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
NAME: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}
VERSION: Final[Schema] = {"const": SCHEMA_VERSION}
DURATION_PATTERN = (
    r"^\s*(\d+(\.\d+)?\s*(d|days?|h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?)\s*)+$"
)
RELEASE_PATTERN = r"^\s*v?\d+\.\d+(\.\d+)?\S*\s*$"
# Editors read 3.3 in YAML as a number, so the schema accepts one; advisor reads the text.
RELEASE: Final[Schema] = {
    "anyOf": [{"type": "string", "pattern": RELEASE_PATTERN}, {"type": "number"}]
}
CLASS_PATTERN = r"(Operator|Sensor|Async)$"


def object_of(properties: Schema) -> Schema:
    """Return the schema of an object that has exactly these properties."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def list_of(items: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": items}


def or_null(schema: Schema) -> Schema:
    """Return a schema that also accepts null."""
    return {"anyOf": [schema, {"type": "null"}]}


def document_schema(title: str, properties: Schema) -> Schema:
    """Return the schema of a document with a version and these properties."""
    versioned = {"schema_version": VERSION, **properties}
    return {"$schema": DIALECT, "title": title, **object_of(versioned)}


def source_documents(sources: Iterable[Source]) -> list[Document]:
    """Return sources as mappings, without empty fields."""
    return [{key: text for key, text in vars(source).items() if text} for source in sources]


def answers_schema(knowledge: Knowledge) -> Schema:
    """Return the schema of an answers file, for editors and for CI."""
    answers = {question.id: _answer(question) for question in knowledge.questions.values()}
    job = {
        **answers,
        "name": NAME,
        EXPECT: _expectation(knowledge),
        SAFE: _safety(),
        PROVIDER_VERSIONS: _provider_versions(),
    }
    return {
        "$schema": DIALECT,
        "title": "Answers for advisor recommend",
        "type": "object",
        "properties": {
            **job,
            "jobs": {
                "description": "One entry per job. Keys next to `jobs` are the defaults.",
                "type": "array",
                "minItems": 1,
                "items": {"type": "object", "properties": job, "additionalProperties": False},
            },
        },
        "additionalProperties": False,
    }


def _expectation(knowledge: Knowledge) -> Schema:
    return {
        "description": "Exit with 1 unless this pattern or operator is recommended.",
        "anyOf": [
            {"enum": [*knowledge.patterns, NO_PATTERN]},
            {"type": "string", "pattern": CLASS_PATTERN},
        ],
    }


def _safety() -> Schema:
    return {
        "description": "Exit with 1 unless a retry never starts a second job (yes), or does so "
        "only after a crash between submitting the job and storing its id (window).",
        "enum": [*SAFE_CHOICES, *sorted(YES - set(SAFE_CHOICES)), True],
    }


def _provider_versions() -> Schema:
    names = [name for each in known_providers() for name in (each, f"{PROVIDER_PREFIX}{each}")]
    return {
        "description": "The releases of your providers; short names or names of distributions.",
        "type": "object",
        "propertyNames": {"enum": names},
        "additionalProperties": RELEASE,
    }


def _answer(question: Question) -> Schema:
    described = {"description": f"{question.text} {question.help}"}
    if question.kind == "choice":
        return {**described, **_choices([choice.id for choice in question.choices])}
    if question.kind == "duration":
        return {**described, "type": "string", "pattern": DURATION_PATTERN}
    if question.kind == "version":
        return {**described, **RELEASE}
    return {**described, **NAME, "maxLength": LONGEST_SYSTEM}


def _choices(ids: list[str]) -> Schema:
    """Return the schema of a choice; for `yes` and `no` it accepts all YAML booleans."""
    if "yes" not in ids:
        return {"enum": ids}
    spellings = sorted((YES | NO) - set(ids))
    return {"enum": [*ids, *spellings, True, False]}
