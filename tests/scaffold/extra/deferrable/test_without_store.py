"""Behaviours of `deferrable` before Airflow 3.3, run inside a generated package."""

from __future__ import annotations

import re
from typing import Any

import pytest
from airflow.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowRescheduleException,
    AirflowTaskTimeout,
    TaskDeferred,
)

from .. import operators
from ..hooks import JobStatus, Lookup, SubmissionRejected
from .fakes import FakeHook
from .test_operators import UNKNOWN, Task, event_of, task

__all__ = ["task"]

KEY: Any = {"idempotency_key": "my_dag scheduled__2026-01-01T00:00:00+00:00 -1"}
AIRFLOW_2 = not hasattr(operators, "RECONNECT_DELAY")
only_airflow_2 = pytest.mark.skipif(not AIRFLOW_2, reason="Airflow 3 does not end the attempt")
not_airflow_2 = pytest.mark.skipif(AIRFLOW_2, reason="Airflow 2 ends the attempt")


def unavailable(times: int) -> list[BaseException]:
    return [ConnectionError() for _ in range(times)]


def test_key_made_from_a_text_is_plain(task: Task) -> None:
    task.defer(**KEY)
    (key,) = task.hook.keys.values()
    assert re.fullmatch("[a-z0-9-]{1,50}", key)


def test_retry_finds_the_job_by_its_key_if_it_is_listed_later(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find_later(spec: dict[str, Any], key: str) -> str | Lookup | None:
        found = find(spec, key)
        return found if isinstance(found, str) and task.clock.now >= visible else None

    find, visible = task.hook.find, task.clock.now + 50
    monkeypatch.setattr(FakeHook, "HONOURS_IDEMPOTENCY_KEY", False)
    monkeypatch.setattr(FakeHook, "LIST_CONSISTENCY_DELAY", 30.0)
    monkeypatch.setattr(task.hook, "find", find_later)
    task.defer(**KEY)
    assert task.attempt(**KEY) == {"result_of": "job-1"}
    assert len(task.hook.keys) == 1


@pytest.mark.parametrize("falsy", ["0", ""])
def test_falsy_id_is_an_id(task: Task, monkeypatch: pytest.MonkeyPatch, falsy: str) -> None:
    monkeypatch.setattr(task.hook, "submit", lambda spec, key: falsy)
    monkeypatch.setattr(task.hook, "status", lambda job_id: min(FakeHook.SUCCEEDED))
    assert task.attempt() == {"result_of": falsy}


@pytest.mark.parametrize("parameters", [{}, KEY])
def test_rejection_may_be_retried(task: Task, parameters: dict[str, Any]) -> None:
    task.hook.errors["before submit"] = [SubmissionRejected("no such queue")]
    with pytest.raises(SubmissionRejected):
        task.attempt(**parameters)


def test_submission_that_is_never_answered_fails_for_good(task: Task) -> None:
    task.hook.errors["after submit"] = unavailable(9)
    with pytest.raises(AirflowFailException, match="Check the external system"):
        task.attempt()


def test_submission_that_is_never_answered_may_be_retried_with_a_key(task: Task) -> None:
    task.hook.errors["after submit"] = unavailable(5)
    with pytest.raises(ConnectionError):
        task.attempt(**KEY)
    assert task.attempt(**KEY) == {"result_of": "job-1"}
    assert len(task.hook.keys) == 1


@pytest.mark.parametrize(
    ("parameters", "error"), [({}, AirflowFailException), (KEY, AirflowException)]
)
def test_job_that_may_run_is_not_run_twice(
    task: Task, parameters: dict[str, Any], error: type[AirflowException]
) -> None:
    task.hook.statuses["job-1"] = UNKNOWN
    with pytest.raises(AirflowException, match="UNHEARD OF") as raised:
        task.attempt(**parameters)
    assert raised.type is error


def test_unreachable_system_fails_the_task_for_good(task: Task) -> None:
    task.hook.errors["before status"] = unavailable(1000)
    with pytest.raises(AirflowFailException, match="cannot be polled"):
        task.attempt()


def test_missing_job_is_submitted_again_if_allowed(task: Task) -> None:
    task.hook.statuses["job-1"] = JobStatus.NOT_FOUND
    with pytest.raises(AirflowException, match="next try submits it again") as raised:
        task.attempt(on_missing="resubmit")
    assert raised.type is AirflowException
    assert task.attempt(on_missing="resubmit") == {"result_of": "job-2"}


@not_airflow_2
@pytest.mark.parametrize("policy", ["auto", "leave"])
def test_stopped_worker_still_defers(task: Task, policy: str) -> None:
    trigger = task.defer(stop=True, cancel_on_kill=policy)
    assert event_of(trigger)["outcome"] == "succeeded"


@not_airflow_2
def test_stopped_worker_leaves_the_job_to_the_next_with_a_key(task: Task) -> None:
    operator = task.operator(**KEY, cancel_on_kill="leave")
    task.ti.after_push = operator.on_kill
    with pytest.raises(AirflowRescheduleException):
        operator.execute(task.context)
    assert task.attempt(**KEY) == {"result_of": "job-1"}
    assert len(task.hook.keys) == 1


def test_event_of_an_earlier_version_is_understood(task: Task) -> None:
    record = task.defer().record
    event: Any = {"outcome": "succeeded", "said": "ended as 'DONE'", "record": record}
    assert task.operator().execute_complete(task.context, event) == {"result_of": "job-1"}


@only_airflow_2
@pytest.mark.parametrize(
    ("policy", "state", "cancelled"),
    [
        ("auto", "running", []),
        ("auto", "success", ["job-1"]),
        ("cancel", "running", ["job-1"]),
        ("leave", "failed", []),
    ],
)
def test_policy_decides_when_a_signal_ends_the_attempt(
    task: Task, policy: str, state: str, cancelled: list[str]
) -> None:
    task.ti.state = state
    task.defer(stop=True, cancel_on_kill=policy)
    assert task.hook.cancelled == cancelled


@pytest.mark.parametrize(("policy", "cancelled"), [("auto", ["job-1"]), ("leave", [])])
def test_timeout_of_the_task_cancels_the_job(task: Task, policy: str, cancelled: list[str]) -> None:
    def time_out() -> None:
        raise AirflowTaskTimeout

    operator = task.operator(cancel_on_kill=policy)
    task.ti.after_push = time_out
    try:
        operator.execute(task.context)
    except AirflowTaskTimeout:
        operator.on_kill()  # which Airflow calls there
    assert task.hook.cancelled == cancelled


def test_attempt_whose_supervisor_is_gone_ends_and_leaves_the_job(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    task.ti.after_push = lambda: monkeypatch.setattr("os.getppid", lambda: 1)
    with pytest.raises(AirflowException, match="supervisor") as raised:
        task.operator().execute(task.context)
    assert not isinstance(raised.value, TaskDeferred)
    assert task.hook.cancelled == []
