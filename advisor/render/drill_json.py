"""What a drill found, as mappings and lists for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from advisor.drill.model import DrillResult, Outcome
from advisor.drill.reproduce import again, text_of
from advisor.drill.runtime.events import to_json
from advisor.render.drill_lines import Line, pictures
from advisor.render.drill_phases import Phase, by_phase
from advisor.render.drill_text import counts_of, repeatable

Shape = dict[str, Any]

SCHEMA_VERSION: Final = 1


def shape_drill(result: DrillResult) -> Shape:
    """Return the result as mappings and lists."""
    return {
        "schema_version": SCHEMA_VERSION,
        "target": result.target.text,
        "task_sdk": result.sdk,
        "survived": not result.violations,
        "points": {
            "reached": len(result.reached),
            "planned": result.planned,
            "sent": result.sent,
        },
        "pairs": asdict(result.pair_summary) if result.pair_summary else None,
        "starting": round(result.starting, 2),
        "seconds": round(result.seconds, 2),
        "totals": counts_of(result),
        "phases": [_shape_phase(each) for each in by_phase(result)],
        "files": [_shape_file(name, lines) for name, lines in pictures(result).items()],
        "outcomes": [_shape_outcome(each) for each in result.outcomes],
        "next": [again(result, each) for each in repeatable(result)],
    }


def shape_run(outcome: Outcome) -> Shape:
    """Return one run as mappings and lists, with all that happened in it."""
    return {
        "schema_version": SCHEMA_VERSION,
        **_shape_outcome(outcome),
        "events": [to_json(event) for event in outcome.events],
    }


def _shape_phase(phase: Phase) -> Shape:
    moments = [{"where": where, "stage": stage} for where, stage in phase.moments]
    return {"moments": moments, "outcomes": dict(phase.counts)}


def _shape_file(name: str, lines: Sequence[Line]) -> Shape:
    return {
        "name": name,
        "lines": [{"line": line.number, "mark": line.mark} for line in lines if line.mark],
    }


def _shape_outcome(outcome: Outcome) -> Shape:
    return {
        "scenario": text_of(outcome.scenario),
        "state": outcome.state,
        "findings": [finding.value for finding in outcome.findings],
        "restarted": outcome.restarted,
        "in_window": outcome.in_window,
        "submissions": outcome.submissions,
    }
