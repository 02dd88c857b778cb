"""Behaviours of `resumable` that its generated tests leave out, run inside a generated package."""

from __future__ import annotations

import os
import re
import threading
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowRescheduleException,
    AirflowTaskTimeout,
)

from .. import operators
from ..hooks import JobStatus, SubmissionRejected
from .fakes import FakeHook, FakeTaskInstance, WorkerDied
from .test_operators import UNKNOWN, Task, task

__all__ = ["task"]


class Attempt:
    """An attempt that a test starts, stops or disturbs itself."""

    def __init__(self, task: Task, **parameters: Any) -> None:
        self.task = task
        self.operator = operator_class()(task_id="run_job", **({"spec": {}} | parameters))
        self.operator.hook = task.hook

    def run(self, event: Any = None, *, after: float = 0) -> Any:
        """Run the attempt with an event after some seconds, and return its result."""
        clock = self.task.clock
        clock.due = [(clock.now + after, event)] if event else []
        return self.operator.execute({"ti": self.task.ti, "task_state_store": self.task.store})


def operator_class() -> Any:
    """Return the generated operator, whatever its name."""
    classes = BaseOperator.__subclasses__()
    return next(each for each in classes if each.__module__ == operators.__name__)


def on_call(task: Task, monkeypatch: pytest.MonkeyPatch, name: str, event: Any) -> None:
    """Run an event in each call of a method of the hook, after it has taken effect."""
    method = getattr(task.hook, name)

    def called(*arguments: Any) -> Any:
        answer = method(*arguments)
        event()
        return answer

    monkeypatch.setattr(task.hook, name, called)


def die() -> None:
    raise WorkerDied


# Parameters, keys and ids.


def test_spec_is_templated_and_default_args_reach_the_parameters() -> None:
    arguments = {"durable": False, "cancel_on_kill": "leave"}
    operator = operator_class()(task_id="run", spec={}, default_args=arguments)
    assert operator.template_fields == ("spec",)
    assert operator.durable is False
    assert operator.cancel_on_kill == "leave"


def test_key_is_short_and_plain() -> None:
    for task_id in ("run_job", "Süß!", "x" * 80, "__"):
        key = operators.new_key(task_id)
        assert re.fullmatch("[a-z][a-z0-9-]*-[0-9a-f]{20}", key)
        assert len(key) <= 50


@pytest.fixture
def empty_ids(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first job have an empty id, in a system that does not honour keys."""
    submit = task.hook.submit

    def submit_and_rename(spec: dict[str, Any], key: str) -> str:
        job_id = submit(spec, key)
        if job_id == "job-1":
            task.hook.keys = {"": key}
            task.hook.ends[""] = task.hook.ends[job_id]
            job_id = ""
        return job_id

    monkeypatch.setattr(FakeHook, "HONOURS_IDEMPOTENCY_KEY", False)
    monkeypatch.setattr(task.hook, "submit", submit_and_rename)


@pytest.mark.usefixtures("empty_ids")
def test_empty_id_is_found_in_the_record(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeHook, "find", lambda *_: None)
    task.hook.errors["before status"] = [WorkerDied()]
    with pytest.raises(WorkerDied):
        task.attempt()
    assert task.attempt() == {"result_of": ""}


@pytest.mark.usefixtures("empty_ids")
def test_empty_id_is_found_by_its_key(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        on_call(task, patched, "submit", die)
        with pytest.raises(WorkerDied):
            task.attempt()
    assert task.attempt() == {"result_of": ""}


@pytest.mark.parametrize("falsy", [0, "", [], {}, None])
def test_falsy_result_is_a_result(
    task: Task, monkeypatch: pytest.MonkeyPatch, falsy: object
) -> None:
    monkeypatch.setattr(FakeHook, "result", lambda *_: falsy)
    task.hook.errors["before status"] = [WorkerDied()]
    with pytest.raises(WorkerDied):
        task.attempt()
    assert task.attempt() == falsy
    assert len(task.hook.keys) == 1


@pytest.mark.parametrize("write", [1, 2, 3])
def test_death_after_any_write_leaves_one_job(
    task: Task, monkeypatch: pytest.MonkeyPatch, write: int
) -> None:
    store_set, writes = task.store.set, iter((1, 2, 3))

    def write_and_die(key: str, value: object) -> None:
        store_set(key, value)
        if next(writes) == write:
            raise WorkerDied

    with monkeypatch.context() as patched:
        patched.setattr(task.store, "set", write_and_die)
        with pytest.raises(WorkerDied):
            task.attempt()
    assert task.attempt() == {"result_of": "job-1"}
    assert len(task.hook.keys) == 1


def test_mapped_task_instances_have_keys_of_their_own(task: Task) -> None:
    task.attempt()
    task.store.values.clear()  # each map index has a store of its own
    assert task.attempt() == {"result_of": "job-2"}


def test_two_attempts_at_once_run_one_job(task: Task) -> None:
    def overtake() -> None:
        assert Attempt(task).run() == {"result_of": "job-1"}

    assert Attempt(task).run(overtake, after=15) == {"result_of": "job-1"}
    assert len(task.hook.keys) == 1


def test_id_is_visible_before_the_wait_and_after_a_reconnect(task: Task) -> None:
    for _ in range(2):
        task.ti.xcoms.clear()
        with pytest.raises(WorkerDied):
            Attempt(task).run(die, after=1)
        assert task.ti.xcoms == {"job_id": "job-1"}


# Submissions.


@pytest.mark.parametrize("when", ["before submit", "after submit"])
def test_key_without_an_id_is_looked_up_if_keys_are_not_honoured(
    task: Task, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    monkeypatch.setattr(FakeHook, "HONOURS_IDEMPOTENCY_KEY", False)
    task.hook.errors[when] = [WorkerDied()]
    with pytest.raises(WorkerDied):
        task.attempt()
    assert task.attempt() == {"result_of": "job-1"}
    assert len(task.hook.keys) == 1


def test_unanswered_submission_is_found_if_keys_are_not_honoured(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeHook, "HONOURS_IDEMPOTENCY_KEY", False)
    task.hook.errors["after submit"] = [ConnectionError()]
    assert task.attempt() == {"result_of": "job-1"}


def test_submission_that_is_never_answered_leaves_its_key_to_the_retry(task: Task) -> None:
    task.hook.errors["after submit"] = [ConnectionError() for _ in range(5)]
    with pytest.raises(ConnectionError):
        task.attempt()
    assert task.attempt() == {"result_of": "job-1"}
    assert len(task.hook.keys) == 1


def test_submission_that_is_never_answered_fails_for_good_without_a_store(task: Task) -> None:
    task.hook.errors["after submit"] = [ConnectionError() for _ in range(5)]
    with pytest.raises(AirflowFailException, match="Check the external system"):
        task.attempt(durable=False)


def test_rejection_of_a_repeated_key_fails_for_good(task: Task) -> None:
    task.hook.errors["before submit"] = [ConnectionError(), SubmissionRejected("no")]
    with pytest.raises(AirflowFailException, match="Check the external system"):
        task.attempt()


def test_rejection_of_the_key_of_an_earlier_try_fails_for_good(task: Task) -> None:
    task.hook.errors["before submit"] = [WorkerDied(), SubmissionRejected("no")]
    with pytest.raises(WorkerDied):
        task.attempt()
    with pytest.raises(AirflowFailException, match="Check the external system"):
        task.attempt()


# Polls.


def test_unknown_status_fails_for_good_if_a_retry_would_submit_again(task: Task) -> None:
    task.hook.statuses["job-1"] = UNKNOWN
    with pytest.raises(AirflowFailException, match="UNHEARD OF"):
        task.attempt(durable=False)


def test_failing_status_call_is_retried(task: Task) -> None:
    task.hook.errors["before status"] = [ConnectionError() for _ in range(4)]
    assert task.attempt() == {"result_of": "job-1"}


def test_failing_status_call_is_raised_after_some_retries(task: Task) -> None:
    task.hook.errors["before status"] = [ConnectionError() for _ in range(9)]
    with pytest.raises(ConnectionError):
        task.attempt()
    assert task.attempt() == {"result_of": "job-1"}
    assert len(task.hook.keys) == 1


def test_missing_job_is_submitted_again_if_allowed(task: Task) -> None:
    task.hook.statuses["job-1"] = JobStatus.NOT_FOUND
    with pytest.raises(AirflowException, match="not found"):
        task.attempt(on_missing="resubmit")
    assert task.attempt(on_missing="resubmit") == {"result_of": "job-2"}


def test_job_that_is_not_visible_yet_gets_time(task: Task) -> None:
    task.hook.statuses["job-1"] = JobStatus.NOT_FOUND
    assert Attempt(task).run(task.hook.statuses.clear, after=20) == {"result_of": "job-1"}


def test_time_to_become_visible_begins_with_the_answer(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_call(task, monkeypatch, "submit", lambda: task.clock.sleep(50))
    task.hook.statuses["job-1"] = JobStatus.NOT_FOUND
    assert Attempt(task).run(task.hook.statuses.clear, after=80) == {"result_of": "job-1"}


def test_poll_interval_grows_up_to_its_limit_with_jitter(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    polls: list[float] = []
    on_call(task, monkeypatch, "status", lambda: polls.append(task.clock.now))
    task.attempt(spec={"seconds": 900}, poll_interval=10.0, max_poll_interval=60.0)
    pauses = [later - earlier for earlier, later in pairwise(polls)]
    assert 8.9 < pauses[0] < 11.1
    assert pauses[0] != 10
    assert 53 < max(pauses) < 67


def test_overdue_job_continues_if_kills_leave_it(task: Task) -> None:
    minute = {"job_timeout": timedelta(minutes=1), "cancel_on_kill": "leave"}
    with pytest.raises(AirflowException, match="took longer than") as caught:
        task.attempt(spec={"seconds": 9_000}, **minute)
    assert not isinstance(caught.value, AirflowFailException)
    assert task.hook.cancelled == []


def test_overdue_job_that_continues_fails_for_good_without_a_store(task: Task) -> None:
    minute = {"job_timeout": timedelta(minutes=1), "cancel_on_kill": "leave"}
    with pytest.raises(AirflowFailException, match="took longer than"):
        task.attempt(spec={"seconds": 9_000}, durable=False, **minute)


# Stopping the task.


class SilentTaskInstance(FakeTaskInstance):
    """A task instance that Airflow answers only after the signal handler has returned."""

    def __init__(self) -> None:
        super().__init__()
        self.has_returned = threading.Event()
        self.answered_late: list[bool] = []

    def get_task_states(self, **arguments: Any) -> dict[str, Any]:
        self.answered_late.append(self.has_returned.wait(timeout=2))
        return super().get_task_states(**arguments)


def test_handler_does_not_wait_for_airflow(task: Task) -> None:
    # First, because a handler that waits would hang in the tests below.
    task.ti = ti = SilentTaskInstance()
    attempt = Attempt(task, cancel_on_kill="auto")

    def signal() -> None:
        attempt.operator.on_kill()
        ti.has_returned.set()

    with pytest.raises(AirflowRescheduleException):
        attempt.run(signal, after=15)
    assert ti.answered_late == [True]


@pytest.mark.parametrize("state", ["success", "skipped", "upstream_failed", "removed"])
def test_any_final_state_ends_the_job(task: Task, state: str) -> None:
    task.ti.state = state
    with pytest.raises(AirflowFailException):
        task.attempt(stopped_after=15)
    assert set(task.hook.cancelled) == {"job-1"}


def test_kill_that_cancels_lets_the_retry_run_another_job(task: Task) -> None:
    with pytest.raises(AirflowException, match="stopped and its job cancelled"):
        task.attempt(stopped_after=15, cancel_on_kill="cancel")
    assert set(task.hook.cancelled) == {"job-1"}
    assert task.attempt() == {"result_of": "job-2"}


def test_kill_is_noticed_within_a_second(task: Task) -> None:
    began = task.clock.now
    with pytest.raises(AirflowRescheduleException):
        task.attempt(stopped_after=15, poll_interval=60.0)
    assert task.clock.now <= began + 16


def test_kill_during_the_submission_asks_for_no_status(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = Attempt(task, cancel_on_kill="leave")
    on_call(task, monkeypatch, "submit", attempt.operator.on_kill)
    task.hook.errors["before status"] = [WorkerDied()]
    with pytest.raises(AirflowRescheduleException):
        attempt.run()
    task.hook.errors.clear()
    assert Attempt(task).run() == {"result_of": "job-1"}


def test_kill_before_execute_submits_nothing(task: Task) -> None:
    attempt = Attempt(task)
    task.ti.state = "failed"
    attempt.operator.on_kill()
    with pytest.raises(AirflowFailException):
        attempt.run()
    assert task.hook.keys == {}


def test_task_that_is_killed_while_it_fetches_the_result_never_succeeds(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = Attempt(task, cancel_on_kill="leave")
    on_call(task, monkeypatch, "result", attempt.operator.on_kill)
    with pytest.raises(AirflowRescheduleException):
        attempt.run()


def test_stopped_worker_continues_if_nothing_is_stored(task: Task) -> None:
    assert task.attempt(stopped_after=15, durable=False) == {"result_of": "job-1"}


def test_job_continues_if_airflow_does_not_answer(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(task.ti, "get_task_states", fail)
    with pytest.raises(AirflowRescheduleException):
        task.attempt(stopped_after=15)
    assert task.hook.cancelled == []


@pytest.mark.parametrize(("policy", "cancelled"), [("auto", ["job-1"]), ("leave", [])])
def test_execution_timeout_cancels_unless_kills_leave_the_job(
    task: Task, policy: str, cancelled: list[str]
) -> None:
    def time_out() -> None:
        raise AirflowTaskTimeout

    attempt = Attempt(task, cancel_on_kill=policy)
    try:
        attempt.run(time_out, after=15)
    except AirflowTaskTimeout:
        attempt.operator.on_kill()  # where Airflow calls it
    assert task.hook.cancelled == cancelled


def test_orphan_stops_by_itself(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose_the_supervisor() -> None:
        monkeypatch.setattr(os, "getppid", lambda: 1)

    with pytest.raises(AirflowException, match="supervisor"):
        Attempt(task).run(lose_the_supervisor, after=15)
    assert task.hook.cancelled == []


def test_cleared_task_keeps_its_job_if_the_store_was_kept(task: Task) -> None:
    task.ti.state = "restarting"
    with pytest.raises(AirflowRescheduleException):
        task.attempt(stopped_after=15)
    assert task.attempt() == {"result_of": "job-1"}


@pytest.mark.skipif(
    "restarting" not in Path(operators.__file__).read_text(encoding="utf-8"),
    reason="Airflow 3.3 keeps the store when a task is cleared",
)
def test_cleared_task_cancels_its_job_if_the_store_was_emptied(task: Task) -> None:
    attempt = Attempt(task, cancel_on_kill="auto")

    def clear() -> None:
        task.ti.state = "restarting"
        task.store.values.clear()
        attempt.operator.on_kill()

    with pytest.raises(AirflowFailException):
        attempt.run(clear, after=15)
    assert set(task.hook.cancelled) == {"job-1"}
