"""Answers the messages that a task sends to Airflow's supervisor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

RUN_ID: Final = "manual__drill"
TASK_ID: Final = "drilled"
DAG_ID: Final = "drill"
REPORTS: Final = (
    *("SucceedTask", "TaskState", "RetryTask", "DeferTask", "RescheduleTask"),
    *("SkipDownstreamTasks", "SetRenderedFields", "SetRenderedMapIndex", "MaskSecret"),
    *("ResendLoggingFD", "SetExecutionTimeout", "UpdateDagRunNote"),
)
"""Messages that need no answer. The drill learns the outcome of a task from its process."""


class UnansweredMessage(Exception):
    """The drill cannot answer a message; it ends, even if the task catches this error."""


class SdkReplies:
    """Answers the messages of a task with the classes of the SDK.

    A task of the drill is alone in its Dag. So other tasks have no XComs; tasks and Dag runs that
    this task has not triggered have succeeded; there is no earlier Dag run.

    Args:
        backend: a FakeTaskBackend, or an object with the same members.
        comms: the module `airflow.sdk.execution_time.comms`.
        task_id: the id of the task.
    """

    def __init__(self, backend: Any, comms: Any, task_id: str = TASK_ID) -> None:
        self._backend = backend
        self._comms = comms
        self._task_id = task_id
        self._answers: dict[str, Callable[[Any], Any]] = {
            "GetTaskStateStore": self._stored,
            "SetTaskStateStore": lambda msg: backend.store(msg.key, msg.value),
            "DeleteTaskStateStore": lambda msg: backend.forget(msg.key),
            "ClearTaskStateStore": lambda _: backend.forget(None),
            "SetXCom": lambda msg: backend.push(msg.key, msg.value),
            "DeleteXCom": lambda msg: backend.push(msg.key, None),
            "GetXCom": self._xcom,
            "GetXComCount": lambda msg: comms.XComCountResponse(len=len(self._pulled(msg))),
            "GetXComSequenceItem": self._xcom_item,
            "GetXComSequenceSlice": self._xcom_slice,
            "GetTaskStates": self._states,
            "GetTICount": lambda msg: comms.TICount(count=self._task_count(msg)),
            "TriggerDagRun": self._triggered,
            "GetDagRunState": self._run_state,
            "GetDRCount": self._run_count,
            "GetPreviousDagRun": lambda _: comms.PreviousDagRunResult(dag_run=None),
            "GetPreviousTI": lambda _: comms.PreviousTIResult(task_instance=None),
            "GetPrevSuccessfulDagRun": lambda _: comms.PrevSuccessfulDagRunResult(),
            "GetTaskBreadcrumbs": lambda _: comms.TaskBreadcrumbsResult(breadcrumbs=[]),
            "ValidateInletsAndOutlets": lambda _: comms.InactiveAssetsResult(inactive_assets=[]),
            "GetConnection": lambda _: self._error("CONNECTION_NOT_FOUND"),
            "GetVariable": self._variable,
            "PutVariable": lambda msg: backend.set_variable(msg.key, msg.value),
            "DeleteVariable": lambda msg: backend.set_variable(msg.key, None),
            **dict.fromkeys(REPORTS, lambda _: None),
        }

    def __call__(self, msg: Any) -> Any:
        """Return the answer to a message.

        Raises:
            UnansweredMessage: the drill cannot answer it.
        """
        kind = type(msg).__name__
        if kind not in self._answers:
            self._backend.refuse(kind)
            raise UnansweredMessage(f"the drill cannot answer {kind}")
        return self._answers[kind](msg) or self._comms.OKResponse(ok=True)

    def _error(self, kind: str) -> Any:
        return self._comms.ErrorResponse(error=getattr(self._comms.ErrorType, kind))

    def _stored(self, msg: Any) -> Any:
        value = self._backend.stored(msg.key)
        if value is None:
            return self._error("TASK_STORE_NOT_FOUND")
        return self._comms.TaskStateStoreResult(value=value)

    def _pulled(self, msg: Any) -> list[Any]:
        """Return the XComs of a task: one at most, because the task is not mapped."""
        value = self._backend.pushed(msg.key) if msg.task_id == self._task_id else None
        return [] if value is None else [value]

    def _xcom(self, msg: Any) -> Any:
        return self._comms.XComResult(key=msg.key, value=[*self._pulled(msg), None][0])

    def _xcom_item(self, msg: Any) -> Any:
        values = self._pulled(msg)
        if not -len(values) <= msg.offset < len(values):
            return self._error("XCOM_NOT_FOUND")
        return self._comms.XComSequenceIndexResult(root=values[msg.offset])

    def _xcom_slice(self, msg: Any) -> Any:
        values = self._pulled(msg)[msg.start : msg.stop : msg.step]
        return self._comms.XComSequenceSliceResult(root=values)

    def _states(self, msg: Any) -> Any:
        state = self._backend.state if msg.dag_id == DAG_ID else "success"
        mapped = "" if msg.map_index is None or msg.map_index < 0 else f"_{msg.map_index}"
        tasks = msg.task_ids or [self._task_id]
        states = dict.fromkeys((f"{each}{mapped}" for each in tasks), state)
        return self._comms.TaskStatesResult(task_states=dict.fromkeys(_runs(msg), states))

    def _task_count(self, msg: Any) -> int:
        state = self._backend.state if msg.dag_id == DAG_ID else "success"
        tasks = len(msg.task_ids or [self._task_id]) * len(_runs(msg))
        return tasks if msg.states is None or state in msg.states else 0

    def _triggered(self, msg: Any) -> Any:
        if self._backend.runs.trigger(msg.dag_id, msg.run_id, reset=bool(msg.reset_dag_run)):
            return None
        return self._error("DAGRUN_ALREADY_EXISTS")

    def _run_state(self, msg: Any) -> Any:
        state = "running" if msg.run_id == RUN_ID else self._backend.runs.state(msg.run_id)
        if state is None:
            return self._error("GENERIC_ERROR")
        return self._comms.DagRunStateResult(state=state)

    def _run_count(self, msg: Any) -> Any:
        count = self._backend.runs.count(_runs(msg), msg.states)
        return self._comms.DRCount(count=count)

    def _variable(self, msg: Any) -> Any:
        value = self._backend.variable(msg.key)
        if value is None:
            return self._error("VARIABLE_NOT_FOUND")
        return self._comms.VariableResult(key=msg.key, value=value)


def _runs(msg: Any) -> list[str]:
    """Return the Dag runs that a message asks for."""
    return list(msg.run_ids or map(str, msg.logical_dates or [RUN_ID]))
