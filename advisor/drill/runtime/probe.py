"""The probe of the task SDK: the names and signatures that the module `sdk` uses."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from typing import Any, Final

COMMS: Final = "airflow.sdk.execution_time.comms"
TASK_RUNNER: Final = "airflow.sdk.execution_time.task_runner"
GENERATED: Final = "airflow.sdk.api.datamodels._generated"

NAMES: Final = {
    "airflow.sdk": ("BaseOperator", "DAG", "ResumableJobMixin"),
    "airflow.sdk.bases.resumablejobmixin": ("ResumableJobMixin",),
    f"{COMMS}:ErrorType": ("GENERIC_ERROR", "TASK_STORE_NOT_FOUND"),
    f"{TASK_RUNNER}:RuntimeTaskInstance": ("get_template_context", "model_construct"),
    TASK_RUNNER: ("SUPERVISOR_COMMS",),
}
"""Modules or classes, and what they must have."""
PARAMETERS: Final = {
    f"{TASK_RUNNER}:run": ("ti", "context", "log"),
    f"{COMMS}:CommsDecoder.send": ("self", "msg"),
    f"{COMMS}:CommsDecoder.asend": ("self", "msg"),
    "airflow.sdk.execution_time.supervisor:block_orm_access": (),
    "airflow.sdk.serde:serialize": ("o",),
    "airflow.sdk.serde:deserialize": ("o",),
}
"""Functions, and their parameters without a default."""
FIELDS: Final = {
    f"{COMMS}:GetTaskStateStore": ("key",),
    f"{COMMS}:SetTaskStateStore": ("key", "value"),
    f"{COMMS}:DeleteTaskStateStore": ("key",),
    f"{COMMS}:ClearTaskStateStore": (),
    f"{COMMS}:TaskStateStoreResult": ("value",),
    f"{COMMS}:SetXCom": ("key", "value"),
    f"{COMMS}:GetXCom": ("key",),
    f"{COMMS}:XComResult": ("key", "value"),
    f"{COMMS}:GetTaskStates": ("task_ids",),
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
"""Pydantic models, and the fields that the drill sets or reads; they may have others."""


def differences() -> list[str]:
    """Return how the SDK differs from what the drill uses, a line each; [] if it does not.

    `comms.DeadlockImminentError` is not among it: the drill uses another error without it.
    """
    return [*_missing_names(), *_other_parameters(), *_missing_fields()]


def _missing_names() -> Iterator[str]:
    for where, names in NAMES.items():
        found = _find(where)
        if isinstance(found, _Missing):
            yield found.text
            continue
        # SUPERVISOR_COMMS is only annotated until a task runs.
        annotated = getattr(found, "__annotations__", {})
        absent = [name for name in names if not hasattr(found, name) and name not in annotated]
        yield from (f"{where} has no {name}" for name in absent)


def _other_parameters() -> Iterator[str]:
    for where, expected in PARAMETERS.items():
        found = _find(where)
        if isinstance(found, _Missing):
            yield found.text
            continue
        parameters = inspect.signature(found).parameters.values()
        required = tuple(each.name for each in parameters if each.default is each.empty)
        if required != expected:
            yield f"{where} requires ({', '.join(required)}), expected ({', '.join(expected)})"


def _missing_fields() -> Iterator[str]:
    for where, expected in FIELDS.items():
        found = _find(where)
        if isinstance(found, _Missing):
            yield found.text
            continue
        fields = {*getattr(found, "model_fields", ()), *_private_fields(found)}
        yield from (f"{where} has no field {name}" for name in expected if name not in fields)


def _private_fields(model: Any) -> Any:
    return getattr(model, "__private_attributes__", ())


class _Missing:
    """A name that could not be found.

    Args:
        text: what is missing.
    """

    def __init__(self, text: str) -> None:
        self.text = text


def _find(where: str) -> Any:
    """Return the module or what `module:name.name` names, or that it is missing."""
    module, _, path = where.partition(":")
    try:
        found: Any = importlib.import_module(module)
    except ImportError as error:
        return _Missing(f"{module} cannot be imported: {error}")
    for name in filter(None, path.split(".")):
        if not hasattr(found, name):
            return _Missing(f"{module} has no {path}")
        found = getattr(found, name)
    return found
