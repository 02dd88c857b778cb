"""The stage of a run is derived from its events, for durable, plain and deferrable operators."""

from __future__ import annotations

import pytest

from advisor.drill.model import Signal, Stage
from advisor.drill.runtime.events import EXECUTE, RESUME, TRIGGER, Event, Point
from advisor.drill.runtime.service import Behaviour
from advisor.drill.stages import stage_at
from tests.drill.events import (
    BASELINE,
    CLEARED,
    ended,
    judged,
    polled,
    pushed,
    sent,
    started,
    submitted,
)

PLAIN = [started(), submitted("job-1"), polled("job-1"), polled("job-1", "succeeded"), pushed("r")]
DEFERRED = [started(), submitted("job-1"), ended("deferred"), started(TRIGGER), polled("job-1")]
RESUMED = [*DEFERRED, polled("job-1", "succeeded"), ended("fired", TRIGGER), started(RESUME)]
RETRIED = [*PLAIN[:3], sent(), ended("killed"), CLEARED, started(attempt=2)]
RESCHEDULED = [*PLAIN[:3], ended("up_for_reschedule"), CLEARED, started()]
EARLY = Point(EXECUTE, "operators.py:2", 1)


@pytest.mark.parametrize(
    ("events", "stage"),
    [
        (BASELINE[:0], Stage.before),
        (BASELINE[:1], Stage.submitting),
        (BASELINE[:2], Stage.polling),
        (BASELINE[:5], Stage.after),
        (BASELINE[:6], Stage.after),
    ],
)
def test_id_of_a_durable_operator_is_safe_once_it_is_stored(
    events: list[Event], stage: Stage
) -> None:
    assert stage_at(events, EXECUTE, Behaviour(), stores=True) is stage


def test_xcom_does_not_end_the_submission_of_a_durable_operator() -> None:
    events = [submitted("job-1"), pushed("job-1", "job_id"), polled("job-1")]
    assert stage_at(events, EXECUTE, Behaviour(), stores=True) is Stage.submitting


@pytest.mark.parametrize(
    ("events", "phase", "stage"),
    [
        (PLAIN[:1], EXECUTE, Stage.before),
        (PLAIN[:2], EXECUTE, Stage.submitting),
        (PLAIN[:3], EXECUTE, Stage.polling),
        (PLAIN[:4], EXECUTE, Stage.after),
        (DEFERRED[:2], EXECUTE, Stage.submitting),
        (DEFERRED[:4], TRIGGER, Stage.deferred),
        (DEFERRED, TRIGGER, Stage.deferred),
        (RESUMED[:6], TRIGGER, Stage.after),
        (RESUMED, RESUME, Stage.resuming),
        (RETRIED, EXECUTE, Stage.before),
        (RESCHEDULED, EXECUTE, Stage.polling),
    ],
)
def test_stages_of_an_operator_that_stores_nothing(
    events: list[Event], phase: str, stage: Stage
) -> None:
    assert stage_at(events, phase, Behaviour(), stores=False) is stage


def test_operator_that_stores_nothing_polls_once_it_waits() -> None:
    for now, stage in ((0.0, Stage.submitting), (1.0, Stage.polling)):
        assert stage_at(PLAIN[:2], EXECUTE, Behaviour(), stores=False, now=now) is stage
    assert stage_at(BASELINE[:1], EXECUTE, Behaviour(), stores=True, now=1.0) is Stage.submitting


@pytest.mark.parametrize(
    ("events", "stage"),
    [
        ([started(), sent(Signal.END), submitted("job-1"), ended("killed")], Stage.before),
        ([started(), submitted("job-1"), sent(Signal.END), ended("killed")], Stage.submitting),
        ([*PLAIN[:3], sent(Signal.END), polled("job-1"), ended("killed")], Stage.polling),
        ([*DEFERRED, sent(Signal.END, Point(TRIGGER, "t.py:1", 1))], Stage.deferred),
        ([*DEFERRED[:4], sent(Signal.END, Point(TRIGGER, "t.py:1", 1))], Stage.deferred),
    ],
)
def test_orphan_has_the_stage_in_which_a_user_ended_the_task(
    events: list[Event], stage: Stage
) -> None:
    outcome = judged(events, "failed", Signal.END, baseline=PLAIN)
    assert [job.left for job in outcome.jobs] == [stage]


def test_orphan_without_a_signal_has_the_stage_in_which_its_process_ended() -> None:
    again = [submitted("job-2"), polled("job-2", "succeeded"), pushed("r")]
    unanswered = [started(), submitted("job-1"), ended("up_for_retry"), CLEARED]
    outcome = judged([*unanswered, started(attempt=2), *again], signal=None, baseline=PLAIN)
    assert [job.left for job in outcome.jobs] == [Stage.submitting, None]


def test_orphan_of_a_pair_was_left_by_the_signal_to_the_process_that_used_it() -> None:
    second = [submitted("job-2"), polled("job-2"), sent(), ended("killed"), CLEARED]
    third = [started(attempt=3), submitted("job-3"), polled("job-3", "succeeded"), pushed("r")]
    outcome = judged([*RETRIED, *second, *third], baseline=PLAIN)
    assert [job.left for job in outcome.jobs] == [Stage.polling, Stage.polling, None]
