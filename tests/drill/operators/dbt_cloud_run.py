"""DbtCloudRunJobOperator, whose runs are jobs of the drill's service."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from airflow.exceptions import AirflowException
from airflow.providers.dbt.cloud.hooks.dbt import DbtCloudHook, DbtCloudJobRunStatus
from airflow.providers.dbt.cloud.operators import dbt as operators
from airflow.providers.dbt.cloud.triggers import dbt as triggers

if TYPE_CHECKING:
    from advisor.drill.runtime.service import JobService

STATUSES = {
    "RUNNING": DbtCloudJobRunStatus.RUNNING,
    "SUCCEEDED": DbtCloudJobRunStatus.SUCCESS,
    "FAILED": DbtCloudJobRunStatus.ERROR,
    "CANCELLED": DbtCloudJobRunStatus.CANCELLED,
}


def run(service: JobService) -> Any:
    return operator_on(service)


def deferrable_run(service: JobService) -> Any:
    return operator_on(service, deferrable=True)


def operator_on(service: JobService, **arguments: Any) -> Any:
    service.numeric_ids = True  # the operator waits only for runs whose id is an int
    operators.DbtCloudHook = triggers.DbtCloudHook = hook_on(service)
    return operators.DbtCloudRunJobOperator(
        task_id="run", account_id=1, job_id=7, retries=2, **arguments
    )


def hook_on(service: JobService) -> type:
    class Hook(DbtCloudHook):
        """The real hook, without a connection and with the calls of the API replaced."""

        def __init__(self, *_: object, **__: object) -> None:
            pass

        def trigger_job_run(self, job_id: int, **_: object) -> Any:
            run_id = service.submit({"job": job_id})
            return response({"id": run_id, "href": f"https://cloud.getdbt.com/runs/{run_id}"})

        def get_job_run_status(self, run_id: int, account_id: int | None = None) -> int:
            status = service.status(run_id)
            if status not in STATUSES:
                raise AirflowException(f"run {run_id}: {status}")
            return int(STATUSES[status].value)

        async def get_job_status(self, run_id: int, account_id: int | None = None) -> int:
            return self.get_job_run_status(run_id, account_id)

        def cancel_job_run(self, run_id: int, **_: object) -> None:
            service.cancel(run_id)

        def log_job_run_failure_details(self, **_: object) -> None:
            pass

    return Hook


def response(record: dict[str, Any]) -> Any:
    return SimpleNamespace(json=lambda: {"data": record})
