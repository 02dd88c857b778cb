"""Judges a run by its events; all functions are pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from advisor.drill.model import Finding, Outcome, Scenario, Signal
from advisor.drill.runtime.events import (
    Ended,
    Event,
    Polled,
    ResultFetched,
    SignalSent,
    Stored,
    Submitted,
    XComCleared,
    XComPushed,
)
from advisor.drill.runtime.service import Behaviour, state_of

NO_RESULT: Final = object()
RETURN_VALUE: Final = "return_value"
"""The XCom key of what a task returns."""
WORK: Final = (Submitted, Polled, ResultFetched, Stored)
"""The events that show that a task continues."""
FINAL: Final = frozenset({"success", "failed", "skipped"})


def judge(
    scenario: Scenario,
    state: str,
    events: Sequence[Event],
    baseline: Sequence[Event],
    *,
    leaves_jobs: bool,
) -> Outcome:
    """Return the outcome of a scenario.

    Args:
        scenario: the scenario that was run.
        state: the final state of the task instance.
        events: the journal of the run.
        baseline: the journal of the baseline run.
        leaves_jobs: whether the job should continue if a user ends the task.
    """
    submissions = list(_submissions(events, scenario.behaviour))
    checks = {
        Finding.duplicate: any(duplicate for duplicate, _ in submissions),
        Finding.result_lost: state == "success" and _result(events) != _result(baseline),
        Finding.orphan: _leaves_orphan(scenario, events, leaves_jobs=leaves_jobs),
        Finding.false_success: _ended(scenario) and _succeeds_after_signal(events),
        Finding.failed: state == "failed" and bool(scenario.aims) and not _ended(scenario),
        Finding.stuck: state not in FINAL,
        Finding.not_reached: len(_signals(events)) < len(scenario.aims),
    }
    return Outcome(
        scenario,
        state,
        tuple(finding for finding, applies in checks.items() if applies),
        restarted=any(restarted for _, restarted in submissions),
        in_window=any(_is_unstored(events[:number]) for number in _signals(events)),
        submissions=len(submissions),
        events=events,
    )


def stage_of(events: Sequence[Event], behaviour: Behaviour) -> str:
    """Return the stage that a run reached with some events, as text."""
    if any(isinstance(event, XComPushed) and event.key == RETURN_VALUE for event in events):
        return "result reported"
    jobs = [event.job for event in events if isinstance(event, Submitted)]
    if not jobs:
        return "nothing submitted"
    if _is_unstored(events):
        return "submitted, not stored"
    if any(state_of(job, events, behaviour, _end(events)) == "running" for job in jobs):
        return "job running"
    return "job ended"


def _submissions(events: Sequence[Event], behaviour: Behaviour) -> Iterator[tuple[bool, bool]]:
    """Yield two flags for each submission: whether it is a duplicate, and whether a restart."""
    for number, event in enumerate(events):
        if isinstance(event, Submitted):
            before = events[:number]
            earlier = [
                state_of(each.job, before, behaviour, event.at or 0.0)
                for each in before
                if isinstance(each, Submitted) and each.spec == event.spec
            ]
            duplicate = not {"running", "succeeded"}.isdisjoint(earlier)
            yield duplicate, bool(earlier) and not duplicate


def _result(events: Sequence[Event]) -> Any:  # noqa: ANN401 - whatever the task returns
    """Return the result that other tasks see; job ids are replaced by the specs of the jobs."""
    result: Any = NO_RESULT
    for event in events:
        if isinstance(event, XComCleared):
            result = NO_RESULT
        elif isinstance(event, XComPushed) and event.key == RETURN_VALUE:
            result = event.value
    specs = {event.job: event.spec for event in events if isinstance(event, Submitted)}
    return _with_specs(result, specs)


def _with_specs(value: Any, specs: dict[str, Any]) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {key: _with_specs(each, specs) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_specs(each, specs) for each in value]
    if isinstance(value, str) and value in specs:
        return f"the job of {json.dumps(specs[value])}"
    return value


def _leaves_orphan(scenario: Scenario, events: Sequence[Event], *, leaves_jobs: bool) -> bool:
    if _ended(scenario) and leaves_jobs:
        return False
    jobs = [event.job for event in events if isinstance(event, Submitted)]
    return any(state_of(job, events, scenario.behaviour, _end(events)) == "running" for job in jobs)


def _end(events: Sequence[Event]) -> float:
    """Return the time of the last event."""
    return max((event.at or 0.0 for event in events), default=0.0)


def _succeeds_after_signal(events: Sequence[Event]) -> bool:
    """Return whether the task continued after the signal and then reported success."""
    after = events[_signals(events)[-1] :] if _signals(events) else ()
    works = any(isinstance(event, WORK) for event in after)
    return works and any(isinstance(event, Ended) and event.state == "success" for event in after)


def _ended(scenario: Scenario) -> bool:
    return any(signal is Signal.END for _, signal in scenario.aims)


def _signals(events: Sequence[Event]) -> list[int]:
    """Return the indices of the signals in a list of events."""
    return [number for number, event in enumerate(events) if isinstance(event, SignalSent)]


def _is_unstored(events: Sequence[Event]) -> bool:
    """Return whether a job was submitted and nothing has been stored since."""
    last = [event for event in events if isinstance(event, Submitted | Stored)][-1:]
    return any(isinstance(event, Submitted) for event in last)
