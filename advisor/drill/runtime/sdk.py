"""Runs tasks with Airflow's task runner and a fake supervisor.

The only module that uses private names of the SDK. Update their list in the module `probe` together
with this module.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import logging
import math
import re
import signal
import uuid
from collections.abc import Callable
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import CodeType, SimpleNamespace
from typing import Any, Final

from advisor.drill.runtime.attempts import Attempt, ProcessEnd
from advisor.drill.runtime.messages import Reason
from advisor.drill.runtime.replies import DAG_ID, RUN_ID, TASK_ID, SdkReplies
from advisor.drill.runtime.stand_ins import Supervisor, Triggerer

PACKAGE: Final = "apache-airflow-task-sdk"
FIRST_WITH_STORE: Final = (1, 3)
"""The version of the SDK in Airflow 3.3, the first with a task state store."""
MOST_CHARACTERS: Final = 100
MAP_INDEX: Final = "drilled_map_index"
"""The attribute of a mapped operator with the map index that is drilled."""
RUN: Final = datetime(2026, 1, 1, tzinfo=timezone.utc)


class UnsupportedSdk(Exception):
    """The drill cannot run with the SDK of this interpreter."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def check_version() -> str:
    """Return the version of the SDK.

    Raises:
        UnsupportedSdk: Airflow is not installed, or older than 3.3.
    """
    installed = _version(PACKAGE)
    if not installed:
        # Airflow 2 has no separate SDK, so ask for Airflow itself.
        older = _version("apache-airflow")
        if older:
            raise UnsupportedSdk("no store", f"apache-airflow {older} has no task state store")
        raise UnsupportedSdk("no airflow", "Airflow is not installed")
    if tuple(map(int, re.findall(r"\d+", installed)[:2])) < FIRST_WITH_STORE:
        raise UnsupportedSdk("no store", f"{PACKAGE} {installed} has no task state store")
    return installed


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def silence() -> None:
    """Turn off Airflow's logging, which takes longer than the rest of an attempt."""
    import airflow.sdk  # noqa: F401 - configures logging, so it must be imported first
    import structlog

    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def keep_schemas() -> None:
    """Let all attempts share the Pydantic schemas that Airflow creates for each of them."""
    from airflow.sdk.execution_time import task_runner

    create = getattr(task_runner, "TypeAdapter", None)
    if create is not None:
        vars(task_runner)["TypeAdapter"] = functools.cache(create)


def block_database() -> None:
    """Block access to Airflow's database, as a real supervisor does.

    Also saves each fork from renewing the connection pool.
    """
    from airflow.sdk.execution_time.supervisor import block_orm_access

    block_orm_access()


def warm_up(backend: Any) -> None:
    """Run a trivial task in this process, so that its forks do not import anything again."""
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

    run_attempt(task_of(lambda: Nothing(task_id=TASK_ID)), Attempt(1, 0), backend)
    forget_signals()


def task_of(make: Callable[[], Any]) -> Any:
    """Return the operator that a function creates, as the only task of a Dag."""
    from airflow.sdk import DAG

    with DAG(DAG_ID, schedule=None, start_date=RUN):
        return make()


def operator_of(make: Callable[[], Any]) -> Any:
    """Return the operator that a factory creates; of a mapped one, its first task instance.

    Raises:
        TypeError: the factory returns something else.
    """
    from airflow.sdk import BaseOperator
    from airflow.sdk.definitions.mappedoperator import MappedOperator

    task = task_of(make)
    if isinstance(task, MappedOperator):
        return _first_of(task)
    if not isinstance(task, BaseOperator):
        kind = "a class" if isinstance(task, type) else repr(task)[:MOST_CHARACTERS]
        raise TypeError(f"the factory returned {kind}, not an operator")
    return task


def _first_of(mapped: Any) -> Any:
    """Return the operator for the first map index, whose arguments must be literals."""
    first = SimpleNamespace(map_index=0)
    arguments, _ = mapped._get_specified_expand_input().resolve({"ti": first})  # noqa: SLF001
    operator = mapped.unmap(arguments)
    vars(operator)[MAP_INDEX] = first.map_index
    return operator


def mixin_file(task: Any) -> dict[str, str]:
    """Return the file of ResumableJobMixin and its name in points, if the task uses the mixin."""
    from airflow.sdk.bases import resumablejobmixin

    path = str(resumablejobmixin.__file__)
    inherits = isinstance(task, resumablejobmixin.ResumableJobMixin)
    return {path: Path(path).name} if inherits else {}


def entries(task: Any) -> set[CodeType]:
    """Return the code of an operator's `execute` and of its decorators."""
    found, function = set(), type(task).execute
    while hasattr(function, "__code__"):
        found.add(function.__code__)
        function = getattr(function, "__wrapped__", None)
    return found


def is_operator_or_trigger(member: Any) -> bool:
    """Return whether an object is a class of operators or triggers."""
    from airflow.sdk import BaseOperator
    from airflow.triggers.base import BaseTrigger

    return isinstance(member, type) and issubclass(member, (BaseOperator, BaseTrigger))


def trigger_file(deferral: dict[str, Any]) -> dict[str, str]:
    """Return the file of a trigger and its name in points."""
    path = inspect.getsourcefile(_trigger_class(deferral)) or ""
    return {path: Path(path).name}


def run_attempt(
    task: Any,
    attempt: Attempt,
    backend: Any,
    describe: Callable[[BaseException], str] = repr,
) -> ProcessEnd:
    """Run one attempt of a task in this process, as Airflow's task runner does.

    Args:
        task: the operator.
        attempt: the attempt.
        backend: a FakeTaskBackend.
        describe: returns the text of an error.
    """
    import structlog
    from airflow.sdk.execution_time import task_runner

    _answer_from(backend, task)
    ti = _task_instance(task, attempt)
    state, msg, error = task_runner.run(ti, ti.get_template_context(), structlog.get_logger())
    kind = type(msg).__name__
    return ProcessEnd(
        state=str(getattr(state, "value", state)),
        error=describe(error) if error else None,
        deferral=msg.model_dump(mode="json") if kind == "DeferTask" else None,
        seconds=_seconds_until(msg.reschedule_date) if kind == "RescheduleTask" else 0.0,
    )


def resume_with(deferral: dict[str, Any], event: Any) -> dict[str, Any]:
    """Return the `resume` of an attempt after its trigger has sent an event."""
    from airflow.sdk.serde import deserialize, serialize

    kwargs = deserialize(deferral["next_kwargs"] or {}) or {}
    return {
        "next_method": deferral["next_method"],
        "next_kwargs": serialize({**kwargs, "event": event}),
        "start_date": RUN.isoformat(),
    }


def fail_with(error: str) -> dict[str, Any]:
    """Return the `resume` of an attempt after its trigger has failed."""
    from airflow.sdk.bases.operator import TRIGGER_FAIL_REPR, TriggerFailureReason
    from airflow.sdk.serde import serialize

    reason = TriggerFailureReason.TRIGGER_FAILURE.value
    return {
        "next_method": TRIGGER_FAIL_REPR,
        "next_kwargs": serialize({"error": reason, "traceback": [error]}),
        "start_date": RUN.isoformat(),
    }


def retry_delays(task: Any, retries: int) -> list[float]:
    """Return the seconds before each retry, without the jitter of exponential backoff."""
    delay, longest = _seconds(task.retry_delay), _seconds(task.max_retry_delay) or math.inf
    # True is 1.0 times two in earlier releases; any other number is the multiplier.
    backoff = task.retry_exponential_backoff
    multiplier = 2.0 if backoff is True else float(backoff or 1.0)
    return [min(delay * multiplier**number, longest) for number in range(max(1, retries))]


def _seconds(duration: Any) -> float:
    """Return a duration in seconds: a timedelta, a number of seconds, or None for zero."""
    if duration is None:
        return 0.0
    return float(duration.total_seconds() if hasattr(duration, "total_seconds") else duration)


def triggerer(task: Any, deferral: dict[str, Any], attempt: Attempt, backend: Any) -> Triggerer:
    """Return a Triggerer for the trigger of a deferred attempt."""
    from airflow.sdk.serde import deserialize

    _answer_from(backend, task)
    task_instance = _task_instance(task, attempt)

    def make() -> Any:
        trigger = _trigger_class(deferral)(**deserialize(deferral["trigger_kwargs"]))
        trigger.task_instance = task_instance
        return trigger

    return Triggerer(make)


def _answer_from(backend: Any, task: Any) -> None:
    """Answer the messages from this process to its supervisor with the data of a backend."""
    from airflow.sdk.execution_time import comms, task_runner

    replies = SdkReplies(backend, comms, task.task_id)
    deadlock = getattr(comms, "DeadlockImminentError", RuntimeError)
    task_runner.SUPERVISOR_COMMS = Supervisor(replies, deadlock)


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
        map_index=vars(task).get(MAP_INDEX, -1),
        dag_version_id=uuid.uuid4(),
        hostname="drill",
        task=task,
        bundle_instance=None,
        _ti_context_from_server=context,
        max_tries=attempt.max_tries,
        start_date=RUN,
        state="running",
        is_mapped=MAP_INDEX in vars(task),
    )


def _seconds_until(moment: datetime) -> float:
    """Return the seconds until a moment, rounded up, because the real clock has moved since."""
    left = moment - datetime.now(timezone.utc)
    return float(max(0, math.ceil(left.total_seconds())))


def forget_signals() -> None:
    """Restore the signal handlers that an attempt has changed."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
