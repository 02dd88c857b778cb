"""The JSON Schema of what a drill found."""

from __future__ import annotations

from typing import Final

from advisor.drill.live.faults import BASELINE, FAULTS
from advisor.drill.model import Finding
from advisor.render.drill_source import MARKS
from advisor.render.drill_summary import PROCESSES, STAGES
from advisor.render.schema_parts import COUNT, DIALECT, TEXT, Schema, list_of, object_of, or_null
from advisor.render.shape import SCHEMA_VERSION

VERSION: Final[Schema] = {"const": SCHEMA_VERSION}


def drill_schema() -> Schema:
    """Return the schema of what `advisor drill --format json` writes."""
    return {
        "$schema": DIALECT,
        "title": "What advisor drill found",
        "anyOf": [{"$ref": f"#/$defs/{each}"} for each in ("drill", "run", "live")],
        "$defs": {
            "drill": {
                "description": "Every point of an operator.",
                **object_of({**_any_drill(), **_line_drill()}),
            },
            "run": {
                "description": "One run, which --point names.",
                **object_of({"schema_version": VERSION, **_outcome(), "events": _events()}),
            },
            "live": {"description": "With --live.", **object_of(_live_drill())},
            "finding": {"enum": [finding.value for finding in Finding]},
            "mark": {"enum": list(MARKS)},
        },
    }


def _any_drill() -> Schema:
    """Return the properties of the result of any drill."""
    counts = {finding.value: COUNT for finding in Finding}
    return {
        "schema_version": VERSION,
        "survived": {"type": "boolean"},
        "totals": {"description": "Outcomes with each finding.", **object_of(counts)},
    }


def _live_drill() -> Schema:
    """Return the properties of the result of a live drill."""
    row = {
        "target": {**TEXT, "description": "As it was named."},
        "fault": {"enum": [BASELINE.id, *(fault.id for fault in FAULTS)]},
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
        "outcomes": list_of(object_of({**row, **outcome})),
    }


def _line_drill() -> Schema:
    """Return the properties that only the result of a line drill has."""
    marked = {"line": COUNT, "mark": {"$ref": "#/$defs/mark"}}
    moment = {"where": {"enum": list(PROCESSES.values())}, "stage": {"enum": list(STAGES)}}
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
        "scenario": {**TEXT, "description": "What --point takes, or the service fault."},
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
