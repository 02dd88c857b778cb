"""One run of a drill, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from advisor.documents.model import printable
from advisor.drill.model import Outcome
from advisor.render.drill_phases import PHASES
from advisor.render.drill_text import title


def run_lines(outcome: Outcome) -> Iterator[str]:
    """Yield a run as text, a line for each thing that happened."""
    yield title(outcome)
    yield from steps_of(outcome)


def steps_of(outcome: Outcome) -> Iterator[str]:
    """Yield what happened in a run, a line each; what repeats itself is told once."""
    for step, same in groupby(step_text(event) for event in outcome.events):
        times = sum(1 for _ in same)
        yield f"  {step}{f' ({times} times)' if times > 1 else ''}"


def step_text(event: Mapping[str, Any]) -> str:
    """Return one thing that happened, in words."""
    what = event["what"]
    if what in {"started", "ended"}:
        who = f"{PHASES[event['phase']]}, try {event['attempt']}"
        error = f": {event['error']}" if "error" in event else ""
        return printable(f"{who} {what} {event.get('state', '')}".rstrip() + error)
    facts = {key: value for key, value in event.items() if key not in {"what", "at", "run"}}
    if what == "signal":
        phase, place, visit = event["point"]
        return f">>> {event['signal']} at {place}#{visit} ({PHASES[phase]})"
    message = ", ".join(f"{key} {value}" for key, value in facts.items() if value is not None)
    return printable(f"  {what} {message}".rstrip())
