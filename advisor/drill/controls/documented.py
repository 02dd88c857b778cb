"""ResumableJobMixin as Airflow documents it: no key, and no result after a reconnect."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator, ResumableJobMixin

if TYPE_CHECKING:
    from advisor.drill.runtime.service import JobService


class DocumentedOperator(ResumableJobMixin, BaseOperator):
    """Submits a job, stores its id, and reconnects to the job in a retry."""

    service: JobService

    def execute(self, context: Any) -> Any:  # noqa: D102
        return self.execute_resumable(context)

    def submit_job(self, context: Any) -> Any:  # noqa: ARG002, D102
        return self.service.submit({"drill": 1})

    def get_job_status(self, external_id: Any, context: Any) -> str:  # noqa: ARG002, D102
        return self.service.status(external_id)

    def is_job_active(self, status: str) -> bool:  # noqa: D102
        return status in self.service.ACTIVE

    def is_job_succeeded(self, status: str) -> bool:  # noqa: D102
        return status in self.service.SUCCEEDED

    def poll_until_complete(self, external_id: Any, context: Any) -> None:  # noqa: D102
        while self.is_job_active(self.get_job_status(external_id, context)):
            time.sleep(1.0)

    def get_job_result(self, external_id: Any, context: Any) -> Any:  # noqa: ARG002, D102
        return self.service.result(external_id)


def documented(service: JobService) -> DocumentedOperator:
    """Return the operator, connected to the drill's job service."""
    DocumentedOperator.service = service
    return DocumentedOperator(task_id="documented", retries=2)
