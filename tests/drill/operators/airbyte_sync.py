"""AirbyteTriggerSyncOperator, whose syncs are jobs of the drill's service."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from airbyte_api.models import JobStatusEnum
from airflow.exceptions import AirflowException
from airflow.providers.airbyte.hooks.airbyte import AirbyteHook
from airflow.providers.airbyte.operators import airbyte as operators
from airflow.providers.airbyte.triggers import airbyte as triggers

if TYPE_CHECKING:
    from advisor.drill.runtime.service import JobService

STATUSES = {
    "RUNNING": JobStatusEnum.RUNNING,
    "SUCCEEDED": JobStatusEnum.SUCCEEDED,
    "FAILED": JobStatusEnum.FAILED,
    "CANCELLED": JobStatusEnum.CANCELLED,
}


def sync(service: JobService) -> Any:
    return operator_on(service)


def deferrable_sync(service: JobService) -> Any:
    return operator_on(service, deferrable=True)


def operator_on(service: JobService, **arguments: Any) -> Any:
    service.numeric_ids = True
    operators.AirbyteHook = triggers.AirbyteHook = hook_on(service)
    return operators.AirbyteTriggerSyncOperator(
        task_id="sync", connection_id="orders", retries=2, **arguments
    )


def hook_on(service: JobService) -> type:
    class Hook(AirbyteHook):
        """The real hook, without a connection and with the calls of the API replaced."""

        def __init__(self, **_: object) -> None:
            pass

        def submit_sync_connection(self, connection_id: str) -> Any:
            job = service.submit({"connection": connection_id})
            return SimpleNamespace(job_id=job, status=JobStatusEnum.PENDING)

        def get_job_details(self, job_id: int) -> Any:
            status = service.status(job_id)
            if status not in STATUSES:
                raise AirflowException(f"job {job_id}: {status}")
            return SimpleNamespace(job_id=job_id, status=STATUSES[status])

        def cancel_job(self, job_id: int) -> None:
            service.cancel(job_id)

    return Hook
