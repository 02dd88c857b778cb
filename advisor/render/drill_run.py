"""One run of a drill, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from advisor.documents.model import printable
from advisor.drill.model import Outcome
from advisor.drill.runtime.events import Ended, Event, SignalSent, Started, to_json
from advisor.render.drill_phases import PHASES
from advisor.render.drill_text import title

NOT_SHOWN: Final = frozenset({"what", "at", "run"})


def run_lines(outcome: Outcome) -> Iterator[str]:
    """Yield a run as text, a line for each thing that happened."""
    yield title(outcome)
    yield from steps_of(outcome)


def steps_of(outcome: Outcome) -> Iterator[str]:
    """Yield what happened in a run, a line each; what repeats itself is told once."""
    for step, same in groupby(step_text(event) for event in outcome.events):
        times = sum(1 for _ in same)
        yield f"  {step}{f' ({times} times)' if times > 1 else ''}"


def step_text(event: Event) -> str:
    """Return one event in words."""
    if isinstance(event, Started | Ended):
        who = f"{PHASES[event.phase]}, try {event.attempt}"
        state, error = (event.state, event.error) if isinstance(event, Ended) else ("", None)
        text = f"{who} {event.what} {state}".rstrip()
        return printable(f"{text}: {error}" if error else text)
    if isinstance(event, SignalSent):
        point = event.point
        return f">>> {event.signal} at {point.place}#{point.visit} ({PHASES[point.phase]})"
    fields = {key: value for key, value in to_json(event).items() if key not in NOT_SHOWN}
    text = ", ".join(f"{key} {value}" for key, value in fields.items() if value is not None)
    return printable(f"  {event.what} {text}".rstrip())
