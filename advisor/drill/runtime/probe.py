"""Checks that the task SDK has the names and signatures that the module `sdk` uses."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from typing import Any, Final, TypeAlias

COMMS: Final = "airflow.sdk.execution_time.comms"
TASK_RUNNER: Final = "airflow.sdk.execution_time.task_runner"
GENERATED: Final = "airflow.sdk.api.datamodels._generated"

Names: TypeAlias = tuple[str, ...]

NAMES: Final[dict[str, Names]] = {
    "airflow.sdk.bases.operator": ("TRIGGER_FAIL_REPR", "TriggerFailureReason"),
    "airflow.sdk": ("BaseOperator", "DAG", "ResumableJobMixin"),
    "airflow.sdk.bases.resumablejobmixin": ("ResumableJobMixin",),
    "airflow.sdk.definitions.mappedoperator:MappedOperator": (
        *("_get_specified_expand_input", "unmap"),
    ),
    f"{COMMS}:ErrorType": (
        *("GENERIC_ERROR", "TASK_STORE_NOT_FOUND", "XCOM_NOT_FOUND", "DAGRUN_ALREADY_EXISTS"),
        *("CONNECTION_NOT_FOUND", "VARIABLE_NOT_FOUND"),
    ),
    f"{TASK_RUNNER}:RuntimeTaskInstance": ("get_template_context", "model_construct"),
    TASK_RUNNER: ("SUPERVISOR_COMMS",),
}
"""The names that modules or classes must have."""
PARAMETERS: Final[dict[str, Names]] = {
    f"{TASK_RUNNER}:run": ("ti", "context", "log"),
    f"{COMMS}:CommsDecoder.send": ("self", "msg"),
    f"{COMMS}:CommsDecoder.asend": ("self", "msg"),
    "airflow.sdk.execution_time.supervisor:block_orm_access": (),
    "airflow.sdk.serde:serialize": ("o",),
    "airflow.sdk.serde:deserialize": ("o",),
}
"""The required parameters of functions."""
FIELDS: Final[dict[str, Names]] = {
    f"{COMMS}:GetTaskStateStore": ("key",),
    f"{COMMS}:SetTaskStateStore": ("key", "value"),
    f"{COMMS}:DeleteTaskStateStore": ("key",),
    f"{COMMS}:ClearTaskStateStore": (),
    f"{COMMS}:TaskStateStoreResult": ("value",),
    f"{COMMS}:SetXCom": ("key", "value"),
    f"{COMMS}:GetXCom": ("key", "task_id"),
    f"{COMMS}:GetXComCount": ("key", "task_id"),
    f"{COMMS}:GetXComSequenceItem": ("key", "task_id", "offset"),
    f"{COMMS}:GetXComSequenceSlice": ("key", "task_id", "start", "stop", "step"),
    f"{COMMS}:XComCountResponse": ("len",),
    f"{COMMS}:XComSequenceIndexResult": ("root",),
    f"{COMMS}:XComSequenceSliceResult": ("root",),
    f"{COMMS}:GetTICount": ("dag_id", "task_ids", "run_ids", "logical_dates", "states"),
    f"{COMMS}:TICount": ("count",),
    f"{COMMS}:TriggerDagRun": ("dag_id", "run_id", "reset_dag_run"),
    f"{COMMS}:GetDagRunState": ("run_id",),
    f"{COMMS}:DagRunStateResult": ("state",),
    f"{COMMS}:GetDRCount": ("run_ids", "logical_dates", "states"),
    f"{COMMS}:DRCount": ("count",),
    f"{COMMS}:PreviousDagRunResult": ("dag_run",),
    f"{COMMS}:PreviousTIResult": ("task_instance",),
    f"{COMMS}:PrevSuccessfulDagRunResult": (),
    f"{COMMS}:TaskBreadcrumbsResult": ("breadcrumbs",),
    f"{COMMS}:InactiveAssetsResult": ("inactive_assets",),
    f"{COMMS}:GetVariable": ("key",),
    f"{COMMS}:PutVariable": ("key", "value"),
    f"{COMMS}:VariableResult": ("key", "value"),
    f"{COMMS}:XComResult": ("key", "value"),
    f"{COMMS}:GetTaskStates": ("dag_id", "task_ids", "run_ids", "logical_dates", "map_index"),
    f"{COMMS}:TaskStatesResult": ("task_states",),
    f"{COMMS}:ErrorResponse": ("error",),
    f"{COMMS}:OKResponse": ("ok",),
    f"{COMMS}:DeferTask": ("classpath", "trigger_kwargs", "next_method", "next_kwargs"),
    f"{COMMS}:RescheduleTask": ("reschedule_date",),
    f"{GENERATED}:DagRun": (
        *("dag_id", "run_id", "run_after", "run_type", "state", "start_date", "end_date"),
        *("logical_date", "data_interval_start", "data_interval_end"),
        *("consumed_asset_events", "partition_key"),
    ),
    f"{GENERATED}:TIRunContext": (
        *("dag_run", "max_tries", "should_retry", "next_method", "next_kwargs", "start_date"),
    ),
    f"{TASK_RUNNER}:RuntimeTaskInstance": (
        *("id", "task_id", "dag_id", "run_id", "try_number", "map_index", "dag_version_id"),
        *("hostname", "task", "bundle_instance", "_ti_context_from_server", "max_tries"),
        *("start_date", "state", "is_mapped"),
    ),
}
"""The fields of Pydantic models that the drill sets or reads; other fields are allowed."""


class _Missing(Exception):
    """A module, class or function does not exist."""


def differences() -> list[str]:
    """Return how the SDK differs from what the drill uses, one line per difference.

    `comms.DeadlockImminentError` is not checked, because the drill can use another error.
    """
    checks = ((NAMES, _missing_names), (PARAMETERS, _other_parameters), (FIELDS, _missing_fields))
    return [
        difference
        for table, check in checks
        for where, expected in table.items()
        for difference in _differences(where, expected, check)
    ]


def _differences(
    where: str, expected: Names, check: Callable[[Any, Names], list[str]]
) -> list[str]:
    try:
        return [f"{where} {difference}" for difference in check(_find(where), expected)]
    except _Missing as error:
        return [str(error)]


def _missing_names(owner: Any, names: Names) -> list[str]:
    # SUPERVISOR_COMMS is only annotated until a task runs.
    annotated = getattr(owner, "__annotations__", {})
    absent = [name for name in names if not hasattr(owner, name) and name not in annotated]
    return [f"has no {name}" for name in absent]


def _other_parameters(function: Any, expected: Names) -> list[str]:
    parameters = inspect.signature(function).parameters.values()
    optional = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    required = tuple(
        each.name for each in parameters if each.default is each.empty and each.kind not in optional
    )
    if required == expected:
        return []
    return [f"requires ({', '.join(required)}), expected ({', '.join(expected)})"]


def _missing_fields(model: Any, names: Names) -> list[str]:
    private = getattr(model, "__private_attributes__", ())
    fields = {*getattr(model, "model_fields", ()), *private}
    return [f"has no field {name}" for name in names if name not in fields]


def _find(where: str) -> Any:
    """Return a module, or the object at `module:name.name`."""
    module, _, path = where.partition(":")
    try:
        owner: Any = importlib.import_module(module)
    except ImportError as error:
        raise _Missing(f"{module} cannot be imported: {error}") from None
    for name in filter(None, path.split(".")):
        if not hasattr(owner, name):
            raise _Missing(f"{module} has no {path}")
        owner = getattr(owner, name)
    return owner
