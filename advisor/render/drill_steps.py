"""The steps of a drilled run as text, one line per event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final

from advisor.documents.model import printable
from advisor.drill.command_line import text_of
from advisor.drill.model import Outcome
from advisor.drill.runtime.events import (
    Cancelled,
    Ended,
    Event,
    Forgotten,
    FoundByKey,
    Given,
    Held,
    HoldRequested,
    JobsEnded,
    Kept,
    LookedUp,
    Polled,
    Refused,
    ResultFetched,
    SignalSent,
    Started,
    Stored,
    Submitted,
    UnknownCancelled,
    XComCleared,
    XComPushed,
)
from advisor.render.drill_summary import PROCESSES, ending_of

CALL_TEXTS: Final[Mapping[type[Event], str]] = {
    FoundByKey: "submitted key {0.key} again, which returned {0.job}",
    Polled: "polled {0.job}: {0.status}",
    Cancelled: "cancelled {0.job}",
    UnknownCancelled: "cancelled {0.job}, which never existed",
    Kept: "the stand-in of the system kept {0.key} = {0.value}",
    ResultFetched: "fetched the result of {0.job}",
    Stored: "stored {0.key} = {0.value}",
    XComPushed: "pushed XCom {0.key} = {0.value}",
    XComCleared: "Airflow deleted the XComs of the task",
    Refused: "the service did not answer the first {0.call} call",
    HoldRequested: "the drill asked the service to hold back its next answer",
    Held: "the service holds back the answer to the submission",
}
"""Formats for the steps of a run; `_call_text` has those with several forms."""


def run_lines(outcome: Outcome) -> Iterator[str]:
    """Yield a run as text: how it ended, then one line per step."""
    yield f"{text_of(outcome.scenario)}: {ending_of(outcome)}"
    yield from step_lines(outcome)


def step_lines(outcome: Outcome) -> Iterator[str]:
    """Yield one line per event of a run; equal events in a row share a line."""
    for step, same in groupby(_step_text(event) for event in outcome.events):
        times = sum(1 for _ in same)
        yield f"  {step}{f' ({times} times)' if times > 1 else ''}"


def _step_text(event: Event) -> str:
    match event:
        case Started():
            return f"{PROCESSES[event.phase]}, try {event.attempt}: started"
        case Ended():
            text = f"{PROCESSES[event.phase]}, try {event.attempt}: {event.state}"
            return printable(f"{text}: {event.error}" if event.error else text)
        case SignalSent(point=point):
            return f">>> {event.signal} at {point.place}#{point.visit} ({PROCESSES[point.phase]})"
    return printable(f"  {_call_text(event)}")


def _call_text(event: Event) -> str:
    """Return what the task, its job service or its store did."""
    match event:
        case Submitted():
            key = f"key {event.key}, " if event.key else ""
            verb = "given" if isinstance(event, Given) else "submitted"
            return f"{verb} {event.job} ({key}spec {event.spec})"
        case LookedUp():
            return f"looked up key {event.key}: {event.job or 'no job'}"
        case Forgotten():
            return f"deleted {event.key or 'everything'} from the store"
        case JobsEnded():
            return f"ended on the service: {', '.join(event.jobs) or 'no job'}"
    return CALL_TEXTS.get(type(event), event.what).format(event)
