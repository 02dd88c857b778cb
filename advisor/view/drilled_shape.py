"""What a drill found, as mappings and lists for JSON."""

from __future__ import annotations

from typing import Any, Final

from advisor.drill.model import Drilled, Finding, Outcome
from advisor.drill.scenarios import text_of
from advisor.view.drilled import by_phase, source_lines

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
            "promised": sum(len(each.scenario.aims) for each in drilled.outcomes),
            "fired": drilled.fired,
        },
        "seconds": round(drilled.seconds, 2),
        "totals": {each.value: drilled.counts[each] for each in Finding},
        "phases": [
            {"where": where, "stage": stage, "outcomes": dict(counts)}
            for where, stage, counts in by_phase(drilled)
        ],
        "files": [_shape_file(drilled, name) for name in drilled.own],
        "outcomes": [_shape_outcome(each) for each in drilled.outcomes],
    }


def shape_run(outcome: Outcome) -> Shape:
    """Return one run as mappings and lists, with all that happened in it."""
    return {
        "schema_version": SCHEMA_VERSION,
        **_shape_outcome(outcome),
        "events": list(outcome.events),
    }


def _shape_file(drilled: Drilled, name: str) -> Shape:
    lines = source_lines(drilled, name)
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
