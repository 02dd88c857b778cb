"""The judge derives findings from the jobs, results and states of a run."""

from __future__ import annotations

import pytest

from advisor.drill.model import Finding, Job, Signal, Stage
from advisor.drill.runtime.events import Event
from advisor.drill.runtime.service import Behaviour
from tests.drill.events import (
    BASELINE,
    CLEARED,
    SUCCEEDS,
    cancelled,
    ended,
    given,
    judged,
    judged_pair,
    polled,
    pushed,
    sent,
    started,
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
    events = [submitted("job-1"), sent(), *RETRIED, cancelled("job-1")]
    again = [submitted("job-2"), polled("job-2", "succeeded"), pushed("r")]
    outcome = judged([*events, *again])
    assert (outcome.findings, outcome.restarted) == ((), True)


def test_running_job_that_a_sigterm_destroys_is_lost_work_if_another_is_started() -> None:
    events = [submitted("job-1"), polled("job-1"), sent(Signal.TERM), cancelled("job-1"), *RETRIED]
    again = [submitted("job-2"), polled("job-2", "succeeded"), pushed("r")]
    assert judged([*events, *again], signal=Signal.TERM).findings == (Finding.work_lost,)


def test_job_that_had_ended_before_a_sigterm_is_not_lost_work() -> None:
    failed = [submitted("job-1"), polled("job-1", "failed"), sent(Signal.TERM), cancelled("job-1")]
    again = [*RETRIED, submitted("job-2"), polled("job-2", "succeeded"), pushed("r")]
    assert judged([*failed, *again], signal=Signal.TERM).findings == ()


def test_success_after_a_cancelled_job_is_a_success_without_a_job() -> None:
    events = [submitted("job-1"), polled("job-1"), sent(Signal.TERM), cancelled("job-1")]
    outcome = judged([*events, ended("success")], signal=Signal.TERM)
    assert (outcome.findings, outcome.lost_keys) == ((Finding.no_job,), ())


def test_success_without_one_of_two_jobs_is_a_success_without_a_job() -> None:
    second = [submitted("job-2", {"drill": 2}), polled("job-2", "succeeded")]
    baseline = [submitted("job-1"), *SUCCEEDS, *second, pushed("r")]
    events = [submitted("job-1"), *SUCCEEDS, sent(), pushed("r")]
    assert judged(events, baseline=baseline).findings == (Finding.no_job,)


def test_job_that_is_cancelled_in_the_baseline_run_need_not_succeed() -> None:
    probe = [submitted("job-1", {"probe": 1}), cancelled("job-1")]
    baseline = [*probe, submitted("job-2"), polled("job-2", "succeeded"), pushed("r")]
    assert judged(baseline, signal=None, baseline=baseline).findings == ()


def test_job_with_a_random_spec_is_a_job() -> None:
    baseline = [submitted("job-1", {"token": "a"}), *SUCCEEDS, pushed("r")]
    events = [sent(), *RETRIED, submitted("job-1", {"token": "b"}), *SUCCEEDS, pushed("r")]
    assert judged(events, baseline=baseline).findings == ()
    cancels = [submitted("job-1", {"token": "b"}), sent(), cancelled("job-1"), pushed("r")]
    assert judged(cancels, baseline=baseline).findings == (Finding.no_job,)


def test_job_of_an_operator_that_does_not_wait_only_has_to_run() -> None:
    baseline = [submitted("job-1"), pushed("r")]
    once = [sent(), *RETRIED, submitted("job-1"), pushed("r")]
    assert judged(once, baseline=baseline).findings == ()
    cancels = [submitted("job-1"), sent(), cancelled("job-1"), pushed("r")]
    assert judged(cancels, baseline=baseline).findings == (Finding.no_job,)
    twice = [submitted("job-1"), sent(), *RETRIED, submitted("job-2"), pushed("r")]
    assert judged(twice, baseline=baseline).findings == (Finding.duplicate,)


def test_job_that_the_factory_submits_is_not_a_job_of_the_task() -> None:
    baseline = [started(), given("job-1"), *SUCCEEDS, pushed("r")]
    events = [started(), given("job-1"), polled("job-1"), sent(Signal.END)]
    outcome = judged(events, "failed", Signal.END, baseline=baseline)
    assert (outcome.findings, outcome.submissions) == ((), 0)


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
    outcome = judged(begun, "failed", Signal.END)
    assert outcome.findings == (Finding.orphan,)
    assert outcome.jobs == (Job("job-1", "running", Stage.submitting),)
    assert judged([*begun, cancelled("job-1")], "failed", Signal.END).findings == ()


def test_running_job_is_not_an_orphan_if_the_target_leaves_jobs() -> None:
    begun = [submitted("job-1"), sent(Signal.END)]
    assert judged(begun, "failed", Signal.END, leaves_jobs=True).findings == ()


def test_success_after_a_user_ended_the_task_and_its_job_is_a_false_success() -> None:
    events = [submitted("job-1"), polled("job-1"), sent(Signal.END), cancelled("job-1")]
    outcome = judged([*events, ended("success")], "failed", Signal.END)
    assert outcome.findings == (Finding.false_success,)


def test_success_after_a_user_ended_the_task_is_true_if_its_job_succeeded() -> None:
    events = [submitted("job-1"), *SUCCEEDS, sent(Signal.END), stored(), ended("success")]
    assert judged(events, "failed", Signal.END).findings == ()


@pytest.mark.parametrize("signal", [Signal.KILL, Signal.TERM])
def test_task_that_is_skipped_after_a_signal_is_skipped(signal: Signal) -> None:
    events = [submitted("job-1"), *SUCCEEDS, sent(signal), *RETRIED]
    assert judged(events, "skipped", signal).findings == (Finding.skipped,)


def test_task_that_a_user_ended_may_be_skipped() -> None:
    events = [submitted("job-1"), sent(Signal.END), cancelled("job-1")]
    assert judged(events, "skipped", Signal.END).findings == ()


def test_outcome_has_the_try_in_which_it_ended() -> None:
    events = [started(), sent(), *RETRIED, started(attempt=2), submitted("job-1"), *SUCCEEDS]
    assert judged([*events, pushed("r")]).tries == 2


def test_failed_task_without_a_signal_has_no_finding() -> None:
    failing = Behaviour(first_ends="failed")
    events = [submitted("job-1"), polled("job-1", "failed")]
    assert judged(events, "failed", None, behaviour=failing).findings == ()
