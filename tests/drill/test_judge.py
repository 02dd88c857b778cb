"""A run is judged by what it left: jobs, results, states."""

from __future__ import annotations

import pytest

from advisor.drill.judge import stage_of
from advisor.drill.model import Finding, Signal
from advisor.drill.runtime.events import Event
from advisor.drill.runtime.service import Behaviour
from tests.drill.events import (
    BASELINE,
    CLEARED,
    SUCCEEDS,
    cancelled,
    ended,
    judged,
    judged_pair,
    polled,
    pushed,
    sent,
    stored,
    submitted,
)

RETRIED = [ended("killed"), CLEARED]


def test_one_job_and_the_same_result_is_what_survives() -> None:
    outcome = judged([submitted("job-1"), sent(), *RETRIED, *SUCCEEDS, pushed("r")])
    assert (outcome.findings, outcome.restarted) == ((), False)


def test_a_submission_beside_a_running_job_is_a_duplicate_and_leaves_an_orphan() -> None:
    second = [polled("job-2"), polled("job-2"), polled("job-2", "succeeded"), pushed("r")]
    outcome = judged([submitted("job-1"), sent(), *RETRIED, submitted("job-2"), *second])
    assert outcome.findings == (Finding.duplicate, Finding.orphan)
    assert outcome.in_window


def test_one_of_two_signals_may_be_in_the_window() -> None:
    late = [submitted("job-2"), stored(), sent(), CLEARED, polled("job-2", "succeeded")]
    pair = judged_pair([submitted("job-1"), sent(), *RETRIED, *late, pushed("r")])
    assert pair.in_window
    assert not judged_pair([sent(), *RETRIED, *late, pushed("r")]).in_window
    assert Finding.not_reached not in pair.findings


def test_a_submission_after_a_job_that_succeeded_is_a_duplicate() -> None:
    done = [submitted("job-1"), stored(), *SUCCEEDS, sent(), *RETRIED, submitted("job-2")]
    outcome = judged([*done, polled("job-2", "succeeded"), pushed("r")])
    assert outcome.findings == (Finding.duplicate,)
    assert not outcome.in_window


def test_a_submission_after_a_job_that_was_cancelled_is_a_restart() -> None:
    events = [submitted("job-1"), sent(Signal.TERM), cancelled("job-1"), *RETRIED]
    again = [submitted("job-2"), polled("job-2", "succeeded"), pushed("r")]
    outcome = judged([*events, *again], signal=Signal.TERM)
    assert (outcome.findings, outcome.restarted) == ((), True)


def test_jobs_of_different_specs_are_no_duplicates_of_each_other() -> None:
    both = [submitted("job-1"), submitted("job-2", {"drill": 2}), *SUCCEEDS]
    outcome = judged([*both, polled("job-2", "succeeded"), sent(), pushed("r")])
    assert outcome.findings == ()


@pytest.mark.parametrize("result", [[], [pushed(None)], [pushed("r"), CLEARED]])
def test_another_result_than_undisturbed_is_lost(result: list[Event]) -> None:
    outcome = judged([submitted("job-1"), sent(), *RETRIED, *SUCCEEDS, *result])
    assert outcome.findings == (Finding.result_lost,)


def test_a_job_that_is_named_in_the_result_may_have_another_id() -> None:
    events = [submitted("job-1"), sent(), cancelled("job-1"), submitted("job-2")]
    done = [*events, polled("job-2", "succeeded"), pushed("job-2")]
    assert judged(done).findings == (Finding.result_lost,)
    assert judged([*done[:-1], pushed("r")]).findings == ()


def test_a_retry_that_fails_has_not_survived() -> None:
    events = [submitted("job-1"), sent(), cancelled("job-1")]
    assert judged(events, "failed").findings == (Finding.failed,)


@pytest.mark.parametrize("state", ["stuck", "endless"])
def test_a_run_needs_a_final_outcome(state: str) -> None:
    assert Finding.stuck in judged([sent()], state).findings


def test_a_signal_that_was_not_sent_shows_nothing() -> None:
    assert judged(BASELINE).findings == (Finding.not_reached,)


def test_a_user_who_ends_the_task_ends_its_job() -> None:
    begun = [submitted("job-1"), polled("job-1"), sent(Signal.END)]
    assert judged(begun, "failed", Signal.END).findings == (Finding.orphan,)
    assert judged([*begun, cancelled("job-1")], "failed", Signal.END).findings == ()


def test_who_wants_the_job_to_go_on_has_no_orphan() -> None:
    begun = [submitted("job-1"), sent(Signal.END)]
    assert judged(begun, "failed", Signal.END, leaves_jobs=True).findings == ()


def test_a_task_that_was_ended_and_works_on_is_no_success() -> None:
    events = [submitted("job-1"), *SUCCEEDS, sent(Signal.END), stored(), ended("success")]
    assert judged(events, "failed", Signal.END).findings == (Finding.false_success,)


def test_without_a_signal_a_task_may_fail() -> None:
    failing = Behaviour(first_ends="failed")
    events = [submitted("job-1"), polled("job-1", "failed")]
    assert judged(events, "failed", None, behaviour=failing).findings == ()


@pytest.mark.parametrize(
    ("events", "stage"),
    [
        (0, "nothing submitted"),
        (1, "submitted, not stored"),
        (2, "job running"),
        (4, "job ended"),
        (6, "result reported"),
    ],
)
def test_how_far_a_run_had_got(events: int, stage: str) -> None:
    assert stage_of(BASELINE[:events], Behaviour()) == stage
