"""The state of a live run is derived from its events and its log."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from advisor.drill.live.live_run import (
    SECONDS_TO_NOTICE,
    all_cancelled,
    is_resumed,
    is_waiting,
    jobs_to_end,
    last_error,
    without_run_id,
)
from advisor.drill.runtime.events import (
    Cancelled,
    Event,
    JobsEnded,
    Origin,
    Point,
    Polled,
    SignalSent,
    Submitted,
    XComPushed,
)

RUN = "run-1"


def origin(process: int, at: float = 0.0, run: str = RUN) -> Origin:
    return Origin(at, process, run)


def submitted(process: int = 1, job: str = "job-1", run: str = RUN) -> Event:
    return Submitted(job, None, {}, origin=origin(process, run=run))


def polled(process: int = 1, at: float = 0.0) -> Event:
    return Polled("job-1", "running", origin=origin(process, at))


def killed() -> Event:
    return SignalSent("KILL", Point("execute", "wait", 1), origin=origin(99))


@pytest.mark.parametrize(
    ("state", "events", "expected"),
    [
        ("running", [submitted()], False),
        ("running", [submitted(), polled()], True),
        ("queued", [submitted(), polled()], False),
        ("deferred", [submitted(), polled()], False),
        ("deferred", [submitted(), polled(), polled(process=2)], True),
    ],
)
def test_is_waiting_requires_a_poll_by_the_process_that_waits(
    state: str, events: Sequence[Event], expected: bool
) -> None:
    assert is_waiting(state, events) is expected


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([submitted(), polled()], True),
        ([polled(), killed()], False),
        ([polled(), killed(), polled(at=SECONDS_TO_NOTICE)], False),
        ([polled(), killed(), polled(at=SECONDS_TO_NOTICE + 1)], True),
        ([polled(), killed(), polled(process=2)], True),
        ([polled(), killed(), submitted(process=2)], False),
    ],
    ids=["no fault", "none", "old process", "old process later", "new process", "no poll"],
)
def test_is_resumed_requires_a_poll_after_the_fault(
    events: Sequence[Event], expected: bool
) -> None:
    assert is_resumed(events) is expected


def test_jobs_to_end_are_the_jobs_of_the_run_that_have_not_ended() -> None:
    events = [
        submitted(job="job-1"),
        submitted(job="job-2", run="run-2"),
        submitted(job="job-3"),
        JobsEnded(["job-1"], origin=origin(99)),
    ]
    assert jobs_to_end(events, RUN) == ["job-3"]


def test_all_cancelled_considers_every_job_of_the_run() -> None:
    events = [submitted(job="job-1"), submitted(job="job-2"), submitted(job="job-3", run="run-2")]
    events.append(Cancelled("job-1", origin=origin(1)))
    assert not all_cancelled(events, RUN)
    events.append(Cancelled("job-2", origin=origin(1)))
    assert all_cancelled(events, RUN)


def test_specs_and_results_of_runs_are_equal_except_for_the_ids_of_the_runs() -> None:
    def events(run: str) -> list[Event]:
        spec = {"name": run, "arguments": ["--run", f"of {run}", 1]}
        submission = Submitted("job-1", "a-key", spec)
        return [submission, XComPushed("return_value", [{"result_of": spec}])]

    first, second = events("drill_0-baseline"), events("drill_0-cleared")
    assert first != second
    assert [without_run_id(each, "drill_0-baseline") for each in first] == [
        without_run_id(each, "drill_0-cleared") for each in second
    ]


def test_last_error_returns_the_innermost_exception_of_the_last_entry() -> None:
    detail = [
        {"exc_type": "ValueError", "exc_value": "cause"},
        {"exc_type": "RuntimeError", "exc_value": "effect"},
    ]
    lines = [
        json.dumps({"event": "Task failed", "error_detail": detail[:1]}),
        "not JSON",
        json.dumps(["no object"]),
        json.dumps({"event": "Task failed", "error_detail": detail}),
        json.dumps({"event": "Task ended"}),
    ]
    assert last_error("\n".join(lines)) == "RuntimeError: effect"


def test_last_error_is_empty_without_an_error() -> None:
    assert last_error(json.dumps({"event": "Task ended"})) == ""
