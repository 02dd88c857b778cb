"""Behaviours of `deferrable` that its generated tests leave out, run inside a generated package."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from airflow.sdk import timezone
from airflow.sdk.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowRescheduleException,
    AirflowTaskTimeout,
)

from .. import triggers
from ..hooks import JobStatus, Lookup, SubmissionRejected
from .fakes import Clock, FakeHook, FakeTaskInstance, WorkerDied
from .test_operators import UNKNOWN, Task, event_of, task

__all__ = ["task"]

HOUR: Any = {"spec": {"seconds": 3600}, "job_timeout": timedelta(seconds=60)}
DAY: Any = {"spec": {"seconds": 86_400}}
really_sleep = asyncio.sleep


def unavailable(times: int) -> list[BaseException]:
    return [ConnectionError() for _ in range(times)]


@pytest.fixture
def slept(task: Task, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses in the trigger and on the workers."""
    pauses: list[float] = []
    sleep = Clock.sleep

    def recorded(clock: Clock, seconds: float) -> None:
        pauses.append(seconds)
        sleep(clock, seconds)

    monkeypatch.setattr(Clock, "sleep", recorded)
    return pauses


# The submission.


def test_worker_is_free_as_soon_as_the_job_is_submitted(task: Task, slept: list[float]) -> None:
    task.defer()
    assert slept == []


def test_key_is_short_random_and_readable(task: Task) -> None:
    task.defer(durable=False)
    task.defer(durable=False)
    one, two = task.hook.keys.values()
    assert one != two
    assert re.fullmatch("run-job-[0-9a-f]{20}", one)


def test_two_attempts_at_once_start_one_job(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    save = task.store.set

    def overtaken(key: str, value: Any) -> None:
        save(key, value)
        monkeypatch.setattr(task.store, "set", save)
        task.defer()

    monkeypatch.setattr(task.store, "set", overtaken)
    assert task.attempt() == {"result_of": "job-1"}
    assert len(task.hook.keys) == 1


def test_unanswered_submission_without_keys_is_never_repeated(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeHook, "HONOURS_IDEMPOTENCY_KEY", False)
    task.hook.errors["before submit"] = unavailable(1)
    with pytest.raises(AirflowFailException, match="Check the external system"):
        task.attempt()
    assert task.hook.keys == {}


def test_job_of_an_unanswered_submission_is_found_by_its_key(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_later(task, monkeypatch)
    task.hook.errors["after submit"] = unavailable(1)
    assert task.attempt() == {"result_of": "job-1"}
    assert len(task.hook.keys) == 1


def test_retry_finds_the_job_by_its_key(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    list_later(task, monkeypatch)
    task.hook.errors["after submit"] = [WorkerDied()]
    with pytest.raises(WorkerDied):
        task.attempt()
    assert task.attempt() == {"result_of": "job-1"}
    assert len(task.hook.keys) == 1


def list_later(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the system ignore keys and list a job 20 seconds after its submission."""
    find = task.hook.find

    def find_later(spec: dict[str, Any], key: str) -> str | Lookup | None:
        found = find(spec, key)
        return found if isinstance(found, str) and task.clock.now >= visible else Lookup.NOT_YET

    visible = task.clock.now + 20
    monkeypatch.setattr(FakeHook, "HONOURS_IDEMPOTENCY_KEY", False)
    monkeypatch.setattr(FakeHook, "LIST_CONSISTENCY_DELAY", 30.0)
    monkeypatch.setattr(task.hook, "find", find_later)


def test_rejection_of_a_repeated_key_fails_for_good(task: Task) -> None:
    task.hook.errors["before submit"] = [ConnectionError(), SubmissionRejected("no")]
    with pytest.raises(AirflowFailException, match="Check the external system"):
        task.attempt()


@pytest.mark.parametrize("falsy", ["0", "", 0])
def test_falsy_id_is_an_id(task: Task, monkeypatch: pytest.MonkeyPatch, falsy: Any) -> None:
    ids = [falsy, "another"]
    monkeypatch.setattr(task.hook, "submit", lambda spec, key: ids.pop(0))
    monkeypatch.setattr(task.hook, "find", lambda key: None)
    monkeypatch.setattr(task.hook, "status", lambda job_id: min(FakeHook.ACTIVE))
    task.defer()
    assert task.defer().record["id"] == falsy
    assert ids == ["another"]


# A retry, and a worker that resumes.


def test_death_before_success_is_stored_leaves_one_job(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = event_of(task.defer())
    with monkeypatch.context() as patched:
        patched.setattr(task.store, "set", raises(WorkerDied))
        with pytest.raises(WorkerDied):
            task.operator().execute_complete(task.context, event)
    assert task.operator().execute(task.context) == {"result_of": "job-1"}
    assert len(task.hook.keys) == 1


def raises(error: type[BaseException]) -> Callable[..., Any]:
    def call(*_: Any, **__: Any) -> Any:
        raise error

    return call


def test_job_that_succeeded_and_was_then_forgotten_is_not_run_again(task: Task) -> None:
    task.hook.errors["before result"] = unavailable(10)
    with pytest.raises(ConnectionError):
        task.attempt(on_missing="resubmit")
    task.hook.statuses["job-1"] = JobStatus.NOT_FOUND
    with pytest.raises(ConnectionError):
        task.operator(on_missing="resubmit").execute(task.context)
    assert len(task.hook.keys) == 1


def test_event_alone_leads_to_the_result(task: Task) -> None:
    event = event_of(task.defer())
    task.store.values.clear()
    result = task.operator().execute_complete(task.context, event)
    assert result == {"result_of": "job-1"}


def test_event_of_an_earlier_version_is_understood(task: Task) -> None:
    record = task.defer().record
    event: Any = {"outcome": "failed", "said": "ended as 'LOST'", "record": record}
    with pytest.raises(AirflowException, match="Job job-1 ended as 'LOST'"):
        task.operator().execute_complete(task.context, event)


def test_status_call_on_a_worker_is_retried(task: Task, slept: list[float]) -> None:
    task.defer()
    task.hook.errors["before status"] = unavailable(4)
    task.defer()
    assert len(task.hook.keys) == 1
    assert 13 < sum(slept) < 17
    assert sum(slept) != pytest.approx(15.0, abs=1e-6), "The pauses have jitter"


def test_unreachable_system_never_leads_to_a_second_job(task: Task) -> None:
    task.hook.errors["before status"] = unavailable(1000)
    with pytest.raises(AirflowException, match="cannot be polled: ConnectionError"):
        task.attempt()
    with pytest.raises(ConnectionError):
        task.attempt()
    task.hook.errors.clear()
    assert task.operator().execute(task.context) == {"result_of": "job-1"}
    assert len(task.hook.keys) == 1


@pytest.mark.parametrize("is_deferred", [True, False])
def test_missing_job_is_submitted_again_if_allowed(task: Task, is_deferred: bool) -> None:
    if is_deferred:
        task.hook.statuses["job-1"] = JobStatus.NOT_FOUND
        with pytest.raises(AirflowException, match="next try submits it again") as raised:
            task.attempt(on_missing="resubmit")
        assert raised.type is AirflowException
    else:
        task.defer()
        task.hook.statuses["job-1"] = JobStatus.NOT_FOUND
    assert task.attempt(on_missing="resubmit") == {"result_of": "job-2"}


def test_job_that_is_missing_in_a_retry_fails_for_good(task: Task) -> None:
    task.defer()
    task.hook.statuses["job-1"] = JobStatus.NOT_FOUND
    with pytest.raises(AirflowFailException, match="no longer knows job job-1"):
        task.attempt()
    assert task.clock.now >= 1_800_000_060
    assert len(task.hook.keys) == 1


def test_job_that_is_not_visible_yet_is_waited_for(task: Task) -> None:
    task.defer()
    task.hook.statuses["job-1"] = JobStatus.NOT_FOUND
    task.clock.due = [(task.clock.now + 20, task.hook.statuses.clear)]
    assert task.attempt() == {"result_of": "job-1"}


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
    assert task.attempt() == {"result_of": "job-1"}


@pytest.mark.parametrize("policy", ["auto", "leave"])
def test_overdue_job_is_cancelled_unless_jobs_are_left(task: Task, policy: str) -> None:
    with pytest.raises(AirflowException, match="longer than 0:01:00") as raised:
        task.attempt(**HOUR, cancel_on_kill=policy)
    assert raised.type is AirflowException
    assert task.hook.cancelled == ([] if policy == "leave" else ["job-1"])


def test_attempt_that_stores_nothing_submits(task: Task) -> None:
    task.defer(durable=False)
    assert task.attempt(durable=False) == {"result_of": "job-2"}
    assert task.store.values == {}


def test_job_that_no_retry_would_find_fails_for_good(task: Task) -> None:
    with pytest.raises(AirflowFailException, match="longer than"):
        task.attempt(**HOUR, cancel_on_kill="leave", durable=False)
    task.hook.statuses["job-2"] = UNKNOWN
    with pytest.raises(AirflowFailException, match="UNHEARD OF"):
        task.attempt(durable=False)


def test_default_args_reach_the_operator(task: Task) -> None:
    defaults: Any = {"durable": False, "poll_interval": 3.0}
    operator = task.operator(default_args=defaults)
    assert (operator.durable, operator.poll_interval) == (False, 3.0)


def test_spec_is_templated(task: Task) -> None:
    operator = task.operator(spec={"name": "{{ run_id }}"})
    operator.render_template_fields({"run_id": "run 1"})
    assert operator.spec == {"name": "run 1"}


# The worker is stopped, or the task ended, while it is not deferred.


def test_job_of_a_reconnected_attempt_is_cancelled_too(task: Task) -> None:
    task.defer()
    task.ti.state = "success"
    with pytest.raises(AirflowFailException):
        task.defer(stop=True)
    assert "job-1" in task.hook.cancelled


def test_stop_after_a_reconnect_leaves_the_job_to_the_next_worker(task: Task) -> None:
    task.defer()
    with pytest.raises(AirflowRescheduleException):
        task.defer(stop=True)
    assert task.hook.cancelled == []


def test_stop_that_always_cancels_lets_the_retry_run_another_job(task: Task) -> None:
    with pytest.raises(AirflowException, match="stopped and its job cancelled") as raised:
        task.defer(stop=True, cancel_on_kill="cancel")
    assert raised.type is AirflowException
    assert task.attempt() == {"result_of": "job-2"}


def test_stopped_worker_leaves_the_job_if_jobs_are_left(task: Task) -> None:
    task.ti.state = "failed"
    with pytest.raises(AirflowRescheduleException) as raised:
        task.defer(stop=True, cancel_on_kill="leave")
    ahead: timedelta = raised.value.reschedule_date - timezone.utcnow()
    assert timedelta(seconds=5) < ahead <= timedelta(seconds=10)
    assert task.hook.cancelled == []


def test_stopped_attempt_that_stores_nothing_still_defers(task: Task) -> None:
    trigger = task.defer(stop=True, durable=False)
    assert event_of(trigger)["outcome"] == "succeeded"


def test_stop_is_noticed_within_a_second(task: Task, slept: list[float]) -> None:
    operator = task.operator()
    task.hook.errors["before submit"] = unavailable(4)
    task.clock.due = [(task.clock.now + 9, operator.on_kill)]
    with pytest.raises(AirflowRescheduleException):
        operator.execute(task.context)
    assert sum(slept) <= 10


def test_stopped_attempt_never_succeeds(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    def result(job_id: str) -> Any:
        operator.on_kill()
        return {}

    event = event_of(task.defer())
    operator = task.operator()
    monkeypatch.setattr(task.hook, "result", result)
    with pytest.raises(AirflowRescheduleException):
        operator.execute_complete(task.context, event)


def test_job_is_left_if_airflow_does_not_answer(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeTaskInstance, "get_task_states", raises(ConnectionError))
    with pytest.raises(AirflowRescheduleException):
        task.defer(stop=True)
    assert task.hook.cancelled == []


def test_signal_handler_asks_airflow_in_a_thread_that_it_does_not_wait_for(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = FakeTaskInstance.get_task_states
    is_interrupted = threading.Lock()

    def get_task_states(ti: FakeTaskInstance, **asked: Any) -> dict[str, Any]:
        with is_interrupted:
            return answer(ti, **asked)

    def stop_in_a_call() -> None:
        with is_interrupted:
            operator.on_kill()

    operator = task.operator()
    monkeypatch.setattr(FakeTaskInstance, "get_task_states", get_task_states)
    task.ti.state, task.ti.after_push = "failed", stop_in_a_call
    with pytest.raises(AirflowFailException):
        operator.execute(task.context)
    assert "job-1" in task.hook.cancelled


@pytest.mark.parametrize(("policy", "cancelled"), [("auto", ["job-1"]), ("leave", [])])
def test_timeout_of_the_task_cancels_the_job(task: Task, policy: str, cancelled: list[str]) -> None:
    operator = task.operator(cancel_on_kill=policy)
    task.ti.after_push = raises(AirflowTaskTimeout)
    try:
        operator.execute(task.context)
    except AirflowTaskTimeout:
        operator.on_kill()  # which Airflow calls there
    assert task.hook.cancelled == cancelled


def test_attempt_whose_supervisor_is_gone_ends_and_leaves_the_job(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    task.ti.after_push = lambda: monkeypatch.setattr("os.getppid", lambda: 1)
    with pytest.raises(AirflowException, match="supervisor"):
        task.operator().execute(task.context)
    assert task.hook.cancelled == []


def test_cleared_task_on_a_worker_keeps_the_job_if_its_store_is_kept(task: Task) -> None:
    task.ti.state = "restarting"
    with pytest.raises(AirflowRescheduleException):
        task.defer(stop=True)
    assert task.hook.cancelled == []


# The trigger.


def test_trigger_of_a_subclass_is_loaded_as_the_subclass(task: Task) -> None:
    class Patient(type(task.defer())):  # type: ignore[misc]
        PATIENCE = 3600.0

    path, _ = Patient(**task.defer().serialize()[1]).serialize()
    assert path.endswith("Patient")


def test_trigger_can_run_again_after_its_triggerer_was_lost(task: Task) -> None:
    trigger = task.defer()
    task.hook.errors["before status"] = [WorkerDied()]
    with pytest.raises(WorkerDied):
        event_of(trigger)
    assert event_of(again(trigger, task))["outcome"] == "succeeded"


def again(trigger: Any, task: Task, **changes: Any) -> Any:
    """Return the trigger as the next Triggerer loads it."""
    _, arguments = json.loads(json.dumps(trigger.serialize()))
    loaded = type(trigger)(**(arguments | changes))
    loaded.hook = task.hook
    return loaded


def test_trigger_reports_an_overdue_job_at_the_deadline(task: Task) -> None:
    trigger = task.defer(**HOUR, poll_interval=7.0)
    assert event_of(trigger)["outcome"] == "overdue"
    assert task.clock.now - 1_800_000_000 == pytest.approx(60, abs=0.01)


def test_job_that_ended_in_time_is_not_overdue(task: Task) -> None:
    trigger = task.defer(job_timeout=timedelta(seconds=60))
    task.clock.now += 3600
    assert event_of(trigger)["outcome"] == "succeeded"


def test_trigger_reports_an_unreachable_system_at_the_deadline_as_overdue(task: Task) -> None:
    trigger = again(task.defer(), task, timeout=90)
    task.hook.errors["before status"] = unavailable(1000)
    assert event_of(trigger)["outcome"] == "overdue"
    assert task.clock.now - 1_800_000_000 < 91


def test_trigger_waits_ten_minutes_for_an_answer(task: Task) -> None:
    trigger = task.defer()
    task.hook.errors["before status"] = unavailable(10)
    assert event_of(trigger)["outcome"] == "succeeded"
    assert task.clock.now - 1_800_000_000 > 120
    task.hook.errors["before status"] = unavailable(1000)
    start = task.clock.now
    assert event_of(trigger)["outcome"] == "error"
    assert 600 <= task.clock.now - start < 700


def test_trigger_reports_an_unknown_status(task: Task) -> None:
    trigger = task.defer()
    task.hook.statuses["job-1"] = UNKNOWN
    assert event_of(trigger)["outcome"] == "unknown"
    task.hook.statuses.clear()
    task.hook.errors["before status"] = [unknown_status(), *unavailable(9)]
    assert event_of(trigger)["outcome"] == "unknown", "Asking again would not help"


def unknown_status() -> Exception:
    with pytest.raises(AirflowException) as raised:
        JobStatus("UNHEARD OF")
    return raised.value


def test_trigger_reports_a_missing_job_after_a_minute(task: Task) -> None:
    trigger = task.defer()
    task.hook.statuses["job-1"] = JobStatus.NOT_FOUND
    assert event_of(trigger)["outcome"] == "not found"
    assert 60 <= task.clock.now - 1_800_000_000 < 120


def test_trigger_gives_up_a_call_that_hangs(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    async def astatus(job_id: str) -> JobStatus:
        calls.append(job_id)
        if len(calls) == 1:
            await really_sleep(1)
            raise WorkerDied
        return min(FakeHook.SUCCEEDED)

    trigger = task.defer()
    monkeypatch.setattr(task.hook, "astatus", astatus)
    monkeypatch.setattr(type(trigger), "ANSWER_TIMEOUT", 0.05)
    assert event_of(trigger)["outcome"] == "succeeded"


def test_pauses_of_the_trigger_grow_to_their_limit(task: Task, slept: list[float]) -> None:
    event_of(task.defer(spec={"seconds": 600}))
    assert slept[0] == pytest.approx(10, rel=0.1)
    assert 54 <= max(slept) <= 66
    assert 10 <= len(slept) <= 20


def test_trigger_never_blocks_the_event_loop(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    async def astatus(job_id: str) -> JobStatus:
        return min(FakeHook.SUCCEEDED if len(pauses) > 2 else FakeHook.ACTIVE)

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    pauses: list[float] = []
    trigger = task.defer()
    monkeypatch.setattr(task.hook, "astatus", astatus)
    monkeypatch.setattr(asyncio, "sleep", sleep)
    monkeypatch.setattr(Clock, "sleep", raises(AssertionError))
    for blocking in ("submit", "find", "status", "cancel", "result"):
        monkeypatch.setattr(task.hook, blocking, raises(AssertionError))
    assert event_of(trigger)["outcome"] == "succeeded"


def test_stop_of_the_triggerer_cancels_nothing(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    async def astatus(job_id: str) -> JobStatus:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    async def run_and_stop() -> None:
        running = asyncio.create_task(anext(trigger.run()))  # type: ignore[arg-type]
        await asked.wait()
        running.cancel("the Triggerer is stopped")
        with pytest.raises(asyncio.CancelledError):
            await running
        await trigger.cleanup()

    asked = asyncio.Event()
    trigger = task.defer(cancel_on_kill="cancel")
    monkeypatch.setattr(task.hook, "astatus", astatus)
    asyncio.run(run_and_stop())
    assert task.hook.cancelled == []


# The task is ended or cleared while it is deferred.


class Airflow:
    """Answers a trigger's questions about its task, one state and job id after the other."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: list[tuple[str | None, str | None]] = [("failed", "job-1")]
        self.asked: list[int] = []
        sdk = "airflow.sdk.execution_time"
        states = f"{sdk}.task_runner.RuntimeTaskInstance.get_task_states"
        monkeypatch.setattr(states, self.get_task_states)
        monkeypatch.setattr(f"{sdk}.xcom.XCom.get_one", self.get_one)

    def get_task_states(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked["map_index"])
        return {asked["run_ids"][0]: {asked["task_ids"][0]: self.answers[0][0]}}

    def get_one(self, *, key: str, map_index: int, **_: Any) -> str | None:
        assert (key, map_index) == ("job_id", self.asked[-1])
        return (self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])[1]


@pytest.fixture
def airflow(monkeypatch: pytest.MonkeyPatch) -> Airflow:
    return Airflow(monkeypatch)


def deferred(task: Task, **parameters: Any) -> Any:
    """Return a trigger as it waits in a Triggerer."""
    trigger = task.defer(**DAY, **parameters)
    trigger.task_instance = task.ti  # type: ignore[assignment]
    return trigger


@pytest.mark.parametrize("state", ["failed", "success", "skipped", "removed"])
def test_job_of_a_deferred_task_that_a_user_ends_is_cancelled(
    task: Task, airflow: Airflow, state: str
) -> None:
    airflow.answers = [(state, "job-1")]
    asyncio.run(deferred(task).on_kill())
    assert task.hook.cancelled == ["job-1"]


@pytest.mark.parametrize(
    ("last", "cancelled"), [(("deferred", "job-1"), []), (("running", "job-2"), ["job-1"])]
)
def test_job_of_a_cleared_task_depends_on_the_next_attempt(
    task: Task, airflow: Airflow, last: tuple[str, str], cancelled: list[str]
) -> None:
    waiting = [(None, "job-1"), ("queued", "job-1"), ("running", "job-1"), ("running", None)]
    airflow.answers = [*waiting, last]
    asyncio.run(deferred(task).on_kill())
    assert task.hook.cancelled == cancelled
    assert len(airflow.asked) == 5


def test_job_that_no_attempt_asks_for_is_cancelled_at_its_deadline(
    task: Task, airflow: Airflow
) -> None:
    airflow.answers = [("queued", None)]
    asyncio.run(deferred(task, job_timeout=timedelta(hours=1)).on_kill())
    assert task.hook.cancelled == ["job-1"]
    assert task.clock.now - 1_800_000_000 >= 3600


@pytest.mark.parametrize(("policy", "cancelled"), [("cancel", ["job-1"]), ("leave", [])])
def test_other_policies_do_not_ask_airflow(
    task: Task, airflow: Airflow, policy: str, cancelled: list[str]
) -> None:
    asyncio.run(deferred(task, cancel_on_kill=policy).on_kill())
    assert task.hook.cancelled == cancelled
    assert airflow.asked == []


def test_job_of_a_deferred_task_is_left_if_airflow_does_not_answer(
    task: Task, airflow: Airflow
) -> None:
    airflow.answers = []
    asyncio.run(deferred(task).on_kill())
    assert task.hook.cancelled == []


def test_cancellation_is_retried(
    task: Task, airflow: Airflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancel, errors = task.hook.cancel, unavailable(3)

    def failing(job_id: str) -> None:
        if errors:
            raise errors.pop()
        cancel(job_id)

    monkeypatch.setattr(task.hook, "cancel", failing)
    asyncio.run(deferred(task).on_kill())
    assert task.hook.cancelled == ["job-1"]


def test_job_is_cancelled_even_if_airflow_cancels_the_call(task: Task, airflow: Airflow) -> None:
    async def cancel_the_call() -> None:
        call = asyncio.create_task(trigger.on_kill())
        await really_sleep(0)
        for _ in range(2):
            call.cancel()
            await really_sleep(0)
        assert call.cancelled()
        await asyncio.gather(*triggers._decisions)

    trigger = deferred(task)
    asyncio.run(cancel_the_call())
    assert task.hook.cancelled == ["job-1"]


def test_trigger_of_a_mapped_task_asks_for_its_own_map_index(task: Task, airflow: Airflow) -> None:
    task.ti.map_index = 3
    asyncio.run(deferred(task).on_kill())
    assert airflow.asked == [3]
