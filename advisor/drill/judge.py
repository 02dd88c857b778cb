"""What is wrong with a run: pure functions from its events to findings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from advisor.drill.model import Finding, Outcome, Scenario, Signal
from advisor.drill.runtime.journal import Event
from advisor.drill.runtime.service import SUBMITTED, Behaviour, state_of

NO_RESULT: Final = object()
WORK: Final = frozenset({SUBMITTED, "polled", "fetched", "stored"})
"""What a task does that goes on."""
FINAL: Final = frozenset({"success", "failed", "skipped"})


def judge(
    scenario: Scenario,
    state: str,
    events: Sequence[Event],
    baseline: Sequence[Event],
    *,
    leaves_jobs: bool,
) -> Outcome:
    """Return what became of a scenario.

    Args:
        scenario: what was run.
        state: of the task instance in the end.
        events: the journal of the run.
        baseline: the journal of the baseline run.
        leaves_jobs: whether a user who ends the task wants its job to go on.
    """
    submissions = list(_submissions(events, scenario.behaviour))
    checks = {
        Finding.duplicate: any(again for again, _ in submissions),
        Finding.result_lost: state == "success" and _result(events) != _result(baseline),
        Finding.orphan: _leaves_orphan(scenario, events, leaves_jobs=leaves_jobs),
        Finding.false_success: _ended(scenario) and _succeeds_all_the_same(events),
        Finding.failed: state == "failed" and _should_survive(scenario),
        Finding.stuck: state not in FINAL,
        Finding.not_reached: _signals(events) < len(scenario.aims),
    }
    return Outcome(
        scenario,
        state,
        tuple(finding for finding, found in checks.items() if found),
        restarted=any(restarted for _, restarted in submissions),
        in_window=_in_window(events),
        submissions=len(submissions),
        events=events,
    )


def stage_of(events: Sequence[Event], behaviour: Behaviour) -> str:
    """Return how far a run had got after some events, in a few words."""
    if any(event["what"] == "pushed" and event["key"] == "return_value" for event in events):
        return "result reported"
    jobs = [event["job"] for event in events if event["what"] == SUBMITTED]
    if not jobs:
        return "nothing submitted"
    if _last(events, SUBMITTED, "stored") == SUBMITTED:
        return "submitted, not stored"
    if any(state_of(job, list(events), behaviour) == "running" for job in jobs):
        return "job running"
    return "job ended"


def _submissions(events: Sequence[Event], behaviour: Behaviour) -> Iterator[tuple[bool, bool]]:
    """Yield for each submission whether it is a duplicate, and whether it is a restart."""
    for number, event in enumerate(events):
        if event["what"] == SUBMITTED:
            before = list(events[:number])
            earlier = [
                state_of(each["job"], before, behaviour)
                for each in before
                if each["what"] == SUBMITTED and each["spec"] == event["spec"]
            ]
            duplicate = not {"running", "succeeded"}.isdisjoint(earlier)
            yield duplicate, bool(earlier) and not duplicate


def _result(events: Sequence[Event]) -> Any:  # noqa: ANN401 - whatever the task returns
    """Return the result that other tasks see, with the ids of jobs told by their specs."""
    result: Any = NO_RESULT
    for event in events:
        if event["what"] == "cleared":
            result = NO_RESULT
        elif event["what"] == "pushed" and event["key"] == "return_value":
            result = event["value"]
    specs = {event["job"]: event["spec"] for event in events if event["what"] == SUBMITTED}
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
    jobs = [event["job"] for event in events if event["what"] == SUBMITTED]
    return any(state_of(job, list(events), scenario.behaviour) == "running" for job in jobs)


def _succeeds_all_the_same(events: Sequence[Event]) -> bool:
    """Return whether the task went on after the signal and then reported success."""
    after = _after_signal(events)
    works = any(event["what"] in WORK for event in after)
    return works and any(event.get("state") == "success" for event in after)


def _after_signal(events: Sequence[Event]) -> Sequence[Event]:
    sent = [number for number, event in enumerate(events) if event["what"] == "signal"]
    return events[sent[-1] :] if sent else ()


def _should_survive(scenario: Scenario) -> bool:
    return bool(scenario.aims) and not _ended(scenario)


def _ended(scenario: Scenario) -> bool:
    return any(signal is Signal.END for _, signal in scenario.aims)


def _signals(events: Sequence[Event]) -> int:
    return sum(1 for event in events if event["what"] == "signal")


def _in_window(events: Sequence[Event]) -> bool:
    sent = (number for number, event in enumerate(events) if event["what"] == "signal")
    return any(_last(events[:number], SUBMITTED, "stored") == SUBMITTED for number in sent)


def _last(events: Sequence[Event], *what: str) -> str:
    found = [event["what"] for event in events if event["what"] in what]
    return str(found[-1]) if found else ""
