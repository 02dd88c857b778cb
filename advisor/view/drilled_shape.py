"""What a drill found, as mappings and lists for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from advisor.drill.model import Drilled, Outcome
from advisor.drill.repeating import again
from advisor.drill.scenarios import text_of
from advisor.view.drilled import counts_of, repeatable
from advisor.view.drilled_lines import Line, pictures
from advisor.view.drilled_phases import Phase, by_phase

Shape = dict[str, Any]

SCHEMA_VERSION: Final = 1


def shape_drilled(drilled: Drilled) -> Shape:
    """Return the result as mappings and lists."""
    return {
        "schema_version": SCHEMA_VERSION,
        "target": drilled.target.text,
        "task_sdk": drilled.sdk,
        "survived": not drilled.violations,
        "points": {
            "reached": len(drilled.reached),
            "promised": drilled.promised,
            "fired": drilled.fired,
        },
        "pairs": drilled.paired._asdict() if drilled.paired else None,
        "starting": round(drilled.starting, 2),
        "seconds": round(drilled.seconds, 2),
        "totals": counts_of(drilled),
        "phases": [_shape_phase(each) for each in by_phase(drilled)],
        "files": [_shape_file(name, lines) for name, lines in pictures(drilled).items()],
        "outcomes": [_shape_outcome(each) for each in drilled.outcomes],
        "next": [again(drilled, each) for each in repeatable(drilled)],
    }


def shape_run(outcome: Outcome) -> Shape:
    """Return one run as mappings and lists, with all that happened in it."""
    return {
        "schema_version": SCHEMA_VERSION,
        **_shape_outcome(outcome),
        "events": list(outcome.events),
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
