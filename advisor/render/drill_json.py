"""The result of a drill as a JSON or YAML document, and its schema."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from advisor.drill.command_line import repeat_command, text_of
from advisor.drill.groups import Group
from advisor.drill.model import (
    DrillResult,
    Finding,
    Job,
    Moment,
    Outcome,
    Pattern,
    ServiceFault,
    Stage,
)
from advisor.drill.runtime.events import to_json
from advisor.render.drill_source import MARKS, Line, marked_files
from advisor.render.drill_summary import (
    PROCESSES,
    Phase,
    finding_counts,
    phases_of,
    violations_worst_first,
)
from advisor.render.drill_verdict import SignalRow, groups_of, signal_rows
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
        "pattern": result.pattern.value,
        "task_sdk": result.sdk,
        "notes": [*result.notes],
        "survived": not result.violations,
        "fail_on": _names(result.fail_on),
        "points": {
            "reached": len(result.reached),
            "planned": result.planned,
            "sent": result.sent,
        },
        "pairs": {"all": pairs.all, "run": pairs.run, "seed": pairs.seed} if pairs else None,
        "starting": round(result.starting, 2),
        "seconds": round(result.seconds, 2),
        "totals": finding_counts(result),
        "signals": [_signal_document(each) for each in signal_rows(result)],
        "groups": [_group_document(result, each) for each in groups_of(result)],
        "phases": [_phase_document(each) for each in phases_of(result)],
        "files": [_file_document(name, lines) for name, lines in marked_files(result).items()],
        "outcomes": [_scenario_document(each) for each in result.outcomes],
        "next": [repeat_command(result, each) for each in violations_worst_first(result)],
    }


def run_document(outcome: Outcome) -> Document:
    """Return the document of one run, with its events."""
    return {
        "schema_version": SCHEMA_VERSION,
        **_scenario_document(outcome),
    }


def live_drill_document(result: LiveDrillResult) -> Document:
    """Return the document of a result."""
    return {
        "schema_version": SCHEMA_VERSION,
        "targets": [each.text for each in result.targets],
        "airflow": result.airflow,
        "survived": not result.violations,
        "fail_on": _names(result.fail_on),
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
                **object_of({"schema_version": VERSION, **_scenario_schema()}),
            },
            "live": {"description": "A drill with --live.", **object_of(_live_drill_schema())},
            "finding": {"enum": [finding.value for finding in Finding]},
            "mark": {"enum": list(MARKS)},
        },
    }


def _names(findings: Collection[Finding]) -> list[str]:
    """Return the names of findings, worst first."""
    return [finding.value for finding in Finding if finding in findings]


def _signal_document(row: SignalRow) -> Document:
    return {"signal": row.label, "runs": row.runs, "outcomes": dict(+row.counts)}


def _group_document(result: DrillResult, group: Group) -> Document:
    causes = [
        {"signal": each.signal, "where": PROCESSES[each.phase], "stage": each.stage.value}
        for each in group.causes
    ]
    return {
        "findings": [finding.value for finding in group.findings],
        "causes": causes,
        "runs": len(group.outcomes),
        "points": len(group.points),
        "seconds": round(group.seconds, 3),
        "calls": group.calls,
        "example": repeat_command(result, group.example),
    }


def _phase_document(phase: Phase) -> Document:
    moments = [{"where": process, "stage": stage.value} for process, stage in phase.moments]
    return {"moments": moments, "outcomes": dict(phase.counts)}


def _file_document(name: str, lines: Sequence[Line]) -> Document:
    marked = [{"line": line.number, "mark": line.mark} for line in lines if line.mark]
    return {"name": name, "lines": marked}


def _scenario_document(outcome: Outcome) -> Document:
    return {"scenario": text_of(outcome.scenario), **_outcome_document(outcome)}


def _outcome_document(outcome: Outcome) -> Document:
    return {
        "signals": [_moment_document(each) for each in outcome.moments],
        "fault": outcome.scenario.service_fault or None,
        "state": outcome.state,
        "try": outcome.tries,
        "findings": [finding.value for finding in outcome.findings],
        "restarted": outcome.restarted,
        "in_window": outcome.in_window,
        "submissions": outcome.submissions,
        "jobs": [_job_document(each) for each in outcome.jobs],
        "lost_keys": [*outcome.lost_keys],
        "events": [to_json(event) for event in outcome.events],
    }


def _moment_document(moment: Moment) -> Document:
    return {
        "signal": moment.signal,
        "phase": moment.point.phase,
        "place": moment.point.place,
        "visit": moment.point.visit,
        "stage": moment.stage.value,
    }


def _job_document(job: Job) -> Document:
    return {"id": job.id, "end": job.end, "left": job.left.value if job.left else None}


def _row_document(row: Row) -> Document:
    return {
        "target": row.target.text,
        "title": row.fault.title,
        **_outcome_document(row.outcome),
        "fault": row.fault.id,
        "try": row.tries,
    }


def _any_drill_schema() -> Schema:
    """Return the properties of the result of any drill."""
    counts = {finding.value: COUNT for finding in Finding}
    return {
        "schema_version": VERSION,
        "survived": {
            "type": "boolean",
            "description": "Whether no outcome has a finding in fail_on.",
        },
        "fail_on": {
            "description": "The findings that are violations.",
            **list_of({"$ref": "#/$defs/finding"}),
        },
        "totals": {"description": "The number of outcomes with each finding.", **object_of(counts)},
    }


def _live_drill_schema() -> Schema:
    """Return the properties of the result of a live drill."""
    from advisor.drill.live.faults import BASELINE, FAULTS  # a line drill does not need them

    row = {
        "target": {**TEXT, "description": "TARGET, as given on the command line."},
        "title": TEXT,
        **_outcome_schema(),
        "fault": {"enum": [BASELINE.id, *(fault.id for fault in FAULTS)]},
    }
    return {
        **_any_drill_schema(),
        "targets": list_of(TEXT),
        "airflow": {**TEXT, "description": "The version of Airflow."},
        "seconds": {"type": "number", "description": "Duration of the drill, in seconds."},
        "outcomes": list_of(object_of(row)),
    }


def _line_drill_schema() -> Schema:
    """Return the properties that only the result of a line drill has."""
    marked = {"line": COUNT, "mark": {"$ref": "#/$defs/mark"}}
    moment = {"where": {"enum": list(PROCESSES.values())}, "stage": _stage_schema()}
    counts = {"propertyNames": {"$ref": "#/$defs/mark"}, "additionalProperties": COUNT}
    outcomes = {"type": "object", **counts}
    return {
        "target": {**TEXT, "description": "TARGET, as given on the command line."},
        "pattern": {
            "enum": [pattern.value for pattern in Pattern],
            "description": "How the operator treats its jobs, as observed in the baseline run.",
        },
        "task_sdk": TEXT,
        "notes": {"description": "Notes about the drill itself.", **list_of(TEXT)},
        "outcomes": list_of(object_of(_scenario_schema())),
        "points": object_of(dict.fromkeys(("reached", "planned", "sent"), COUNT)),
        "pairs": or_null(object_of({"all": COUNT, "run": COUNT, "seed": {"type": "integer"}})),
        "starting": {"type": "number", "description": "Duration of the start-up, in seconds."},
        "seconds": {"type": "number", "description": "Duration of the scenarios, in seconds."},
        "signals": {
            "description": "The runs with each signal. A run counts once for each finding.",
            **list_of(object_of({"signal": TEXT, "runs": COUNT, "outcomes": outcomes})),
        },
        "groups": {
            "description": "The findings of the signals, grouped by cause.",
            **list_of(object_of(_group_schema(moment))),
        },
        "phases": list_of(object_of({"moments": list_of(object_of(moment)), "outcomes": outcomes})),
        "files": list_of(object_of({"name": TEXT, "lines": list_of(object_of(marked))})),
        "next": {"description": "The commands that repeat the violations.", **list_of(TEXT)},
    }


def _group_schema(moment: Schema) -> Schema:
    return {
        "findings": list_of({"$ref": "#/$defs/finding"}),
        "causes": list_of(object_of({"signal": TEXT, **moment})),
        "runs": COUNT,
        "points": {**COUNT, "description": "The number of crash points."},
        "seconds": {
            "type": "number",
            "description": "The simulated seconds between the first and the last crash point.",
        },
        "calls": {
            "description": "The calls to Airflow or the service between the crash points.",
            **list_of(TEXT),
        },
        "example": {**TEXT, "description": "The command that repeats one of the runs."},
    }


def _scenario_schema() -> Schema:
    scenario = {**TEXT, "description": "The points, as --point takes them, or the service fault."}
    fault = or_null({"enum": [fault.value for fault in ServiceFault]})
    return {"scenario": scenario, **_outcome_schema(), "fault": fault}


def _outcome_schema() -> Schema:
    """Return the properties of any outcome, except for `fault`."""
    return {
        "signals": {
            "description": "The signals that were sent.",
            **list_of(object_of(_signal_schema())),
        },
        "state": {**TEXT, "description": "The final state of the task instance."},
        "try": {**COUNT, "description": "The try in which the run ended."},
        "findings": list_of({"$ref": "#/$defs/finding"}),
        "restarted": {"type": "boolean"},
        "in_window": {
            "type": "boolean",
            "description": "Whether a signal was sent between submitting the job and storing or "
            "using its id.",
        },
        "submissions": COUNT,
        "jobs": list_of(object_of(_job_schema())),
        "lost_keys": {
            "description": "The keys of XComs that are missing or differ from the baseline run.",
            **list_of(TEXT),
        },
        "events": list_of({"type": "object", "properties": {"what": TEXT}, "required": ["what"]}),
    }


def _signal_schema() -> Schema:
    return {
        "signal": TEXT,
        "phase": {"enum": list(PROCESSES)},
        "place": {**TEXT, "description": "A line or a call."},
        "visit": COUNT,
        "stage": _stage_schema(),
    }


def _job_schema() -> Schema:
    return {
        "id": {"type": ["string", "integer"]},
        "end": {**TEXT, "description": "The status at the end of the run."},
        "left": {"description": "When the job was left.", **or_null(_stage_schema())},
    }


def _stage_schema() -> Schema:
    return {"enum": [stage.value for stage in Stage]}
