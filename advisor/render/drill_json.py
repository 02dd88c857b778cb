"""The result of a drill as a JSON or YAML document, and its schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from advisor.drill.command_line import repeat_command, text_of
from advisor.drill.model import DrillResult, Finding, Outcome
from advisor.drill.runtime.events import to_json
from advisor.render.drill_source import MARKS, Line, marked_files
from advisor.render.drill_summary import (
    PROCESSES,
    STAGES,
    Phase,
    finding_counts,
    phases_of,
    repeatable_violations,
)
from advisor.render.schemas import (
    COUNT,
    DIALECT,
    SCHEMA_VERSION,
    TEXT,
    VERSION,
    Document,
    Schema,
    list_of,
    object_of,
    or_null,
)

if TYPE_CHECKING:
    from advisor.drill.live.api import LiveDrillResult, Row


def drill_document(result: DrillResult) -> Document:
    """Return the document of a result."""
    pairs = result.pair_summary
    return {
        "schema_version": SCHEMA_VERSION,
        "target": result.target.text,
        "task_sdk": result.sdk,
        "notes": [*result.notes],
        "survived": not result.violations,
        "points": {
            "reached": len(result.reached),
            "planned": result.planned,
            "sent": result.sent,
        },
        "pairs": {"all": pairs.all, "run": pairs.run, "seed": pairs.seed} if pairs else None,
        "starting": round(result.starting, 2),
        "seconds": round(result.seconds, 2),
        "totals": finding_counts(result),
        "phases": [_phase_document(each) for each in phases_of(result)],
        "files": [_file_document(name, lines) for name, lines in marked_files(result).items()],
        "outcomes": [_scenario_document(each) for each in result.outcomes],
        "next": [repeat_command(result, each) for each in repeatable_violations(result)],
    }


def run_document(outcome: Outcome) -> Document:
    """Return the document of one run, with its events."""
    return {
        "schema_version": SCHEMA_VERSION,
        **_scenario_document(outcome),
        "events": [to_json(event) for event in outcome.events],
    }


def live_drill_document(result: LiveDrillResult) -> Document:
    """Return the document of a result."""
    return {
        "schema_version": SCHEMA_VERSION,
        "targets": [each.text for each in result.targets],
        "airflow": result.airflow,
        "survived": not result.violations,
        "seconds": round(result.seconds, 1),
        "totals": {each.value: result.counts[each] for each in Finding},
        "outcomes": [_row_document(row) for row in result.rows],
    }


def drill_schema() -> Schema:
    """Return the schema of the output of `advisor drill --format json`."""
    return {
        "$schema": DIALECT,
        "title": "The result of advisor drill",
        "anyOf": [{"$ref": f"#/$defs/{each}"} for each in ("drill", "run", "live")],
        "$defs": {
            "drill": {
                "description": "A drill of every point of an operator.",
                **object_of({**_any_drill_schema(), **_line_drill_schema()}),
            },
            "run": {
                "description": "The run selected by --point.",
                **object_of(
                    {"schema_version": VERSION, **_scenario_schema(), "events": _events_schema()}
                ),
            },
            "live": {"description": "A drill with --live.", **object_of(_live_drill_schema())},
            "finding": {"enum": [finding.value for finding in Finding]},
            "mark": {"enum": list(MARKS)},
        },
    }


def _phase_document(phase: Phase) -> Document:
    moments = [{"where": each.process, "stage": each.stage} for each in phase.moments]
    return {"moments": moments, "outcomes": dict(phase.counts)}


def _file_document(name: str, lines: Sequence[Line]) -> Document:
    marked = [{"line": line.number, "mark": line.mark} for line in lines if line.mark]
    return {"name": name, "lines": marked}


def _scenario_document(outcome: Outcome) -> Document:
    return {"scenario": text_of(outcome.scenario), **_outcome_document(outcome)}


def _outcome_document(outcome: Outcome) -> Document:
    return {
        "state": outcome.state,
        "findings": [finding.value for finding in outcome.findings],
        "restarted": outcome.restarted,
        "in_window": outcome.in_window,
        "submissions": outcome.submissions,
    }


def _row_document(row: Row) -> Document:
    return {
        "target": row.target.text,
        "fault": row.fault.id,
        "title": row.fault.title,
        **_outcome_document(row.outcome),
        "tries": row.tries,
        "events": [to_json(event) for event in row.outcome.events],
    }


def _any_drill_schema() -> Schema:
    """Return the properties of the result of any drill."""
    counts = {finding.value: COUNT for finding in Finding}
    return {
        "schema_version": VERSION,
        "survived": {"type": "boolean"},
        "totals": {"description": "The number of outcomes with each finding.", **object_of(counts)},
    }


def _live_drill_schema() -> Schema:
    """Return the properties of the result of a live drill."""
    from advisor.drill.live.faults import BASELINE, FAULTS  # a line drill does not need them

    row = {
        "target": {**TEXT, "description": "TARGET, as given on the command line."},
        "fault": {"enum": [BASELINE.id, *(fault.id for fault in FAULTS)]},
        "title": TEXT,
        "tries": COUNT,
        "events": _events_schema(),
    }
    return {
        **_any_drill_schema(),
        "targets": list_of(TEXT),
        "airflow": {**TEXT, "description": "The version of Airflow."},
        "seconds": {"type": "number", "description": "Duration of the drill, in seconds."},
        "outcomes": list_of(object_of({**row, **_outcome_schema()})),
    }


def _line_drill_schema() -> Schema:
    """Return the properties that only the result of a line drill has."""
    marked = {"line": COUNT, "mark": {"$ref": "#/$defs/mark"}}
    moment = {"where": {"enum": list(PROCESSES.values())}, "stage": {"enum": list(STAGES)}}
    outcomes = {"propertyNames": {"$ref": "#/$defs/mark"}, "additionalProperties": COUNT}
    return {
        "target": {**TEXT, "description": "TARGET, as given on the command line."},
        "task_sdk": TEXT,
        "notes": {"description": "Notes about the drill itself.", **list_of(TEXT)},
        "outcomes": list_of(object_of(_scenario_schema())),
        "points": object_of(dict.fromkeys(("reached", "planned", "sent"), COUNT)),
        "pairs": or_null(object_of({"all": COUNT, "run": COUNT, "seed": {"type": "integer"}})),
        "starting": {"type": "number", "description": "Duration of the start-up, in seconds."},
        "seconds": {"type": "number", "description": "Duration of the scenarios, in seconds."},
        "phases": list_of(
            object_of(
                {"moments": list_of(object_of(moment)), "outcomes": {"type": "object", **outcomes}}
            )
        ),
        "files": list_of(object_of({"name": TEXT, "lines": list_of(object_of(marked))})),
        "next": {"description": "The commands that repeat the violations.", **list_of(TEXT)},
    }


def _scenario_schema() -> Schema:
    scenario = {**TEXT, "description": "The points, as --point takes them, or the service fault."}
    return {"scenario": scenario, **_outcome_schema()}


def _outcome_schema() -> Schema:
    return {
        "state": {**TEXT, "description": "The final state of the task instance."},
        "findings": list_of({"$ref": "#/$defs/finding"}),
        "restarted": {"type": "boolean"},
        "in_window": {
            "type": "boolean",
            "description": "Whether a signal was sent between submitting the job and the next "
            "write to the task state store.",
        },
        "submissions": COUNT,
    }


def _events_schema() -> Schema:
    return list_of({"type": "object", "properties": {"what": TEXT}, "required": ["what"]})
