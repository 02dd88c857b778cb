"""Behaviours of `async` that its generated tests leave out, run inside a generated package."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from contextlib import closing
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from airflow.sdk import BaseAsyncOperator, Context
from airflow.sdk.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowRescheduleException,
    AirflowTaskTimeout,
)

from .. import operators
from ..hooks import JobStatus, Lookup, SubmissionRejected
from ..operators import Progress, identities
from .fakes import FakeHook, FakeLoop, FakeStore, FakeTaskInstance, WorkerDied
from .test_operators import RESULTS, TEN, Task, task

__all__ = ["task"]

(OPERATOR,) = (
    each for each in BaseAsyncOperator.__subclasses__() if each.__module__ == operators.__name__
)

LONG = [{"part": part, "seconds": 5_000} for part in range(9)]
FIRST_FOUR = ["job-1", "job-2", "job-3", "job-4"]
START = 1_800_000_000


def attempt_and_die(task: Task, seconds: float, **parameters: object) -> None:
    with pytest.raises(WorkerDied):
        task.attempt(dies_after=seconds, **parameters)


def only_listed(monkeypatch: pytest.MonkeyPatch, delay: float) -> None:
    """Let the system list jobs by key, late, and start a second one for a repeated key."""
    find = FakeHook.find

    def late(hook: FakeHook, spec: dict[str, Any], key: str) -> str | Lookup | None:
        job_id = find(hook, spec, key)
        is_late = isinstance(job_id, str) and hook.clock.now < hook.ends[job_id] - 30 + delay
        return None if is_late else job_id

    monkeypatch.setattr(FakeHook, "HONOURS_IDEMPOTENCY_KEY", False)
    monkeypatch.setattr(FakeHook, "LIST_CONSISTENCY_DELAY", 30.0)
    monkeypatch.setattr(FakeHook, "find", late)


def stop_at_the_first_result(monkeypatch: pytest.MonkeyPatch) -> None:
    operators_run: list[BaseAsyncOperator] = []
    execute, result = OPERATOR.aexecute, FakeHook.result

    async def remembered(operator: BaseAsyncOperator, context: Context) -> object:
        operators_run.append(operator)
        return await execute(operator, context)

    def stopping(hook: FakeHook, job_id: str) -> object:
        operators_run[0].on_kill()
        return result(hook, job_id)

    monkeypatch.setattr(OPERATOR, "aexecute", remembered)
    monkeypatch.setattr(FakeHook, "result", stopping)


# Requests and results.


@pytest.mark.parametrize("requests", ["[1, 2]", [1], [{"at": object()}]])
def test_requests_that_are_no_dictionaries_are_refused_before_any_job(
    task: Task, requests: object
) -> None:
    with pytest.raises(AirflowFailException):
        task.attempt(requests=requests)
    assert task.hook.keys == {}
    assert task.store.values == {}


def test_no_requests_return_no_results(task: Task) -> None:
    assert task.attempt(requests=[]) == []


def test_equal_requests_all_run_and_are_all_resumed(task: Task) -> None:
    same = [{"part": 1}] * 6
    attempt_and_die(task, 10, requests=same)
    assert task.attempt(requests=same) == RESULTS[:6]
    assert len(task.hook.keys) == 6


def test_identity_does_not_depend_on_the_order_of_fields() -> None:
    one, other = {"a": 1, "b": 2}, {"b": 2, "a": 1}
    assert identities([one]) == identities([other])
    assert len(set(identities([one, other, {"a": 2}]))) == 3


def test_moved_requests_keep_their_jobs(task: Task) -> None:
    attempt_and_die(task, 45)
    assert task.attempt(requests=[{"part": 10}, *reversed(TEN)])[-4:] == RESULTS[3::-1]
    assert len(task.hook.keys) == 11


def test_ids_are_returned_without_fetching_results(task: Task) -> None:
    task.hook.errors["before result"] = [AssertionError()]
    ids = task.attempt(return_results=False)
    assert ids == [each["result_of"] for each in RESULTS]


@pytest.mark.parametrize("falsy", ["0", ""])
def test_falsy_ids_are_ids(task: Task, monkeypatch: pytest.MonkeyPatch, falsy: str) -> None:
    async def asubmit(hook: FakeHook, _: dict[str, Any], key: str) -> str:
        hook.keys[falsy], hook.ends[falsy] = key, hook.clock.now + 30
        return falsy

    monkeypatch.setattr(FakeHook, "asubmit", asubmit)
    attempt_and_die(task, 10, requests=TEN[:1])
    monkeypatch.undo()
    monkeypatch.setattr(operators, "time", task.clock)
    monkeypatch.setattr(FakeHook, "HONOURS_IDEMPOTENCY_KEY", False)
    monkeypatch.setattr(FakeHook, "find", lambda *_: None)
    assert task.attempt(requests=TEN[:1]) == [{"result_of": falsy}]
    assert list(task.hook.keys) == [falsy]


def test_requests_are_templated() -> None:
    assert OPERATOR.template_fields == ("requests",)


def test_max_concurrency_must_be_positive(task: Task) -> None:
    with pytest.raises(ValueError, match="positive"):
        task.attempt(max_concurrency=0)


def test_free_worker_takes_the_next_request(task: Task) -> None:
    task.attempt(requests=[{"part": 0, "seconds": 100}, *TEN[1:4]], max_concurrency=2)
    assert task.clock.now - START < 120


def test_threads_suffice_for_hooks_that_make_calls_in_them(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    executors: list[Any] = []
    monkeypatch.setattr(FakeLoop, "set_default_executor", lambda _, each: executors.append(each))
    task.attempt(max_concurrency=50)
    assert executors[0]._max_workers > 50


def test_poll_interval_grows_to_its_limit(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    polls: list[float] = []
    status = task.hook.status

    def polled(job_id: str) -> JobStatus:
        polls.append(task.clock.now)
        return status(job_id)

    monkeypatch.setattr(task.hook, "status", polled)
    task.attempt(requests=LONG[:1], poll_interval=10.0, max_poll_interval=60.0)
    assert 8 < polls[1] - polls[0] < 13
    assert max(after - before for before, after in pairwise(polls)) < 68
    assert polls[-2] - polls[-3] > 50


# Failures.


def test_error_names_ten_failures_and_counts_all(task: Task) -> None:
    task.hook.errors["before submit"] = [SubmissionRejected("x" * 999) for _ in range(50)]
    with pytest.raises(AirflowException, match="50 of 50 failed") as raised:
        task.attempt(requests=[{"part": part} for part in range(50)])
    assert "request 10: " in str(raised.value)
    assert "request 11: " not in str(raised.value)
    assert len(str(raised.value)) < 3_000


def test_failed_status_calls_are_retried_and_then_raised(task: Task) -> None:
    task.hook.errors["before status"] = [ConnectionError() for _ in range(40)]
    with pytest.raises(AirflowException, match="failed"):
        task.attempt()
    task.hook.errors["before status"] = [ConnectionError() for _ in range(8)]
    assert task.attempt() == RESULTS
    assert len(task.hook.keys) == 10


def test_unknown_member_of_the_status_enum_raises(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeHook, "FAILED", set())
    task.hook.statuses["job-1"] = JobStatus.NOT_FOUND
    failed = next(
        iter(set(JobStatus) - FakeHook.ACTIVE - FakeHook.SUCCEEDED - {JobStatus.NOT_FOUND})
    )
    task.hook.statuses["job-1"] = failed
    with pytest.raises(AirflowException, match="Unknown status"):
        task.attempt()
    assert len(task.hook.keys) == 10


def test_job_that_becomes_visible_late_is_not_missing(task: Task) -> None:
    task.hook.statuses["job-1"] = JobStatus.NOT_FOUND
    task.clock.due = [(START + 20, task.hook.statuses.clear)]
    assert task.attempt() == RESULTS


def test_time_to_become_visible_begins_with_the_answer(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit = FakeHook.submit

    def slow(hook: FakeHook, spec: dict[str, Any], key: str) -> str:
        job_id = submit(hook, spec, key)
        hook.clock.sleep(50)
        return job_id

    monkeypatch.setattr(FakeHook, "submit", slow)
    task.hook.statuses["job-1"] = JobStatus.NOT_FOUND
    task.clock.due = [(task.clock.now + 80, task.hook.statuses.clear)]
    assert task.attempt(requests=TEN[:1]) == RESULTS[:1]


def test_missing_job_is_submitted_again_if_allowed(task: Task) -> None:
    task.hook.statuses["job-1"] = JobStatus.NOT_FOUND
    with pytest.raises(AirflowException, match="'not found'"):
        task.attempt(on_missing="resubmit")
    assert task.attempt(on_missing="resubmit") == [{"result_of": "job-11"}, *RESULTS[1:]]


def test_job_that_ended_while_no_worker_ran_is_run_again_at_once(task: Task) -> None:
    attempt_and_die(task, 10)
    task.hook.statuses["job-2"] = min(task.hook.FAILED)
    assert {"result_of": "job-2"} not in task.attempt()
    assert len(set(task.hook.keys.values())) == 11


@pytest.mark.parametrize(("policy", "cancelled"), [("auto", ["job-1"]), ("leave", [])])
def test_overdue_job_is_cancelled_unless_the_policy_is_leave(
    task: Task, policy: str, cancelled: list[str]
) -> None:
    with pytest.raises(AirflowException, match="took longer"):
        task.attempt(requests=LONG[:1], job_timeout=timedelta(seconds=60), cancel_on_kill=policy)
    assert task.hook.cancelled == cancelled


def test_retry_polls_no_finished_request(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt_and_die(task, 45)
    polled: set[str] = set()
    status = task.hook.status

    def watched(job_id: str) -> JobStatus:
        polled.add(job_id)
        return status(job_id)

    monkeypatch.setattr(task.hook, "status", watched)
    assert task.attempt() == RESULTS
    assert polled.isdisjoint(FIRST_FOUR)


# Keys and submissions.


def test_keys_are_short_and_plain(task: Task) -> None:
    task.attempt()
    for key in task.hook.keys.values():
        assert re.fullmatch("run-job-[0-9a-f]{20}", key)


def test_key_of_a_record_of_an_earlier_release_is_the_same() -> None:
    progress = Progress(FakeStore(), [{"part": 1}], "Run job!")
    progress._secret = "0" * 32
    progress.items[0].generation = 2
    assert progress.key(progress.items[0]) == "run-job-bdabb4980a58173da204"


def test_mapped_tasks_do_not_share_keys(task: Task) -> None:
    task.attempt()
    task.store.values.clear()  # each map index has a store of its own
    task.attempt()
    assert len(set(task.hook.keys.values())) == 20


def test_retry_of_a_rejected_request_has_a_new_key(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys: list[str] = []

    def rejected(_: FakeHook, spec: dict[str, Any], key: str) -> str:
        keys.append(key)
        raise SubmissionRejected(f"Invalid: {spec}")

    monkeypatch.setattr(FakeHook, "submit", rejected)
    for _ in range(2):
        with pytest.raises(AirflowException):
            task.attempt(requests=TEN[:1])
    assert len(set(keys)) == len(keys) == 2


def test_rejection_of_a_repeated_key_fails_for_good(task: Task) -> None:
    task.hook.errors["before submit"] = [ConnectionError(), SubmissionRejected("no")]
    with pytest.raises(AirflowFailException, match="Check the external system"):
        task.attempt(requests=TEN[:1])


def test_rejection_in_a_retry_fails_for_good(task: Task) -> None:
    attempt_and_die(task, 0.5)
    task.hook.errors["before submit"] = [SubmissionRejected("no")]
    with pytest.raises(AirflowFailException, match="Check the external system"):
        task.attempt()


def test_unanswered_submissions_are_retried_with_the_same_key_in_a_retry(task: Task) -> None:
    task.hook.errors["after submit"] = [ConnectionError() for _ in range(5)]
    with pytest.raises(AirflowException, match="1 of 1 failed"):
        task.attempt(requests=TEN[:1])
    assert task.attempt(requests=TEN[:1]) == RESULTS[:1]
    assert len(task.hook.keys) == 1


def test_listed_job_is_found_after_an_unanswered_submission(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_listed(monkeypatch, delay=20)
    task.hook.errors["after submit"] = [ConnectionError() for _ in range(2)]
    assert task.attempt() == RESULTS
    assert len(task.hook.keys) == 10


def test_listed_job_is_found_after_a_crash(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    only_listed(monkeypatch, delay=20)
    attempt_and_die(task, 0.5)
    assert task.attempt()[:4] == RESULTS[:4]
    assert len(task.hook.keys) == 10


def test_lookup_without_an_answer_fails_for_good(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_listed(monkeypatch, delay=0)
    monkeypatch.setattr(FakeHook, "find", lambda *_: Lookup.NOT_YET)
    task.hook.errors["after submit"] = [ConnectionError()]
    with pytest.raises(AirflowFailException, match="Check the external system"):
        task.attempt(requests=TEN[:1])
    assert len(task.hook.keys) == 1


def test_crash_without_keys_repeats_only_what_was_just_submitted(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeHook, "HONOURS_IDEMPOTENCY_KEY", False)
    monkeypatch.setattr(FakeHook, "find", lambda *_: None)
    attempt_and_die(task, 40)
    submitted = len(task.hook.keys)
    task.attempt()
    assert submitted == 8
    assert len(task.hook.keys) <= 10 + 4


def test_two_attempts_at_once_start_one_job_per_request(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    executed: list[Any] = []
    execute = OPERATOR.aexecute

    async def twice(operator: BaseAsyncOperator, context: Context) -> object:
        first = asyncio.ensure_future(execute(operator, context))
        await asyncio.sleep(15)
        other = OPERATOR(task_id="run_job", requests=TEN)
        other.hook = operator.hook
        executed.extend([await execute(other, context), await first])

    monkeypatch.setattr(OPERATOR, "aexecute", twice)
    task.attempt()
    assert executed == [RESULTS, RESULTS]
    assert len(task.hook.keys) == 10


# The store.


def test_secret_is_stored_before_the_first_submission(task: Task) -> None:
    task.hook.errors["before submit"] = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        task.attempt()
    assert list(task.store.values) == ["run"]


def test_one_coroutine_writes_and_never_in_the_thread_of_the_loop(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    writers: list[Any] = []
    in_threads: list[Any] = []
    set_, run = FakeStore.set, FakeLoop.run_in_executor

    def watched(store: FakeStore, key: str, value: object) -> None:
        writers.append(asyncio.current_task())
        set_(store, key, value)

    def in_thread(loop: FakeLoop, executor: object, func: object, *args: object) -> object:
        in_threads.append(func)
        return run(loop, executor, func, *args)

    monkeypatch.setattr(FakeStore, "set", watched)
    monkeypatch.setattr(FakeLoop, "run_in_executor", in_thread)
    task.attempt()
    assert len(set(writers)) == 1
    calls = sum("watched" in repr(each) for each in in_threads)
    assert calls == (0 if hasattr(FakeStore, "aset") else len(writers))


def test_results_are_not_stored(task: Task) -> None:
    task.attempt()
    assert "result_of" not in json.dumps(task.store.values)


def test_records_of_removed_requests_are_kept(task: Task) -> None:
    attempt_and_die(task, 45)
    task.attempt(requests=TEN[1:])
    assert task.attempt()[0] == RESULTS[0]
    assert len(task.hook.keys) == 10


def test_ten_thousand_requests_fit_into_the_store(task: Task) -> None:
    async def store_all() -> None:
        progress = Progress(task.store, [{"part": part} for part in range(10_000)], "many")
        await progress.load()
        for item in progress.items:
            item.id, item.submitted_at, item.succeeded = "x" * 100, START + 0.123456, True
        await progress.save()

    async def load_all() -> Progress:
        progress = Progress(task.store, [{"part": part} for part in range(10_000)], "many")
        await progress.load()
        return progress

    with closing(FakeLoop(task.clock)) as loop:
        loop.run_until_complete(store_all())
        assert all(item.succeeded for item in loop.run_until_complete(load_all()).items)
    assert max(map(len, task.store.values.values())) <= 65_535
    assert len(task.store.values) <= 52


def test_only_entries_that_changed_are_written(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    set_ = FakeStore.set

    def watched(store: FakeStore, key: str, value: object) -> None:
        written.append(key)
        set_(store, key, value)

    monkeypatch.setattr(FakeStore, "set", watched)
    task.attempt(requests=[{"part": part, "seconds": 500} for part in range(4)])
    assert len(written) < 15


# Stopping.


def test_policy_cancel_ends_all_jobs_and_the_retry_starts_others(task: Task) -> None:
    with pytest.raises(AirflowException, match="stopped and its job"):
        task.attempt(stopped_after=20, cancel_on_kill="cancel")
    assert set(task.hook.cancelled) == set(FIRST_FOUR)
    task.attempt()
    assert len(task.hook.keys) == 14


def test_policy_leave_leaves_the_jobs_of_an_ended_task(task: Task) -> None:
    task.ti.state = "failed"
    with pytest.raises(AirflowRescheduleException):
        task.attempt(stopped_after=20, cancel_on_kill="leave")
    assert task.hook.cancelled == []


@pytest.mark.parametrize("state", ["success", "skipped", "upstream_failed", "removed"])
def test_each_final_state_ends_the_jobs(task: Task, state: str) -> None:
    task.ti.state = state
    with pytest.raises(AirflowFailException):
        task.attempt(stopped_after=20)
    assert set(task.hook.cancelled) == set(FIRST_FOUR)


def test_job_that_cannot_be_cancelled_does_not_keep_the_others(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancel = FakeHook.cancel

    def broken(hook: FakeHook, job_id: str) -> None:
        if job_id == "job-1":
            raise ConnectionError
        cancel(hook, job_id)

    monkeypatch.setattr(FakeHook, "cancel", broken)
    task.ti.state = "failed"
    with pytest.raises(AirflowFailException):
        task.attempt(stopped_after=20)
    assert set(task.hook.cancelled) == set(FIRST_FOUR[1:])


@pytest.mark.parametrize("state", ["running", "failed"])
def test_submission_in_progress_is_finished_before_the_task_ends(
    task: Task, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    async def slow(hook: FakeHook, spec: dict[str, Any], key: str) -> str:
        job_id = hook.submit(spec, key)
        await asyncio.sleep(20)
        return job_id

    monkeypatch.setattr(FakeHook, "asubmit", slow)
    task.ti.state = state
    with pytest.raises(AirflowException):
        task.attempt(requests=LONG, stopped_after=10)
    assert set(task.hook.cancelled) == (set(FIRST_FOUR) if state == "failed" else set())
    assert len(task.hook.keys) == 4
    assert "job-4" in task.store.values["items 0"]


def test_stop_is_noticed_within_seconds(task: Task) -> None:
    with pytest.raises(AirflowRescheduleException):
        task.attempt(stopped_after=12, requests=LONG, poll_interval=600.0)
    assert task.clock.now - START < 15


def test_task_that_is_stopped_before_it_begins_submits_nothing(task: Task) -> None:
    with pytest.raises(AirflowRescheduleException):
        task.attempt(stopped_after=0.001)
    assert len(task.hook.keys) <= 4


def test_task_that_is_stopped_before_execute_decides_later(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = OPERATOR.aexecute

    async def stopped(operator: BaseAsyncOperator, context: Context) -> object:
        operator.on_kill()
        return await execute(operator, context)

    monkeypatch.setattr(OPERATOR, "aexecute", stopped)
    with pytest.raises(AirflowRescheduleException):
        task.attempt()
    assert task.hook.keys == {}


def test_task_that_is_stopped_while_it_fetches_results_does_not_succeed(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_at_the_first_result(monkeypatch)
    with pytest.raises(AirflowRescheduleException):
        task.attempt(requests=TEN[:1])


def test_task_that_is_stopped_begins_no_other_request(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_at_the_first_result(monkeypatch)
    with pytest.raises(AirflowRescheduleException):
        task.attempt(max_concurrency=1)
    assert len(task.hook.keys) == 1


def test_jobs_are_left_if_airflow_does_not_answer(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_: object, **__: object) -> object:
        raise ConnectionError

    monkeypatch.setattr(FakeTaskInstance, "get_task_states", unreachable)
    with pytest.raises(AirflowRescheduleException):
        task.attempt(stopped_after=20)
    assert task.hook.cancelled == []


def test_on_kill_does_not_wait_for_airflow(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = threading.Lock()
    states = FakeTaskInstance.get_task_states
    on_kill = OPERATOR.on_kill

    def asked(ti: FakeTaskInstance, **question: object) -> object:
        with lock:
            return states(ti, **question)

    def interrupted(operator: BaseAsyncOperator) -> None:
        with lock:  # the handler interrupted a call to the supervisor
            on_kill(operator)

    monkeypatch.setattr(FakeTaskInstance, "get_task_states", asked)
    monkeypatch.setattr(OPERATOR, "on_kill", interrupted)
    task.ti.state = "failed"
    with pytest.raises(AirflowFailException):
        task.attempt(stopped_after=20)
    assert set(task.hook.cancelled) == set(FIRST_FOUR)


def test_orphan_stops_and_leaves_the_jobs(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    task.clock.due = [(START + 12, lambda: monkeypatch.setattr("os.getppid", lambda: 1))]
    with pytest.raises(AirflowException, match="supervisor"):
        task.attempt(requests=LONG)
    assert task.hook.cancelled == []
    assert len(task.hook.keys) == 4
    assert task.clock.now - START < 15


@pytest.mark.skipif(not hasattr(FakeStore, "aset"), reason="a clear keeps the store before 3.4")
@pytest.mark.parametrize("is_kept", [True, False])
def test_cleared_task_keeps_its_jobs_if_the_store_is_kept(
    task: Task, monkeypatch: pytest.MonkeyPatch, is_kept: bool
) -> None:
    def states(ti: FakeTaskInstance, **_: object) -> object:
        if not is_kept:
            task.store.values.clear()
        return {ti.run_id: {ti.task_id: "restarting"}}

    monkeypatch.setattr(FakeTaskInstance, "get_task_states", states)
    with pytest.raises(AirflowRescheduleException if is_kept else AirflowFailException):
        task.attempt(stopped_after=20)
    assert sorted(set(task.hook.cancelled)) == ([] if is_kept else FIRST_FOUR)


# execution_timeout.


@pytest.mark.parametrize(("policy", "cancelled"), [("auto", FIRST_FOUR), ("leave", [])])
@pytest.mark.parametrize("way", ["cancel", "raise in a worker", "both"])
def test_execution_timeout_cancels_the_jobs_after_their_submissions(
    task: Task, monkeypatch: pytest.MonkeyPatch, policy: str, cancelled: list[str], way: str
) -> None:
    execute = OPERATOR.aexecute
    status = FakeHook.status

    def timed_out(hook: FakeHook, job_id: str) -> JobStatus:
        if way != "cancel" and hook.clock.now > START + 20:
            raise AirflowTaskTimeout
        return status(hook, job_id)

    async def limited(operator: BaseAsyncOperator, context: Context) -> object:
        return await asyncio.wait_for(execute(operator, context), 22 if way == "both" else 30)

    monkeypatch.setattr(FakeHook, "status", timed_out)
    if way != "raise in a worker":
        monkeypatch.setattr(OPERATOR, "aexecute", limited)
    with pytest.raises((asyncio.TimeoutError, AirflowTaskTimeout)):
        task.attempt(requests=LONG, cancel_on_kill=policy)
    assert sorted(task.hook.cancelled) == cancelled


def test_execution_timeout_does_not_cut_submissions(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = OPERATOR.aexecute

    async def slow(hook: FakeHook, spec: dict[str, Any], key: str) -> str:
        job_id = hook.submit(spec, key)
        await asyncio.sleep(20)
        return job_id

    async def limited(operator: BaseAsyncOperator, context: Context) -> object:
        return await asyncio.wait_for(execute(operator, context), 10)

    monkeypatch.setattr(FakeHook, "asubmit", slow)
    monkeypatch.setattr(OPERATOR, "aexecute", limited)
    with pytest.raises(asyncio.TimeoutError):
        task.attempt(requests=LONG)
    assert sorted(task.hook.cancelled) == FIRST_FOUR


def test_on_kill_after_execution_timeout_cancels_the_jobs(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_kill = OPERATOR.on_kill

    def timed_out(operator: BaseAsyncOperator) -> None:
        try:
            raise AirflowTaskTimeout
        except AirflowTaskTimeout:
            on_kill(operator)  # as Airflow does
            raise

    monkeypatch.setattr(OPERATOR, "on_kill", timed_out)
    with pytest.raises(AirflowTaskTimeout):
        task.attempt(requests=LONG, stopped_after=20)
    assert sorted(set(task.hook.cancelled)) == FIRST_FOUR
