"""The status of a job depends on the events and the simulated time."""

from __future__ import annotations

import pytest

from advisor.drill.runtime.events import (
    Cancelled,
    Ended,
    Event,
    JobsEnded,
    Point,
    SignalSent,
    Started,
    Submitted,
)
from advisor.drill.runtime.service import Behaviour, age_of, state_of

POINT = Point("execute", "operators.py:2", 1)
LASTS_A_MINUTE = Behaviour(duration=60.0)


def submitted(job: str = "job-1", at: float = 0.0) -> Event:
    return Submitted(job, None, {}, at=at)


def state(*events: Event, now: float, job: str = "job-1") -> str:
    return state_of(job, events, LASTS_A_MINUTE, now)


@pytest.mark.parametrize(
    ("now", "expected"), [(0.0, "running"), (59.0, "running"), (60.0, "succeeded")]
)
def test_job_ends_after_its_duration(now: float, expected: str) -> None:
    assert state(submitted(), now=now) == expected


def test_only_the_first_job_ends_as_the_behaviour_says() -> None:
    behaviour = Behaviour(duration=1.0, first_ends="failed")
    events = [submitted("7"), submitted("8")]
    assert [state_of(job, events, behaviour, 5.0) for job in "78"] == ["failed", "succeeded"]


@pytest.mark.parametrize(("at", "expected"), [(59.0, "cancelled"), (60.0, "succeeded")])
def test_job_is_cancelled_only_while_it_runs(at: float, expected: str) -> None:
    assert state(submitted(), Cancelled("job-1", at=at), now=90.0) == expected


def test_job_does_not_age_between_two_attempts() -> None:
    events = [
        Started("execute", 1, at=0.0),
        submitted(at=10.0),
        Ended("execute", 1, "killed", at=20.0),
        Started("execute", 2, at=320.0),
    ]
    assert age_of("job-1", events[:3], 300.0) == 10.0
    assert age_of("job-1", events, 330.0) == 20.0
    assert [state(*events, now=now) for now in (369.0, 370.0)] == ["running", "succeeded"]


def test_job_ages_while_its_task_is_rescheduled() -> None:
    events = [submitted(), Ended("execute", 1, "up_for_reschedule", at=1.0)]
    assert state(*events, Started("execute", 1, at=61.0), now=61.0) == "succeeded"


def test_job_that_ended_between_two_attempts_has_ended() -> None:
    assert state(submitted(), JobsEnded(["job-1"], at=1.0), now=1.0) == "succeeded"


@pytest.mark.parametrize(("at", "expected"), [(59.0, "running"), (60.0, "succeeded")])
def test_job_runs_on_if_a_user_ends_its_task(at: float, expected: str) -> None:
    assert state(submitted(), SignalSent("END", POINT, at=at), now=999.0) == expected


def test_job_submitted_after_a_user_ended_the_task_runs_on() -> None:
    end = SignalSent("END", POINT, at=99.0)
    assert state(end, submitted(at=99.0), now=999.0) == "running"
