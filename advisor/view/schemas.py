"""The JSON Schemas: made from the questions, so that they cannot drift from them."""

from __future__ import annotations

from typing import Any

from advisor.answers.parse import LONGEST_TEXT, NO, YES
from advisor.drill.model import Finding
from advisor.knowledge.model import NO_PATTERN, Knowledge, Question
from advisor.scaffold.plan import Status
from advisor.view.drilled_lines import MARKS
from advisor.view.drilled_phases import PHASES, STAGES
from advisor.view.drilled_shape import SCHEMA_VERSION as DRILL_VERSION
from advisor.view.scaffolded import SCHEMA_VERSION as SCAFFOLD_VERSION
from advisor.view.shape import SCHEMA_VERSION

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DURATION = r"^\s*(\d+(\.\d+)?\s*(d|days?|h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?)\s*)+$"
VERSION = r"^\s*v?\d+\.\d+(\.\d+)?\S*\s*$"
TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
VERSION_OF_DRILL: Schema = {"const": DRILL_VERSION}
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
        **_object(
            {
                "schema_version": {"const": SCHEMA_VERSION},
                "airflow_version": _nullable(
                    {
                        "type": "string",
                        "description": "The version all jobs run on, null where they differ.",
                    }
                ),
                "recommendations": _list({"$ref": "#/$defs/recommendation"}),
            }
        ),
        "$defs": {
            "pattern": {"enum": list(knowledge.patterns)},
            "source": _source(),
            "fact": _object(
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
        "pattern": _nullable({"$ref": "#/$defs/pattern"}),
        "variant": _nullable({"enum": variants}),
    }
    said = {"id": TEXT, "strength": {"enum": ["must", "prefer", "mention", "order"]}, "text": TEXT}
    facts = {
        "characteristic": _nullable(TEXT),
        "facts": _list({"$ref": "#/$defs/fact"}),
        **_sources(),
    }
    advice = {"id": TEXT, "title": TEXT, "text": TEXT, **_sources()}
    answers = {"type": "object", "additionalProperties": TEXT}
    remark = _nullable(_object({"id": TEXT, "text": TEXT, **_sources()}))
    change = {
        "answers": {"type": "object", "additionalProperties": _list(TEXT)},
        "text": TEXT,
        **outcome,
        "headline": _nullable(TEXT),
    }
    return _object(
        {
            "name": NAME,
            "answers": answers,
            "assumed": answers,
            **outcome,
            "instead": _list(_object({**advice, "headline": {"type": "boolean"}})),
            "reasons": _list(_object({**said, **facts})),
            "concessions": _list(_object({**said, **facts, "safe": TEXT})),
            "ruled_out": _list(_object({"pattern": {"$ref": "#/$defs/pattern"}, **said, **facts})),
            "would_change": _list(_object(change)),
            "warnings": _list(_object(advice)),
            "cost": remark,
            "existing": _list(_existing()),
            "key": remark,
            "next": {"description": "Commands to run next.", **_list(TEXT)},
            "expect": _nullable({"enum": [*knowledge.patterns, NO_PATTERN]}),
            "met": _nullable({"type": "boolean"}),
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
        "files": _list({**_object({**file, "diff": diff}), "required": list(file)}),
    }
    return {
        "$schema": DIALECT,
        "title": "What advisor scaffolded",
        **_object(
            {
                "schema_version": {"const": SCAFFOLD_VERSION},
                "dry_run": {"type": "boolean"},
                "scaffolds": _list(_object(made)),
                "next": {"description": "Commands to run next.", **_list(TEXT)},
            }
        ),
    }


def drill_schema() -> Schema:
    """Return the schema of what `advisor drill --format json` writes."""
    return {
        "$schema": DIALECT,
        "title": "What advisor drill found",
        "anyOf": [{"$ref": "#/$defs/drill"}, {"$ref": "#/$defs/run"}],
        "$defs": {
            "drill": {
                "description": "Every point of an operator.",
                **_object({**_drill_result(), "task_sdk": TEXT, **_line_drill()}),
            },
            "run": {
                "description": "One run, which --only names.",
                **_object({"schema_version": VERSION_OF_DRILL, **_outcome(), "events": _events()}),
            },
            "finding": {"enum": [finding.value for finding in Finding]},
            "mark": {"enum": list(MARKS)},
        },
    }


def _drill_result() -> Schema:
    """Return what the result of any drill has."""
    counts = {finding.value: COUNT for finding in Finding}
    return {
        "schema_version": VERSION_OF_DRILL,
        "target": {**TEXT, "description": "As it was named."},
        "survived": {"type": "boolean"},
        "totals": {"description": "Outcomes with each finding.", **_object(counts)},
        "outcomes": _list(_object(_outcome())),
    }


def _line_drill() -> Schema:
    """Return what only a drill at every line has."""
    marked = {"line": COUNT, "mark": {"$ref": "#/$defs/mark"}}
    moment = {"where": {"enum": list(PHASES.values())}, "stage": {"enum": list(STAGES)}}
    outcomes = {"propertyNames": {"$ref": "#/$defs/mark"}, "additionalProperties": COUNT}
    return {
        "points": _object(dict.fromkeys(("reached", "promised", "fired"), COUNT)),
        "pairs": _nullable(_object({"all": COUNT, "run": COUNT, "seed": {"type": "integer"}})),
        "starting": {"type": "number", "description": "Seconds until the scenarios began."},
        "seconds": {"type": "number", "description": "Seconds that the scenarios took."},
        "phases": _list(
            _object({"moments": _list(_object(moment)), "outcomes": {"type": "object", **outcomes}})
        ),
        "files": _list(_object({"name": TEXT, "lines": _list(_object(marked))})),
        "next": {"description": "Commands that repeat a violation.", **_list(TEXT)},
    }


def _outcome() -> Schema:
    return {
        "scenario": {**TEXT, "description": "What --only takes, or what was unusual."},
        "state": {**TEXT, "description": "Of the task instance in the end."},
        "findings": _list({"$ref": "#/$defs/finding"}),
        "restarted": {"type": "boolean"},
        "in_window": {
            "type": "boolean",
            "description": "Whether a signal came between a submission and the next write to the "
            "store.",
        },
        "submissions": COUNT,
    }


def _events() -> Schema:
    return _list({"type": "object", "properties": {"what": TEXT}, "required": ["what"]})


def _existing() -> Schema:
    texts = ("operator", "line", "import", "package", "provider", "note")
    fields = dict.fromkeys(texts, TEXT)
    return _object({**fields, "pattern": {"$ref": "#/$defs/pattern"}, **_sources()})


def _source() -> Schema:
    fields = {
        "kind": {"enum": ["documented", "measured", "judgement", "policy"]},
        "text": TEXT,
        "version": TEXT,
        "url": {"type": "string", "format": "uri"},
    }
    return {**_object(fields), "required": ["kind", "text"]}


def _sources() -> Schema:
    return {"source": {**_list({"$ref": "#/$defs/source"}), "minItems": 1}}


def _object(properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _nullable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}
