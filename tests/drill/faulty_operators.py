"""Operators with one fault each, which the drill must find, and one that only looks faulty."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowSkipException
from airflow.triggers.base import BaseTrigger, TriggerEvent

if TYPE_CHECKING:
    from advisor.drill.runtime.service import JobService

SERVICE: JobService = None  # type: ignore[assignment]


class CancellingOperator(BaseOperator):
    """Cancels its job if it is killed, and waits for any end of it."""

    job = ""

    def execute(self, context: Any) -> Any:  # noqa: ARG002
        self.job = SERVICE.submit({"drill": 1})
        self.wait()

    def wait(self) -> str:
        while (status := SERVICE.status(self.job)) == "RUNNING":
            time.sleep(5.0)
        return status

    def on_kill(self) -> None:
        if self.job:
            SERVICE.cancel(self.job)


class RestartingOperator(CancellingOperator):
    """Cancels its job if it is killed, and submits it again in a retry."""

    def wait(self) -> str:
        status = super().wait()
        if status != "SUCCEEDED":
            raise RuntimeError(f"{self.job} is {status}")
        return status


class SkippingOperator(BaseOperator):
    """Skips if its job exists already."""

    def execute(self, context: Any) -> Any:  # noqa: ARG002
        if SERVICE.find("nightly"):
            raise AirflowSkipException("exists already")
        job = SERVICE.submit({"drill": 1}, "nightly")
        while SERVICE.status(job) == "RUNNING":
            time.sleep(5.0)


class TokenOperator(RestartingOperator):
    """Submits with the same key in each try, so that a retry gets the failed job back."""

    def execute(self, context: Any) -> Any:  # noqa: ARG002
        self.job = SERVICE.submit({"drill": 1}, "nightly")
        self.wait()


class NumberOperator(BaseOperator):
    """Reports the number and the URL of its job, and stores its number."""

    loses_url = False

    def execute(self, context: Any) -> Any:
        store = context["task_state_store"]
        number = store.get("number")
        reconnects = number is not None
        if not reconnects:
            number = int(SERVICE.submit({"drill": 1}).removeprefix("job-"))
            store.set("number", number)
        if not (reconnects and self.loses_url):
            context["ti"].xcom_push("url", f"https://jobs.example/{number}")
        while SERVICE.status(f"job-{number}") == "RUNNING":
            time.sleep(5.0)
        return number


class UrlLosingOperator(NumberOperator):
    """Reports the URL of its job only if it has just submitted it."""

    loses_url = True


class JobTrigger(BaseTrigger):
    """Waits for a job, and leaves it running if it is stopped."""

    def __init__(self, job: str) -> None:
        super().__init__()
        self.job = job

    def serialize(self) -> tuple[str, dict[str, Any]]:
        return (f"{__name__}.JobTrigger", {"job": self.job})

    async def run(self) -> AsyncIterator[TriggerEvent]:
        while SERVICE.status(self.job) == "RUNNING":
            await asyncio.sleep(5.0)
        yield TriggerEvent(self.job)


class DeferringOperator(BaseOperator):
    """Defers until its job has ended; stores nothing."""

    def execute(self, context: Any) -> Any:  # noqa: ARG002
        job = SERVICE.submit({"drill": 1})
        self.defer(trigger=JobTrigger(job), method_name="resume")

    def resume(self, context: Any, event: Any) -> Any:  # noqa: ARG002
        return SERVICE.result(event)


class StartingOperator(BaseOperator):
    """Starts a job, and does not wait for it."""

    def execute(self, context: Any) -> Any:  # noqa: ARG002
        return SERVICE.submit({"drill": 1})


class RandomSpecOperator(CancellingOperator):
    """Submits a spec with a random part, and cancels a job even if there is none."""

    def execute(self, context: Any) -> Any:  # noqa: ARG002
        self.job = SERVICE.submit({"drill": 1, "token": uuid4().hex})
        self.wait()

    def on_kill(self) -> None:
        SERVICE.cancel(self.job or None)


def factory(operator: type[BaseOperator]) -> Callable[[JobService], BaseOperator]:
    """Return a factory for an operator."""

    def make(service: JobService) -> BaseOperator:
        globals()["SERVICE"] = service
        return operator(task_id="faulty", retries=2)

    return make


cancelling = factory(CancellingOperator)
restarting = factory(RestartingOperator)
skipping = factory(SkippingOperator)
token = factory(TokenOperator)
numbers = factory(NumberOperator)
url_losing = factory(UrlLosingOperator)
deferring = factory(DeferringOperator)
starting = factory(StartingOperator)
random_spec = factory(RandomSpecOperator)
