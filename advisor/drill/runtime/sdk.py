"""Airflow's own task runner over a stand-in for its supervisor: all that is private of the SDK."""

from __future__ import annotations

import importlib
import inspect
import logging
import math
import os
import signal
import uuid
from collections.abc import Callable
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from advisor.drill.runtime.attempts import Attempt, Ended
from advisor.drill.runtime.supervisor import Supervisor
from advisor.drill.runtime.triggerer import Triggerer

KNOWN: Final = ("1.3.0", "1.3.1", "1.3.2", "1.4.0b2")
"""The releases of apache-airflow-task-sdk whose private parts are those that this module uses."""
PACKAGE: Final = "apache-airflow-task-sdk"
RUN: Final = datetime(2026, 1, 1, tzinfo=timezone.utc)
DAG_ID, RUN_ID, TASK_ID = "drill", "manual__drill", "drilled"


class Unknown(Exception):
    """The SDK is none that this module knows."""


def check_version() -> str:
    """Return the version of the SDK, and raise Unknown where it is missing or not known here."""
    try:
        found = version(PACKAGE)
    except PackageNotFoundError:
        raise Unknown("no Airflow 3 is installed there") from None
    if found not in KNOWN:
        raise Unknown(f"{PACKAGE} {found} is there, known are {', '.join(KNOWN)}")
    return found


def silence() -> None:
    """Keep Airflow from logging: it would cost more than all the rest of an attempt."""
    import airflow.sdk  # noqa: F401 - it configures logging, and not again after this
    import structlog

    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def block_database() -> None:
    """Keep tasks from Airflow's database, as the supervisor of a real one does.

    It also spares every fork the renewal of a pool of connections.
    """
    from airflow.sdk.execution_time.supervisor import block_orm_access

    block_orm_access()


def warm_up() -> None:
    """Run a task that does nothing here, so that no attempt has to load what every one needs."""
    from airflow.sdk import BaseOperator

    class Nothing(BaseOperator):
        template_fields = ("nothing",)

        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.nothing = {"nothing": "{{ run_id }}"}

        def execute(self, context: Any) -> Any:
            store = context["task_state_store"]
            store.set("nothing", self.nothing)
            store.get("nothing")
            return self.nothing

    run_attempt(task_of(lambda: Nothing(task_id=TASK_ID)), Attempt(1, 0), _Nowhere())
    forget_signals()


class _Nowhere:
    """A world that keeps nothing."""

    state = "running"

    def stored(self, _key: str) -> str:
        return "nothing"

    def store(self, _key: str, _value: object) -> None:
        pass

    push = store


def task_of(make: Callable[[], Any]) -> Any:
    """Return the operator that a function makes, as the only task of a Dag."""
    from airflow.sdk import DAG

    with DAG(DAG_ID, schedule=None, start_date=RUN):
        return make()


def mixin_file() -> str:
    """Return the path of the mixin that resumable operators share."""
    from airflow.sdk.bases import resumablejobmixin

    return str(resumablejobmixin.__file__)


def trigger_file(deferral: dict[str, Any]) -> dict[str, str]:
    """Return the path of the file of a trigger, with the name that points give to it."""
    path = inspect.getsourcefile(_trigger_class(deferral)) or ""
    return {path: Path(path).name}


class _Answers:
    """What a task is answered, from a world that outlives the task's process."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    def __call__(self, msg: Any) -> Any:
        from airflow.sdk.execution_time import comms

        kind = type(msg).__name__
        answer = getattr(self, f"_{kind}", None)
        if answer is not None:
            return answer(msg, comms)
        if kind.startswith("Get"):
            return comms.ErrorResponse(error=comms.ErrorType.GENERIC_ERROR)
        return comms.OKResponse(ok=True)

    def _GetTaskStateStore(self, msg: Any, comms: Any) -> Any:  # noqa: N802
        found = self._backend.stored(msg.key)
        if found is None:
            return comms.ErrorResponse(error=comms.ErrorType.TASK_STORE_NOT_FOUND)
        return comms.TaskStateStoreResult(value=found)

    def _SetTaskStateStore(self, msg: Any, comms: Any) -> Any:  # noqa: N802
        self._backend.store(msg.key, msg.value)
        return comms.OKResponse(ok=True)

    def _DeleteTaskStateStore(self, msg: Any, comms: Any) -> Any:  # noqa: N802
        self._backend.forget(msg.key)
        return comms.OKResponse(ok=True)

    def _ClearTaskStateStore(self, _msg: Any, comms: Any) -> Any:  # noqa: N802
        self._backend.forget(None)
        return comms.OKResponse(ok=True)

    def _SetXCom(self, msg: Any, comms: Any) -> Any:  # noqa: N802
        self._backend.push(msg.key, msg.value)
        return comms.OKResponse(ok=True)

    def _GetXCom(self, msg: Any, comms: Any) -> Any:  # noqa: N802
        return comms.XComResult(key=msg.key, value=self._backend.pushed(msg.key))

    def _GetTaskStates(self, msg: Any, comms: Any) -> Any:  # noqa: N802
        states = {RUN_ID: dict.fromkeys(msg.task_ids or [TASK_ID], self._backend.state)}
        return comms.TaskStatesResult(task_states=states)


def run_attempt(task: Any, attempt: Attempt, backend: Any) -> Ended:
    """Run one attempt of a task in this process, as Airflow's task runner does."""
    import structlog
    from airflow.sdk.execution_time import task_runner

    _answer_from(backend)
    ti = _task_instance(task, attempt)
    state, msg, error = task_runner.run(ti, ti.get_template_context(), structlog.get_logger())
    kind = type(msg).__name__
    return Ended(
        state=str(getattr(state, "value", state)),
        error=f"{type(error).__name__}: {error}" if error else None,
        deferral=msg.model_dump(mode="json") if kind == "DeferTask" else None,
        seconds=_seconds_until(msg.reschedule_date) if kind == "RescheduleTask" else 0.0,
    )


def resume_with(deferral: dict[str, Any], event: Any) -> dict[str, Any]:
    """Return what an attempt resumes with after the event of its trigger."""
    from airflow.sdk.serde import deserialize, serialize

    kwargs = deserialize(deferral["next_kwargs"] or {}) or {}
    return {
        "next_method": deferral["next_method"],
        "next_kwargs": serialize({**kwargs, "event": event}),
        "start_date": RUN.isoformat(),
    }


def triggerer(task: Any, deferral: dict[str, Any], attempt: Attempt, backend: Any) -> Triggerer:
    """Return what runs the trigger that an attempt of a task has deferred to."""
    from airflow.sdk.serde import deserialize

    _answer_from(backend)
    task_instance = _task_instance(task, attempt)

    def make() -> Any:
        trigger = _trigger_class(deferral)(**deserialize(deferral["trigger_kwargs"]))
        trigger.task_instance = task_instance
        return trigger

    return Triggerer(make)


def _answer_from(backend: Any) -> None:
    """Let whatever this process asks its supervisor be answered from a world."""
    from airflow.sdk.execution_time import comms, task_runner

    deadlock = getattr(comms, "DeadlockImminentError", RuntimeError)
    task_runner.SUPERVISOR_COMMS = Supervisor(_Answers(backend), deadlock)


def _trigger_class(deferral: dict[str, Any]) -> Any:
    module, _, name = str(deferral["classpath"]).rpartition(".")
    return getattr(importlib.import_module(module), name)


def _task_instance(task: Any, attempt: Attempt) -> Any:
    from airflow.sdk.api.datamodels._generated import DagRun, TIRunContext
    from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance

    run = DagRun.model_validate(
        {
            **dict.fromkeys(("logical_date", "data_interval_start", "data_interval_end"), RUN),
            "dag_id": DAG_ID,
            "run_id": RUN_ID,
            "run_after": RUN,
            "start_date": RUN,
            "end_date": None,
            "run_type": "manual",
            "state": "running",
            "consumed_asset_events": [],
            "partition_key": None,
        }
    )
    context = TIRunContext(
        dag_run=run,
        max_tries=attempt.max_tries,
        should_retry=attempt.try_number <= attempt.max_tries,
        **(attempt.resume or {}),
    )
    return RuntimeTaskInstance.model_construct(
        id=uuid.uuid4(),
        task_id=task.task_id,
        dag_id=DAG_ID,
        run_id=RUN_ID,
        try_number=attempt.try_number,
        map_index=-1,
        dag_version_id=uuid.uuid4(),
        hostname="drill",
        pid=os.getpid(),
        task=task,
        bundle_instance=None,
        _ti_context_from_server=context,
        max_tries=attempt.max_tries,
        start_date=RUN,
        state="running",
        is_mapped=False,
    )


def _seconds_until(moment: datetime) -> float:
    """Return whole seconds: since the moment was set, the machine's own clock has gone on."""
    left = moment - datetime.now(timezone.utc)
    return float(max(0, math.ceil(left.total_seconds())))


def forget_signals() -> None:
    """Undo what an attempt does to the handling of signals."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def is_resumable(task: Any) -> bool:
    """Return whether an operator has the mixin for resumable jobs."""
    from airflow.sdk import ResumableJobMixin

    return isinstance(task, ResumableJobMixin)
