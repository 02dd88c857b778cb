"""Behaviours of `checkpoint` that its generated tests leave out, run inside a generated package."""

from __future__ import annotations

import json
import os
import re
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
from .fakes import FakeHook, WorkerDied
from .test_operators import BATCHES, RESULTS, Task, task

__all__ = ["task"]


class Attempt:
    """An attempt that a test starts, stops or disturbs itself."""

    def __init__(self, task: Task, **parameters: Any) -> None:
        self.task = task
        self.operator = operator_class()(task_id="run_job", **({"batches": BATCHES} | parameters))
        self.operator.hook = task.hook

    def run(self, event: Any = None, *, after: float = 0) -> Any:
        """Run the attempt with an event after some seconds, and return its result."""
        clock = self.task.clock
        clock.due = [(clock.now + after, event)] if event else []
        return self.operator.execute({"ti": self.task.ti, "task_state_store": self.task.store})


def operator_class() -> Any:
    """Return the generated operator, whatever its name."""
    return next(
        each for each in BaseOperator.__subclasses__() if each.__module__ == operators.__name__
    )


def on_call(task: Task, monkeypatch: pytest.MonkeyPatch, name: str, event: Any) -> None:
    """Run an event in each call of a method of the hook, before it answers."""
    method = getattr(task.hook, name)

    def called(*arguments: Any) -> Any:
        event()
        return method(*arguments)

    monkeypatch.setattr(task.hook, name, called)


# Batches and results.


def test_no_batches_submit_nothing(task: Task) -> None:
    assert task.attempt(batches=[]) == []
    assert task.hook.keys == {}


def test_batches_can_be_a_tuple(task: Task) -> None:
    assert task.attempt(batches=tuple(BATCHES)) == RESULTS


@pytest.mark.parametrize("batches", ["[1, 2]", [1], [{"at": object()}], [{"part": 1}, None]])
def test_invalid_batches_are_refused_before_anything_runs(task: Task, batches: Any) -> None:
    with pytest.raises(AirflowFailException):
        task.attempt(batches=batches)
    assert task.hook.keys == {}


def test_equal_batches_have_a_job_each(task: Task) -> None:
    same = [{"part": 1}, {"part": 1}, {"part": 1}]
    with pytest.raises(WorkerDied):
        task.attempt(batches=same, dies_after=60)
    assert task.attempt(batches=same) == RESULTS


def test_identity_ignores_the_order_of_fields() -> None:
    one, other = {"a": 1, "b": 2}, {"b": 2, "a": 1}
    assert operators.identities([one]) == operators.identities([other])
    assert len(set(operators.identities([one, other, {"a": 2}]))) == 3


def test_identities_are_those_of_earlier_scaffolds() -> None:
    specs = [{"b": "é", "a": 1}, {"a": 1, "b": "é"}]
    names = ["f70d72109cba6c53288ef654", "0e4784d0e0cb5d6cb79cebd4"]
    assert operators.identities(specs) == names


def test_results_are_not_fetched_if_they_are_not_wanted(task: Task) -> None:
    task.hook.errors["before result"] = [AssertionError() for _ in range(99)]
    assert task.attempt(return_results=False) == ["job-1", "job-2", "job-3"]


@pytest.mark.parametrize("falsy", [0, "", [], {}, None])
def test_falsy_result_is_a_result(task: Task, monkeypatch: pytest.MonkeyPatch, falsy: Any) -> None:
    monkeypatch.setattr(FakeHook, "result", lambda *_: falsy)
    with pytest.raises(WorkerDied):
        task.attempt(dies_after=60)
    assert task.attempt() == [falsy] * 3
    assert len(task.hook.keys) == 3


def test_store_holds_a_small_entry_for_each_batch_and_no_results(task: Task) -> None:
    task.attempt(batches=[{"part": number} for number in range(200)])
    assert len(task.store.values) == 200
    assert "result_of" not in json.dumps(task.store.values)
    assert max(len(value) for value in task.store.values.values()) < 300
    assert max(len(entry) for entry in task.store.values) < 100


def test_finished_batch_is_not_run_again_even_if_the_system_forgot_it(task: Task) -> None:
    with pytest.raises(WorkerDied):
        task.attempt(dies_after=60)
    task.hook.statuses["job-1"] = JobStatus.NOT_FOUND
    assert task.attempt(on_missing="resubmit") == RESULTS


def test_finished_batch_fails_if_the_system_forgot_its_result(task: Task) -> None:
    with pytest.raises(WorkerDied):
        task.attempt(dies_after=60)
    task.hook.errors["before result"] = [LookupError() for _ in range(9)]
    with pytest.raises(LookupError):
        task.attempt(on_missing="resubmit")
    assert task.attempt(return_results=False) == ["job-1", "job-2", "job-3"]


def test_batches_are_templated_and_default_args_reach_the_parameters() -> None:
    arguments = {"return_results": False, "cancel_on_kill": "leave"}
    operator = operator_class()(task_id="run", batches=[], default_args=arguments)
    assert operator.return_results is False
    assert operator.cancel_on_kill == "leave"
    assert operator.template_fields == ("batches",)


# Keys and ids.


@pytest.mark.parametrize("writes", range(1, 10))
def test_death_after_any_write_leaves_one_job_for_each_batch(
    task: Task, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    count = iter(range(writes, -99, -1))
    store_set = task.store.set

    def write_and_die(key: str, value: Any) -> None:
        store_set(key, value)
        if next(count) == 1:
            raise WorkerDied

    monkeypatch.setattr(task.store, "set", write_and_die)
    with pytest.raises(WorkerDied):
        task.attempt()
    assert task.attempt() == RESULTS
    assert len(task.hook.keys) == 3


def test_keys_are_short_plain_and_different(task: Task) -> None:
    task.attempt()
    assert len(set(task.hook.keys.values())) == 3
    for key in task.hook.keys.values():
        assert re.fullmatch("run-job-[0-9a-f]{20}", key)


def test_unanswered_submission_is_repeated_with_its_key(task: Task) -> None:
    task.hook.errors["after submit"] = [ConnectionError(), TimeoutError()]
    assert task.attempt() == RESULTS


def test_rejection_of_a_repeated_key_fails_for_good(task: Task) -> None:
    task.hook.errors["before submit"] = [ConnectionError(), SubmissionRejected("no")]
    with pytest.raises(AirflowFailException, match="Check the external system"):
        task.attempt()


def test_empty_id_is_an_id(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    submit = task.hook.submit

    def submit_and_rename(spec: dict[str, Any], key: str) -> str:
        job_id = submit(spec, key)
        if job_id != "job-2":
            return job_id
        task.hook.ends[""] = task.hook.ends[job_id]
        return ""

    monkeypatch.setattr(FakeHook, "HONOURS_IDEMPOTENCY_KEY", False)
    monkeypatch.setattr(FakeHook, "find", lambda *_: None)
    monkeypatch.setattr(task.hook, "submit", submit_and_rename)
    with pytest.raises(WorkerDied):
        task.attempt(dies_after=60)
    assert task.attempt(return_results=False) == ["job-1", "", "job-3"]


def test_mapped_task_instances_have_keys_of_their_own(task: Task) -> None:
    task.attempt()
    task.store.values.clear()  # another map index has a store of its own
    task.attempt()
    assert len(set(task.hook.keys.values())) == 6


def test_two_attempts_at_once_start_one_job_for_each_batch(task: Task) -> None:
    def overtake() -> None:
        other = Task(task.clock)
        other.hook, other.store = task.hook, task.store
        assert other.attempt() == RESULTS

    assert Attempt(task).run(overtake, after=60) == RESULTS
    assert len(task.hook.keys) == 3


def test_id_is_visible_before_the_wait_and_after_a_reconnect(task: Task) -> None:
    with pytest.raises(WorkerDied):
        task.attempt(dies_after=60)
    assert task.ti.xcoms == {"job_id": "job-2"}
    task.ti.xcoms.clear()
    with pytest.raises(WorkerDied):
        task.attempt(dies_after=5)
    assert task.ti.xcoms == {"job_id": "job-2"}


# Polling.


def test_failing_status_call_is_retried_and_then_raised(task: Task) -> None:
    task.hook.errors["before status"] = [ConnectionError() for _ in range(9)]
    with pytest.raises(ConnectionError):
        task.attempt()
    assert task.attempt() == RESULTS


def test_missing_job_is_submitted_again_if_allowed(task: Task) -> None:
    task.hook.statuses["job-2"] = JobStatus.NOT_FOUND
    with pytest.raises(AirflowException, match="not found"):
        task.attempt(on_missing="resubmit")
    ids = task.attempt(on_missing="resubmit", return_results=False)
    assert ids == ["job-1", "job-3", "job-4"]


def test_job_that_is_not_visible_yet_gets_time(task: Task) -> None:
    task.hook.statuses["job-1"] = JobStatus.NOT_FOUND
    assert Attempt(task).run(task.hook.statuses.clear, after=20) == RESULTS


def test_time_to_become_visible_begins_with_the_answer(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_call(task, monkeypatch, "submit", lambda: task.clock.sleep(50))
    task.hook.statuses["job-1"] = JobStatus.NOT_FOUND
    attempt = Attempt(task, batches=[{}])
    assert attempt.run(task.hook.statuses.clear, after=80) == RESULTS[:1]


def test_poll_interval_grows_up_to_its_limit(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    polls: list[float] = []
    on_call(task, monkeypatch, "status", lambda: polls.append(task.clock.now))
    task.attempt(batches=[{"seconds": 900}], poll_interval=10.0, max_poll_interval=60.0)
    pauses = [later - earlier for earlier, later in pairwise(polls)]
    assert pauses[0] < 12
    assert 50 < max(pauses) < 70


def test_overdue_job_continues_if_kills_leave_it(task: Task) -> None:
    with pytest.raises(AirflowException, match="took longer than"):
        task.attempt(
            batches=[{"seconds": 9_000}],
            job_timeout=timedelta(seconds=60),
            cancel_on_kill="leave",
        )
    assert task.hook.cancelled == []


# Stopping the task.


@pytest.mark.parametrize("state", ["success", "skipped", "removed"])
def test_any_final_state_ends_the_running_job(task: Task, state: str) -> None:
    task.ti.state = state
    with pytest.raises(AirflowFailException):
        task.attempt(stopped_after=60)
    assert set(task.hook.cancelled) == {"job-2"}


def test_stopped_worker_leaves_the_job_if_kills_leave_it(task: Task) -> None:
    task.ti.state = "failed"
    with pytest.raises(AirflowRescheduleException):
        task.attempt(stopped_after=60, cancel_on_kill="leave")
    assert task.hook.cancelled == []


def test_kill_that_cancels_lets_the_retry_run_the_batch_again(task: Task) -> None:
    with pytest.raises(AirflowException, match="stopped and its job cancelled"):
        task.attempt(stopped_after=60, cancel_on_kill="cancel")
    assert set(task.hook.cancelled) == {"job-2"}
    assert task.attempt(return_results=False) == ["job-1", "job-3", "job-4"]


@pytest.mark.parametrize("batches", [BATCHES, BATCHES[:1]])
def test_task_that_is_killed_after_a_batch_neither_continues_nor_succeeds(
    task: Task, monkeypatch: pytest.MonkeyPatch, batches: Any
) -> None:
    attempt = Attempt(task, batches=batches, cancel_on_kill="leave")
    on_call(task, monkeypatch, "result", attempt.operator.on_kill)
    with pytest.raises(AirflowRescheduleException):
        attempt.run()
    assert len(task.hook.keys) == 1


def test_kill_before_execute_submits_nothing(task: Task) -> None:
    attempt = Attempt(task, cancel_on_kill="leave")
    attempt.operator.on_kill()
    with pytest.raises(AirflowRescheduleException):
        attempt.run()
    assert task.hook.keys == {}


@pytest.mark.parametrize(("policy", "cancelled"), [("auto", ["job-2"]), ("leave", [])])
def test_execution_timeout_cancels_unless_kills_leave_the_job(
    task: Task, policy: str, cancelled: list[str]
) -> None:
    def time_out() -> None:
        raise AirflowTaskTimeout

    attempt = Attempt(task, cancel_on_kill=policy)
    try:
        attempt.run(time_out, after=60)
    except AirflowTaskTimeout:
        attempt.operator.on_kill()  # where Airflow calls it
    assert task.hook.cancelled == cancelled


def test_orphan_stops_by_itself(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose_the_supervisor() -> None:
        monkeypatch.setattr(os, "getppid", lambda: 1)

    with pytest.raises(AirflowException, match="supervisor"):
        Attempt(task).run(lose_the_supervisor, after=60)
    assert task.hook.cancelled == []


def test_cleared_task_keeps_its_jobs_if_the_store_was_kept(task: Task) -> None:
    task.ti.state = "restarting"
    with pytest.raises(AirflowRescheduleException):
        task.attempt(stopped_after=60)
    assert task.attempt() == RESULTS


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
        attempt.run(clear, after=60)
    assert set(task.hook.cancelled) == {"job-2"}
