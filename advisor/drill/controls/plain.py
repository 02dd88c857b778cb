"""Plain submit and poll, which stores nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

if TYPE_CHECKING:
    from advisor.drill.runtime.service import JobService


class PlainOperator(BaseOperator):
    """Submits a job and waits for it to end."""

    service: JobService

    def execute(self, context: Any) -> Any:  # noqa: ARG002 - as Airflow calls it
        """Submit a job, wait for it, and return its result."""
        job = self.service.submit({"drill": 1})
        while self.service.status(job) in self.service.ACTIVE:
            time.sleep(1.0)
        return self.service.result(job)


def plain(service: JobService) -> PlainOperator:
    """Return the operator, connected to the drill's job service."""
    PlainOperator.service = service
    return PlainOperator(task_id="plain", retries=2)
