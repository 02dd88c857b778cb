"""The jobs of a run, derived from its events."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from advisor.drill.runtime.events import Event, Given, Polled, Stored, Submitted
from advisor.drill.runtime.service import Behaviour, state_of

JobId = str | int


@dataclass(frozen=True)
class Submission:
    """A job that the task submitted."""

    number: int
    """Its index in the events."""
    job: JobId
    key: str | None
    spec: str
    """Its spec as text, in which the ids of earlier jobs are replaced by the specs of those."""
    at: float


def submissions(events: Sequence[Event]) -> list[Submission]:
    """Return the jobs that the task submitted, but not those that it was given."""
    return [each for each in known_jobs(events) if not isinstance(events[each.number], Given)]


def known_jobs(events: Sequence[Event]) -> Iterator[Submission]:
    """Yield the jobs that the task submitted or was given."""
    names: dict[JobId, str] = {}
    for number, event in enumerate(events):
        if isinstance(event, Submitted):
            spec = json.dumps(_named(event.spec, names), sort_keys=True, default=str)
            # Short, because a chain of jobs would otherwise repeat the specs of all before it.
            names[event.job] = f"job {hashlib.sha256(spec.encode()).hexdigest()[:12]}"
            yield Submission(number, event.job, event.key, spec, event.at or 0.0)


def status_in(
    events: Sequence[Event], job: JobId, behaviour: Behaviour, now: float | None = None
) -> str:
    """Return the status of a job after some events (`now`: at another time than the last)."""
    return state_of(job, events, behaviour, end_of(events) if now is None else now)


def end_of(events: Sequence[Event]) -> float:
    """Return the time of the last event."""
    return max((event.at or 0.0 for event in events), default=0.0)


def stores_ids(events: Sequence[Event]) -> bool:
    """Return whether the task writes to its state store after it has submitted a job."""
    first = next((each.number for each in submissions(events)), len(events))
    return any(isinstance(event, Stored) for event in events[first:])


def waits(events: Sequence[Event]) -> bool:
    """Return whether the task asks for the status of a job."""
    return any(isinstance(event, Polled) for event in events)


def _named(value: Any, names: Mapping[JobId, str]) -> Any:  # noqa: ANN401 - any JSON value
    """Return a value in which the ids of jobs are replaced by names."""
    if isinstance(value, dict):
        return {key: _named(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_named(each, names) for each in value]
    is_id = isinstance(value, str | int) and not isinstance(value, bool)
    return names.get(value, value) if is_id else value
