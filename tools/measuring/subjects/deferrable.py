"""The deferrable pattern as documented: it submits, defers to a trigger, and is resumed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from airflow.sdk import BaseOperator
from airflow.triggers.base import BaseTrigger, TriggerEvent

from measuring.subjects.job_service import RUNNING, aask, ask, spec_of


class JobTrigger(BaseTrigger):
    """Waits for a job."""

    def __init__(self, job: str) -> None:
        super().__init__()
        self.job = job

    def serialize(self) -> tuple[str, dict[str, Any]]:
        return f"{__name__}.{type(self).__name__}", {"job": self.job}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        while await aask("status", job=self.job) == RUNNING:
            await asyncio.sleep(1)
        yield TriggerEvent({"job": self.job})


class DeferrableOperator(BaseOperator):
    """Stores nothing between attempts."""

    def execute(self, context: Any) -> None:
        self.wait_for(ask("submit", **spec_of(context)))

    def wait_for(self, job: str) -> None:
        ask("status", job=job)  # a call at which to kill the task between submission and deferral
        self.defer(trigger=JobTrigger(job), method_name="resume")

    def resume(self, context: Any, event: dict[str, Any]) -> Any:  # noqa: ARG002 - as Airflow calls it
        return ask("result", job=event["job"])


class StoringDeferrableOperator(DeferrableOperator):
    """Stores the id of its job before it defers, and reads it before it submits."""

    def execute(self, context: Any) -> None:
        store = context["task_state_store"]
        job = store.get("job")
        if job is None:
            job = ask("submit", **spec_of(context))
            store.set("job", job)
        self.wait_for(job)


class RequestTrigger(BaseTrigger):
    """Makes one request."""

    def __init__(self, spec: dict[str, Any]) -> None:
        super().__init__()
        self.spec = spec

    def serialize(self) -> tuple[str, dict[str, Any]]:
        return f"{__name__}.{type(self).__name__}", {"spec": self.spec}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        yield TriggerEvent(await aask("request", **self.spec))


class DeferrableRequests(BaseOperator):
    """Makes many requests: a task waits for one trigger at a time, so it defers for each."""

    def execute(self, context: Any) -> Any:
        return self.resume(context, answers=[])

    def resume(self, context: Any, answers: list[Any], event: Any = None) -> Any:
        answers = answers if event is None else [*answers, event]
        spec = spec_of(context)
        if len(answers) < spec["requests"]:
            trigger = RequestTrigger(spec)
            self.defer(trigger=trigger, method_name="resume", kwargs={"answers": answers})
        return answers
