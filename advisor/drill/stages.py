"""The stages of a run: how far the task had got when something happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from advisor.drill.jobs import Submission, end_of, known_jobs, status_in
from advisor.drill.model import Moment, Stage
from advisor.drill.runtime.events import (
    EXECUTE,
    RESUME,
    TRIGGER,
    Ended,
    Event,
    FoundByKey,
    Given,
    Polled,
    SignalSent,
    Started,
    Stored,
    Submitted,
)
from advisor.drill.runtime.service import Behaviour, start_of_attempt

DEFERRED = "deferred"
"""The state of a process that has deferred its task."""
ROUNDING = 1e-3
"""Seconds."""


def stage_at(
    events: Sequence[Event],
    phase: str,
    behaviour: Behaviour,
    *,
    stores: bool,
    now: float | None = None,
) -> Stage:
    """Return the stage that a run has reached.

    Args:
        events: the events so far.
        phase: the phase of the process that is running.
        behaviour: how the service treats its jobs.
        stores: whether the operator stores the ids of its jobs.
        now: the time in seconds (default: the time of the last event).
    """
    attempt = events[start_of_attempt(events) :]
    now = end_of(events) if now is None else now
    jobs = [*known_jobs(events)]
    touched = any(
        isinstance(event, Submitted | FoundByKey | Polled) and not isinstance(event, Given)
        for event in attempt
    )
    if not jobs or (phase == EXECUTE and not touched):
        return Stage.before
    if _is_unsafe(attempt, now, stores=stores):
        return Stage.submitting
    if phase == RESUME:
        return Stage.resuming
    if any(status_in(events, each.job, behaviour, now) == "running" for each in jobs):
        return Stage.deferred if phase == TRIGGER else Stage.polling
    return Stage.after


def moments(events: Sequence[Event], behaviour: Behaviour, *, stores: bool) -> Iterator[Moment]:
    """Yield when each signal was sent."""
    for number, event in enumerate(events):
        if isinstance(event, SignalSent):
            stage = stage_at(
                events[:number], event.point.phase, behaviour, stores=stores, now=event.at
            )
            yield Moment(event.signal, event.point, stage, event.at or 0.0)


def stage_left(
    submission: Submission, events: Sequence[Event], behaviour: Behaviour, *, stores: bool
) -> Stage:
    """Return the stage in which a job was left that is still running at the end of a run."""
    last = max(n for n, event in enumerate(events) if getattr(event, "job", None) == submission.job)
    starts = [n for n, event in enumerate(events[: last + 1]) if isinstance(event, Started)]
    start = max(starts, default=0)
    signals = [n for n, event in enumerate(events) if n >= start and isinstance(event, SignalSent)]
    end = signals[0] if signals else _end_of_process(events, last)
    if end < submission.number:
        return Stage.before
    phase, now = _phase_at(events, end), events[end].at if end < len(events) else None
    return stage_at(events[:end], phase, behaviour, stores=stores, now=now)


def _is_unsafe(attempt: Sequence[Event], now: float, *, stores: bool) -> bool:
    """Return whether the id of the last submitted job would be lost with the process."""
    for event in reversed(attempt):
        if isinstance(event, Submitted) and not isinstance(event, Given):
            # An operator that stores nothing may wait before it looks at its job.
            return stores or now <= (event.at or 0.0) + ROUNDING
        if isinstance(event, Stored):
            return False
        used = isinstance(event, Polled) or (isinstance(event, Ended) and event.state == DEFERRED)
        if used and not stores:
            return False
    return False


def _end_of_process(events: Sequence[Event], number: int) -> int:
    ends = (n for n, event in enumerate(events) if n > number and isinstance(event, Ended))
    return next(ends, len(events))


def _phase_at(events: Sequence[Event], number: int) -> str:
    """Return the phase of the process in which something happened."""
    if number < len(events) and isinstance(event := events[number], SignalSent):
        return event.point.phase
    phases = [event.phase for event in events[:number] if isinstance(event, Started)]
    return phases[-1] if phases else EXECUTE
