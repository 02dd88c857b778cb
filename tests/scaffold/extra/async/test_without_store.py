"""Behaviours of `async` before Airflow 3.3, run inside a generated package."""

from __future__ import annotations

import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from ..hooks import JobStatus, SubmissionRejected
from .test_operators import TEN, Task, task

__all__ = ["task"]


def test_submission_that_stays_unanswered_fails_for_good(task: Task) -> None:
    task.hook.errors["after submit"] = [ConnectionError() for _ in range(9)]
    with pytest.raises(AirflowFailException, match="Check the external system"):
        task.attempt(requests=TEN[:1])
    assert len(task.hook.keys) == 1


def test_rejection_of_a_repeated_key_fails_for_good(task: Task) -> None:
    task.hook.errors["before submit"] = [ConnectionError(), SubmissionRejected("no")]
    with pytest.raises(AirflowFailException, match="Check the external system"):
        task.attempt(requests=TEN[:1])


def test_policy_cancel_ends_the_jobs_of_a_stopped_worker(task: Task) -> None:
    with pytest.raises(AirflowException, match="stopped and its job"):
        task.attempt(stopped_after=20, cancel_on_kill="cancel")
    assert set(task.hook.cancelled) == {"job-1", "job-2", "job-3", "job-4"}


def test_missing_job_is_submitted_again_by_a_retry_if_allowed(task: Task) -> None:
    task.hook.statuses["job-1"] = JobStatus.NOT_FOUND
    with pytest.raises(AirflowException, match="'not found'"):
        task.attempt(on_missing="resubmit", requests=TEN[:1])
    assert task.attempt(requests=TEN[:1]) == [{"result_of": "job-2"}]
