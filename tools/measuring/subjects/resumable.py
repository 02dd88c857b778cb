"""The resumable pattern as documented: ResumableJobMixin around blocking calls."""

from __future__ import annotations

import time
from typing import Any

from airflow.sdk import BaseOperator, ResumableJobMixin

from measuring.subjects.job_service import RUNNING, SUCCEEDED, ask, spec_of


class ResumableOperator(ResumableJobMixin, BaseOperator):
    """Submits a job, and continues with the same job in a retry."""

    def execute(self, context: Any) -> Any:
        return self.execute_resumable(context)

    def submit_job(self, context: Any) -> Any:
        return ask("submit", **spec_of(context))

    def get_job_status(self, external_id: Any, context: Any) -> Any:  # noqa: ARG002 - as Airflow calls it
        return ask("status", job=external_id)

    def is_job_active(self, status: str) -> bool:
        return status == RUNNING

    def is_job_succeeded(self, status: str) -> bool:
        return status == SUCCEEDED

    def poll_until_complete(self, external_id: Any, context: Any) -> None:
        while self.is_job_active(self.get_job_status(external_id, context)):
            time.sleep(1)

    def get_job_result(self, external_id: Any, context: Any) -> Any:  # noqa: ARG002 - as Airflow calls it
        return ask("result", job=external_id)


class ResumableRequests(ResumableOperator):
    """Makes many requests: the mixin stores one external id per key, so each has its own key."""

    def execute(self, context: Any) -> Any:
        answers = []
        for number in range(spec_of(context)["requests"]):
            self.external_id_key = f"request_{number}"
            answers.append(self.execute_resumable(context))
        return answers

    def submit_job(self, context: Any) -> Any:
        return ask("request", **spec_of(context))

    def poll_until_complete(self, external_id: Any, context: Any) -> None:
        """Return at once: a request that was answered is complete."""

    def get_job_result(self, external_id: Any, context: Any) -> Any:  # noqa: ARG002 - as Airflow calls it
        return external_id
