"""The JSON Schemas: made from the questions, so that they cannot drift from them."""

from __future__ import annotations

from advisor.answers.parse import LONGEST_TEXT, NO, YES
from advisor.knowledge.model import NO_PATTERN, Knowledge, Question
from advisor.render.schema_parts import DIALECT, TEXT, Schema, list_of, object_of, or_null
from advisor.render.shape import SCHEMA_VERSION
from advisor.scaffold.plan import Status

DURATION = r"^\s*(\d+(\.\d+)?\s*(d|days?|h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?)\s*)+$"
VERSION = r"^\s*v?\d+\.\d+(\.\d+)?\S*\s*$"
NAME: Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}


def answers_schema(knowledge: Knowledge) -> Schema:
    """Return the schema of an answers file, for editors and for CI."""
    answers = {question.id: _answer(question) for question in knowledge.questions.values()}
    expect = {
        "description": "Exit with 1 where anything else is recommended.",
        "enum": [*knowledge.patterns, NO_PATTERN],
    }
    job = {**answers, "name": NAME, "expect": expect}
    return {
        "$schema": DIALECT,
        "title": "Answers for advisor recommend",
        "type": "object",
        "properties": {
            **job,
            "jobs": {
                "description": "One entry for each job; the keys beside `jobs` are their defaults.",
                "type": "array",
                "minItems": 1,
                "items": {"type": "object", "properties": job, "additionalProperties": False},
            },
        },
        "additionalProperties": False,
    }


def _answer(question: Question) -> Schema:
    described = {"description": f"{question.text} {question.help}"}
    if question.kind == "choice":
        return {**described, **_choices([choice.id for choice in question.choices])}
    if question.kind == "duration":
        return {**described, "type": "string", "pattern": DURATION}
    if question.kind == "version":
        # An editor that reads 3.3 as a number is right about YAML; advisor reads the text.
        return {**described, "anyOf": [{"type": "string", "pattern": VERSION}, {"type": "number"}]}
    return {**described, **NAME}


def _choices(ids: list[str]) -> Schema:
    """Return what a choice accepts; YAML's own booleans are among the spellings of yes and no."""
    if "yes" not in ids:
        return {"enum": ids}
    spellings = sorted((YES | NO) - set(ids))
    return {"enum": [*ids, *spellings, True, False]}


def recommendation_schema(knowledge: Knowledge) -> Schema:
    """Return the schema of what `advisor recommend --format json` writes."""
    return {
        "$schema": DIALECT,
        "title": "Recommendations of advisor",
        **object_of(
            {
                "schema_version": {"const": SCHEMA_VERSION},
                "airflow_version": or_null(
                    {
                        "type": "string",
                        "description": "The version all jobs run on, null where they differ.",
                    }
                ),
                "recommendations": list_of({"$ref": "#/$defs/recommendation"}),
            }
        ),
        "$defs": {
            "pattern": {"enum": list(knowledge.patterns)},
            "source": _source(),
            "fact": object_of(
                {
                    "pattern": {"$ref": "#/$defs/pattern"},
                    "words": TEXT,
                    "verbatim": {"type": "boolean"},
                }
            ),
            "recommendation": _recommendation(knowledge),
        },
    }


def _recommendation(knowledge: Knowledge) -> Schema:
    variants = sorted({v.id for p in knowledge.patterns.values() for v in p.variants})
    outcome = {
        "pattern": or_null({"$ref": "#/$defs/pattern"}),
        "variant": or_null({"enum": variants}),
    }
    message = {
        "id": TEXT,
        "strength": {"enum": ["required", "preferred", "info", "order"]},
        "text": TEXT,
    }
    facts = {
        "characteristic": or_null(TEXT),
        "facts": list_of({"$ref": "#/$defs/fact"}),
        **_sources(),
    }
    advice = {"id": TEXT, "title": TEXT, "text": TEXT, **_sources()}
    answers = {"type": "object", "additionalProperties": TEXT}
    note = or_null(object_of({"id": TEXT, "text": TEXT, **_sources()}))
    change = {
        "answers": {"type": "object", "additionalProperties": list_of(TEXT)},
        "text": TEXT,
        **outcome,
        "headline": or_null(TEXT),
    }
    return object_of(
        {
            "name": NAME,
            "answers": answers,
            "assumed": answers,
            **outcome,
            "alternatives": list_of(object_of({**advice, "headline": {"type": "boolean"}})),
            "reasons": list_of(object_of({**message, **facts})),
            "concessions": list_of(object_of({**message, **facts, "safe": TEXT})),
            "ruled_out": list_of(
                object_of({"pattern": {"$ref": "#/$defs/pattern"}, **message, **facts})
            ),
            "would_change": list_of(object_of(change)),
            "warnings": list_of(object_of(advice)),
            "cost": note,
            "existing": list_of(_existing()),
            "key": note,
            "next": {"description": "Commands to run next.", **list_of(TEXT)},
            "expect": or_null({"enum": [*knowledge.patterns, NO_PATTERN]}),
            "met": or_null({"type": "boolean"}),
        }
    )


def scaffold_schema() -> Schema:
    """Return the schema of what `advisor scaffold --format json` writes."""
    file = {
        "status": {"enum": [status.value for status in Status]},
        "path": {"type": "string", "description": "From the folder that advisor was started in."},
    }
    diff = {"type": "string", "description": "A unified diff, only with --diff."}
    orders = ("operator", "package", "pattern", "system", "airflow_version", "on_kill")
    made = {
        **dict.fromkeys((*orders, "on_missing"), TEXT),
        "files": list_of({**object_of({**file, "diff": diff}), "required": list(file)}),
    }
    return {
        "$schema": DIALECT,
        "title": "What advisor scaffolded",
        **object_of(
            {
                "schema_version": {"const": SCHEMA_VERSION},
                "dry_run": {"type": "boolean"},
                "scaffolds": list_of(object_of(made)),
                "next": {"description": "Commands to run next.", **list_of(TEXT)},
            }
        ),
    }


def _existing() -> Schema:
    texts = ("operator", "line", "import", "package", "provider", "note")
    fields = dict.fromkeys(texts, TEXT)
    return object_of({**fields, "pattern": {"$ref": "#/$defs/pattern"}, **_sources()})


def _source() -> Schema:
    fields = {
        "kind": {"enum": ["documented", "measured", "judgement", "policy"]},
        "text": TEXT,
        "version": TEXT,
        "url": {"type": "string", "format": "uri"},
    }
    return {**object_of(fields), "required": ["kind", "text"]}


def _sources() -> Schema:
    return {"source": {**list_of({"$ref": "#/$defs/source"}), "minItems": 1}}
