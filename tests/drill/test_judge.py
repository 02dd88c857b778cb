"""The judge derives findings from the jobs, results and states of a run."""

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


def test_run_with_one_job_and_the_same_result_survives() -> None:
    outcome = judged([submitted("job-1"), sent(), *RETRIED, *SUCCEEDS, pushed("r")])
    assert (outcome.findings, outcome.restarted) == ((), False)


def test_submission_while_a_job_runs_is_a_duplicate_and_leaves_an_orphan() -> None:
    second = [polled("job-2"), polled("job-2"), polled("job-2", "succeeded"), pushed("r")]
    outcome = judged([submitted("job-1"), sent(), *RETRIED, submitted("job-2"), *second])
    assert outcome.findings == (Finding.duplicate, Finding.orphan)
    assert outcome.in_window


def test_pair_is_in_the_window_if_one_signal_is() -> None:
    late = [submitted("job-2"), stored(), sent(), CLEARED, polled("job-2", "succeeded")]
    pair = judged_pair([submitted("job-1"), sent(), *RETRIED, *late, pushed("r")])
    assert pair.in_window
    assert not judged_pair([sent(), *RETRIED, *late, pushed("r")]).in_window
    assert Finding.not_reached not in pair.findings


def test_submission_after_a_job_that_succeeded_is_a_duplicate() -> None:
    done = [submitted("job-1"), stored(), *SUCCEEDS, sent(), *RETRIED, submitted("job-2")]
    outcome = judged([*done, polled("job-2", "succeeded"), pushed("r")])
    assert outcome.findings == (Finding.duplicate,)
    assert not outcome.in_window


def test_submission_after_a_cancelled_job_is_a_restart() -> None:
    events = [submitted("job-1"), sent(Signal.TERM), cancelled("job-1"), *RETRIED]
    again = [submitted("job-2"), polled("job-2", "succeeded"), pushed("r")]
    outcome = judged([*events, *again], signal=Signal.TERM)
    assert (outcome.findings, outcome.restarted) == ((), True)


def test_jobs_of_different_specs_are_not_duplicates() -> None:
    both = [submitted("job-1"), submitted("job-2", {"drill": 2}), *SUCCEEDS]
    outcome = judged([*both, polled("job-2", "succeeded"), sent(), pushed("r")])
    assert outcome.findings == ()


@pytest.mark.parametrize("result", [[], [pushed(None)], [pushed("r"), CLEARED]])
def test_result_is_lost_if_it_differs_from_the_baseline_run(result: list[Event]) -> None:
    outcome = judged([submitted("job-1"), sent(), *RETRIED, *SUCCEEDS, *result])
    assert outcome.findings == (Finding.result_lost,)


def test_result_is_compared_without_job_ids() -> None:
    events = [submitted("job-1"), sent(), cancelled("job-1"), submitted("job-2")]
    done = [*events, polled("job-2", "succeeded"), pushed("job-2")]
    assert judged(done).findings == (Finding.result_lost,)
    assert judged([*done[:-1], pushed("r")]).findings == ()


def test_task_that_fails_after_a_signal_is_failed() -> None:
    events = [submitted("job-1"), sent(), cancelled("job-1")]
    assert judged(events, "failed").findings == (Finding.failed,)


@pytest.mark.parametrize("state", ["stuck", "endless"])
def test_run_without_a_final_state_is_stuck(state: str) -> None:
    assert Finding.stuck in judged([sent()], state).findings


def test_signal_that_was_not_sent_is_not_reached() -> None:
    assert judged(BASELINE).findings == (Finding.not_reached,)


def test_task_ended_by_a_user_leaves_an_orphan_unless_it_cancels_its_job() -> None:
    begun = [submitted("job-1"), polled("job-1"), sent(Signal.END)]
    assert judged(begun, "failed", Signal.END).findings == (Finding.orphan,)
    assert judged([*begun, cancelled("job-1")], "failed", Signal.END).findings == ()


def test_running_job_is_not_an_orphan_if_the_target_leaves_jobs() -> None:
    begun = [submitted("job-1"), sent(Signal.END)]
    assert judged(begun, "failed", Signal.END, leaves_jobs=True).findings == ()


def test_success_after_a_user_ended_the_task_is_a_false_success() -> None:
    events = [submitted("job-1"), *SUCCEEDS, sent(Signal.END), stored(), ended("success")]
    assert judged(events, "failed", Signal.END).findings == (Finding.false_success,)


def test_failed_task_without_a_signal_has_no_finding() -> None:
    failing = Behaviour(first_ends="failed")
    events = [submitted("job-1"), polled("job-1", "failed")]
    assert judged(events, "failed", None, behaviour=failing).findings == ()


@pytest.mark.parametrize(
    ("events", "stage"),
    [
        (0, "nothing submitted"),
        (1, "submitted, not stored"),
        (2, "job running"),
        (5, "job ended"),
        (6, "result reported"),
    ],
)
def test_stage_of_returns_the_progress_of_a_run(events: int, stage: str) -> None:
    assert stage_of(BASELINE[:events], Behaviour()) == stage
