"""The fake supervisor answers a task with the SDK's classes, one message at a time."""

from __future__ import annotations

import asyncio
import threading
from collections import UserDict
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from advisor.drill.runtime.clock import Clock
from advisor.drill.runtime.events import (
    Event,
    Forgotten,
    Journal,
    Point,
    SignalSent,
    Stored,
    Unanswered,
    XComCleared,
    XComPushed,
)
from advisor.drill.runtime.replies import SdkReplies, UnansweredMessage
from advisor.drill.runtime.service import Behaviour, JobService, RunContext, Statuses
from advisor.drill.runtime.stand_ins import FakeTaskBackend, Supervisor

SECONDS = 5.0


class Answer(UserDict[str, object]):
    """An answer of the fake SDK: its fields, and the name of its class."""

    def __init__(self, kind: str, **fields: object) -> None:
        super().__init__({"kind": kind, **fields})


def answer_class(kind: str) -> Callable[..., Answer]:
    return lambda **fields: Answer(kind, **fields)


COMMS = SimpleNamespace(
    ErrorType=SimpleNamespace(
        GENERIC_ERROR="generic",
        TASK_STORE_NOT_FOUND="not found",
        XCOM_NOT_FOUND="no xcom",
        DAGRUN_ALREADY_EXISTS="exists",
        CONNECTION_NOT_FOUND="no connection",
        VARIABLE_NOT_FOUND="no variable",
    ),
    **{
        kind: answer_class(kind)
        for kind in (
            *("OKResponse", "ErrorResponse", "TaskStateStoreResult"),
            *("XComResult", "XComCountResponse", "XComSequenceIndexResult"),
            *("XComSequenceSliceResult", "TaskStatesResult", "TICount"),
            *("DagRunStateResult", "DRCount", "PreviousDagRunResult", "VariableResult"),
        )
    },
)
WHOLE = {"start": None, "stop": None, "step": None}
OK = Answer("OKResponse", ok=True)
END_SIGNAL = SignalSent("END", Point("execute", "operators.py:2", 1))


class Task:
    """A task that sends messages to a supervisor."""

    def __init__(self, folder: Path, *events: Event) -> None:
        self.reached: list[str] = []
        self.journal = Journal(folder / "journal")
        self.journal.extend(events)
        context = RunContext(self.journal, Behaviour(), self.reached.append)
        self.service = JobService(context, Clock(), Statuses())
        self.answers = SdkReplies(FakeTaskBackend(context, self.service), COMMS)

    def ask(self, kind: str, **fields: object) -> object:
        return self.answers(message(kind, **fields))


def message(kind: str, **fields: object) -> object:
    return type(kind, (SimpleNamespace,), {})(**fields)


@pytest.mark.parametrize(
    ("events", "answer"),
    [
        ([], Answer("ErrorResponse", error="not found")),
        ([Stored("k", 1)], Answer("TaskStateStoreResult", value=1)),
        ([Stored("k", 1), Stored("k", 2)], Answer("TaskStateStoreResult", value=2)),
        ([Stored("other", 1)], Answer("ErrorResponse", error="not found")),
        ([Stored("k", 1), Forgotten("k")], Answer("ErrorResponse", error="not found")),
        ([Stored("k", 1), Forgotten(None)], Answer("ErrorResponse", error="not found")),
        ([Stored("k", 1), Forgotten("other")], Answer("TaskStateStoreResult", value=1)),
        ([Stored("k", 1), XComCleared()], Answer("TaskStateStoreResult", value=1)),
    ],
)
def test_store_returns_the_last_entry_of_a_key(
    tmp_path: Path, events: list[Event], answer: Answer
) -> None:
    task = Task(tmp_path, *events)
    assert task.ask("GetTaskStateStore", key="k") == answer
    assert task.reached == ["store.get:before", "store.get:after"]


@pytest.mark.parametrize(
    ("kind", "fields", "event", "call"),
    [
        ("SetTaskStateStore", {"key": "k", "value": [1]}, Stored("k", [1]), "store.set"),
        ("DeleteTaskStateStore", {"key": "k"}, Forgotten("k"), "store.delete"),
        ("ClearTaskStateStore", {}, Forgotten(None), "store.delete"),
        ("SetXCom", {"key": "k", "value": 1}, XComPushed("k", 1), "xcom"),
    ],
)
def test_change_is_written_between_the_points_before_and_after(
    tmp_path: Path, kind: str, fields: dict[str, Any], event: Event, call: str
) -> None:
    task = Task(tmp_path)
    assert task.ask(kind, **fields) == OK
    assert task.journal.read() == [event]
    assert task.reached == [f"{call}:before", f"{call}:after"]


@pytest.mark.parametrize(
    ("events", "value"),
    [
        ([], None),
        ([XComPushed("k", 1), XComPushed("k", 2)], 2),
        ([XComPushed("other", 1)], None),
        ([XComPushed("k", 1), XComCleared()], None),
        ([XComPushed("k", 1), Forgotten(None)], 1),
    ],
)
def test_xcom_returns_the_last_value_since_it_was_cleared(
    tmp_path: Path, events: list[Event], value: object
) -> None:
    answer = Task(tmp_path, *events).ask("GetXCom", key="k", task_id="drilled")
    assert answer == Answer("XComResult", key="k", value=value)


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([], "running"),
        ([SignalSent("TERM", Point("execute", "operators.py:2", 1))], "running"),
        ([END_SIGNAL], "failed"),
    ],
)
@pytest.mark.parametrize(
    ("task_ids", "map_index", "asked"),
    [(None, None, "drilled"), (["other"], -1, "other"), (["drilled"], 0, "drilled_0")],
)
def test_task_states_are_failed_after_a_user_ended_the_task(
    tmp_path: Path,
    events: list[Event],
    state: str,
    task_ids: list[str] | None,
    map_index: int | None,
    asked: str,
) -> None:
    task = Task(tmp_path, *events)
    asked_for: dict[str, Any] = {"dag_id": "drill", "run_ids": None, "logical_dates": None}
    answer = task.ask("GetTaskStates", task_ids=task_ids, map_index=map_index, **asked_for)
    assert answer == Answer("TaskStatesResult", task_states={"manual__drill": {asked: state}})
    assert task.reached == ["states:before"]


@pytest.mark.parametrize("kind", ["GetDag", "AwaitInputTask"])
def test_message_without_an_answer_is_recorded_and_raises(tmp_path: Path, kind: str) -> None:
    task = Task(tmp_path)
    with pytest.raises(UnansweredMessage, match=kind):
        task.ask(kind)
    assert task.journal.read() == [Unanswered(kind)]


@pytest.mark.parametrize(
    ("kind", "fields", "answer"),
    [
        ("GetXComCount", {}, Answer("XComCountResponse", len=1)),
        ("GetXComSequenceItem", {"offset": 0}, Answer("XComSequenceIndexResult", root=7)),
        ("GetXComSequenceItem", {"offset": -1}, Answer("XComSequenceIndexResult", root=7)),
        ("GetXComSequenceItem", {"offset": 1}, Answer("ErrorResponse", error="no xcom")),
        ("GetXComSequenceItem", {"offset": -2}, Answer("ErrorResponse", error="no xcom")),
        ("GetXComSequenceSlice", WHOLE, Answer("XComSequenceSliceResult", root=[7])),
        (
            "GetXComSequenceSlice",
            {**WHOLE, "start": 1},
            Answer("XComSequenceSliceResult", root=[]),
        ),
    ],
)
def test_xcom_of_the_task_is_a_sequence_of_one(
    tmp_path: Path, kind: str, fields: dict[str, Any], answer: Answer
) -> None:
    task = Task(tmp_path, XComPushed("k", 7))
    assert task.ask(kind, key="k", task_id="drilled", **fields) == answer


def test_other_tasks_have_no_xcoms(tmp_path: Path) -> None:
    task = Task(tmp_path, XComPushed("k", 7))
    pulled = task.ask("GetXComSequenceSlice", key="k", task_id="other", **WHOLE)
    assert pulled == Answer("XComSequenceSliceResult", root=[])
    assert task.ask("GetXCom", key="k", task_id="other") == Answer(
        "XComResult", key="k", value=None
    )


def test_triggered_dag_run_is_a_job_of_the_service(tmp_path: Path) -> None:
    task = Task(tmp_path)
    trigger = {"dag_id": "child", "run_id": "r", "reset_dag_run": False}
    assert task.ask("TriggerDagRun", **trigger) == OK
    assert [(job.id, job.spec) for job in task.service.jobs] == [("r", {"dag": "child"})]
    assert task.ask("GetDagRunState", run_id="r") == Answer("DagRunStateResult", state="running")
    running = {"run_ids": ["r"], "logical_dates": None, "states": ["running"]}
    assert task.ask("GetDRCount", **running) == Answer("DRCount", count=1)
    assert task.ask("TriggerDagRun", **trigger) == Answer("ErrorResponse", error="exists")
    assert len(task.service.jobs) == 1


def test_reset_dag_run_is_cancelled_and_started_again(tmp_path: Path) -> None:
    task = Task(tmp_path)
    for _ in range(2):
        task.ask("TriggerDagRun", dag_id="child", run_id="r", reset_dag_run=True)
    statuses = {job.id: task.service.peek(job.id) for job in task.service.jobs}
    assert statuses == {"r": "CANCELLED", "r (reset 1)": "RUNNING"}


def test_dag_runs_and_tasks_of_other_dags_have_succeeded(tmp_path: Path) -> None:
    task = Task(tmp_path)
    several = {"run_ids": ["a", "b"], "logical_dates": None}
    assert task.ask("GetDagRunState", run_id="a") == Answer("DagRunStateResult", state="success")
    assert task.ask("GetDRCount", states=["success"], **several) == Answer("DRCount", count=2)
    asked_for = {"dag_id": "other", "task_ids": ["x", "y", "z"], **several}
    assert task.ask("GetTICount", states=["success"], **asked_for) == Answer("TICount", count=6)
    assert task.ask("GetTICount", states=["failed"], **asked_for) == Answer("TICount", count=0)


def test_variable_is_found_after_it_is_set(tmp_path: Path) -> None:
    task = Task(tmp_path)
    missing = Answer("ErrorResponse", error="no variable")
    assert task.ask("GetVariable", key="k") == missing
    task.ask("PutVariable", key="k", value="v")
    assert task.ask("GetVariable", key="k") == Answer("VariableResult", key="k", value="v")
    task.ask("DeleteVariable", key="k")
    assert task.ask("GetVariable", key="k") == missing


def test_connection_is_not_found(tmp_path: Path) -> None:
    missing = Answer("ErrorResponse", error="no connection")
    assert Task(tmp_path).ask("GetConnection", conn_id="c") == missing


def test_there_is_no_previous_dag_run(tmp_path: Path) -> None:
    answer = Task(tmp_path).ask("GetPreviousDagRun", dag_id="drill")
    assert answer == Answer("PreviousDagRunResult", dag_run=None)


def test_unknown_report_gets_ok_without_a_change(tmp_path: Path) -> None:
    task = Task(tmp_path)
    assert task.ask("SetRenderedFields", rendered_fields={}) == OK
    assert task.journal.read() == []


def test_send_releases_the_lock_after_an_answer() -> None:
    supervisor = Supervisor(lambda msg: msg * 2, RuntimeError)
    assert [supervisor.send(1), supervisor.send(2)] == [2, 4]


def test_send_releases_the_lock_after_an_error() -> None:
    supervisor = Supervisor(lambda msg: 1 // msg, RuntimeError)
    with pytest.raises(ZeroDivisionError):
        supervisor.send(0)
    assert supervisor.send(1) == 1


def test_send_blocks_inside_another_send() -> None:
    asked: list[str] = []

    def answer(msg: str) -> None:
        asked.append(msg)
        if msg == "outer":
            supervisor.send("inner")

    supervisor = Supervisor(answer, RuntimeError)
    thread = threading.Thread(target=supervisor.send, args=["outer"], daemon=True)
    thread.start()
    thread.join(0.2)
    assert thread.is_alive()
    assert asked == ["outer"]


def test_asend_answers_in_another_thread() -> None:
    supervisor = Supervisor(lambda msg: (msg, threading.get_ident()), RuntimeError)
    answer, thread = asyncio.run(supervisor.asend("question"))
    assert answer == "question"
    assert thread != threading.get_ident()


def test_asend_answers_one_message_at_a_time() -> None:
    active: list[str] = []
    most: list[int] = []

    def answer(msg: str) -> str:
        active.append(msg)
        most.append(len(active))
        active.remove(msg)
        return msg

    async def ask() -> list[str]:
        return [*await asyncio.gather(*(supervisor.asend(each) for each in "abc"))]

    supervisor = Supervisor(answer, RuntimeError)
    assert asyncio.run(ask()) == ["a", "b", "c"]
    assert most == [1, 1, 1]


def test_send_on_the_event_loop_raises_the_deadlock_error_during_asend() -> None:
    class Deadlock(Exception):
        pass

    asked, answered = threading.Event(), threading.Event()

    def answer(_: str) -> str:
        asked.set()
        assert answered.wait(SECONDS)
        return "answer"

    async def ask() -> str:
        waiting = asyncio.ensure_future(supervisor.asend("first"))
        await asyncio.to_thread(asked.wait, SECONDS)
        with pytest.raises(Deadlock):
            supervisor.send("second")
        answered.set()
        return str(await waiting)

    supervisor = Supervisor(answer, Deadlock)
    assert asyncio.run(ask()) == "answer"
