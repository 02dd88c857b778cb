"""The JSON Schema of what a drill found."""

from __future__ import annotations

from typing import Final

from advisor.drill.live.faults import BASELINE, FAULTS
from advisor.drill.model import Finding
from advisor.render.drill_json import SCHEMA_VERSION
from advisor.render.drill_lines import MARKS
from advisor.render.drill_phases import PHASES, STAGES
from advisor.render.schema_parts import COUNT, DIALECT, TEXT, Schema, list_of, object_of, or_null

VERSION: Final[Schema] = {"const": SCHEMA_VERSION}


def drill_schema() -> Schema:
    """Return the schema of what `advisor drill --format json` writes."""
    return {
        "$schema": DIALECT,
        "title": "What advisor drill found",
        "anyOf": [{"$ref": f"#/$defs/{each}"} for each in ("drill", "run", "real")],
        "$defs": {
            "drill": {
                "description": "Every point of an operator.",
                **object_of({**_any_drill(), **_line_drill()}),
            },
            "run": {
                "description": "One run, which --only names.",
                **object_of({"schema_version": VERSION, **_outcome(), "events": _events()}),
            },
            "real": {"description": "With --real.", **object_of(_real_drill())},
            "finding": {"enum": [finding.value for finding in Finding]},
            "mark": {"enum": list(MARKS)},
        },
    }


def _any_drill() -> Schema:
    """Return what the result of any drill has."""
    counts = {finding.value: COUNT for finding in Finding}
    return {
        "schema_version": VERSION,
        "survived": {"type": "boolean"},
        "totals": {"description": "Outcomes with each finding.", **object_of(counts)},
    }


def _real_drill() -> Schema:
    """Return what a drill on a real Airflow has."""
    fault = {
        "target": {**TEXT, "description": "As it was named."},
        "story": {"enum": [BASELINE.id, *(fault.id for fault in FAULTS)]},
        "title": TEXT,
        "tries": COUNT,
        "events": _events(),
    }
    outcome = {key: value for key, value in _outcome().items() if key != "scenario"}
    return {
        **_any_drill(),
        "targets": list_of(TEXT),
        "airflow": {**TEXT, "description": "The version of Airflow."},
        "seconds": {"type": "number", "description": "Seconds that everything took."},
        "outcomes": list_of(object_of({**fault, **outcome})),
    }


def _line_drill() -> Schema:
    """Return what only a drill at every line has."""
    marked = {"line": COUNT, "mark": {"$ref": "#/$defs/mark"}}
    moment = {"where": {"enum": list(PHASES.values())}, "stage": {"enum": list(STAGES)}}
    outcomes = {"propertyNames": {"$ref": "#/$defs/mark"}, "additionalProperties": COUNT}
    return {
        "target": {**TEXT, "description": "As it was named."},
        "task_sdk": TEXT,
        "outcomes": list_of(object_of(_outcome())),
        "points": object_of(dict.fromkeys(("reached", "planned", "sent"), COUNT)),
        "pairs": or_null(object_of({"all": COUNT, "run": COUNT, "seed": {"type": "integer"}})),
        "starting": {"type": "number", "description": "Seconds until the scenarios began."},
        "seconds": {"type": "number", "description": "Seconds that the scenarios took."},
        "phases": list_of(
            object_of(
                {"moments": list_of(object_of(moment)), "outcomes": {"type": "object", **outcomes}}
            )
        ),
        "files": list_of(object_of({"name": TEXT, "lines": list_of(object_of(marked))})),
        "next": {"description": "Commands that repeat a violation.", **list_of(TEXT)},
    }


def _outcome() -> Schema:
    return {
        "scenario": {**TEXT, "description": "What --only takes, or what was unusual."},
        "state": {**TEXT, "description": "Of the task instance in the end."},
        "findings": list_of({"$ref": "#/$defs/finding"}),
        "restarted": {"type": "boolean"},
        "in_window": {
            "type": "boolean",
            "description": "Whether a signal came between a submission and the next write to the "
            "store.",
        },
        "submissions": COUNT,
    }


def _events() -> Schema:
    return list_of({"type": "object", "properties": {"what": TEXT}, "required": ["what"]})
