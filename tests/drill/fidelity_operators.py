"""Operators and their adapters, for tests of the drill on Airflow's task runner."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from airflow.sdk import BaseOperator, BaseSensorOperator
from airflow.triggers.base import BaseTrigger, TriggerEvent

if TYPE_CHECKING:
    from advisor.drill.runtime.service import JobService

PATCHED: list[Any] = []


class Hook:
    """A stand-in for a system, whose lines are no crash points."""

    service: JobService

    def submit(self, key: str | None = None) -> Any:
        return self.service.submit({"drill": 1}, key)

    def wait(self, job: Any) -> None:
        while self.service.status(job) == "RUNNING":
            time.sleep(60.0)


class TokenOperator(BaseOperator):
    """Draws its idempotency key where Airflow parses the Dag."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.token = str(uuid4())
        self.other_token = f"{random.random()}"

    def execute(self, context: Any) -> Any:  # noqa: ARG002
        job = Hook().submit(self.token if self.task_id == "uuid" else self.other_token)
        Hook().wait(job)
        return self.task_id


class JobTrigger(BaseTrigger):
    def __init__(self, job: Any) -> None:
        super().__init__()
        self.job = job

    def serialize(self) -> tuple[str, dict[str, Any]]:
        return (f"{__name__}.JobTrigger", {"job": self.job})

    async def run(self) -> AsyncIterator[TriggerEvent]:
        Hook().wait(self.job)
        yield TriggerEvent(self.job)


class DeferringOperator(BaseOperator):
    def execute(self, context: Any) -> Any:  # noqa: ARG002
        self.defer(trigger=JobTrigger(Hook().submit()), method_name="resume")

    def resume(self, context: Any, event: Any = None) -> Any:  # noqa: ARG002
        return "done"


class LazyOperator(BaseOperator):
    """Imports a module where it runs; the module counts its imports."""

    def execute(self, context: Any) -> Any:  # noqa: ARG002
        import lazily_imported  # type: ignore[import-not-found]

        Hook().wait(Hook().submit())
        return lazily_imported.__name__


class AskingOperator(BaseOperator):
    """Asks for a Dag, and catches the error."""

    def execute(self, context: Any) -> Any:
        with suppress(Exception):
            context["ti"].get_dag("other")
        Hook().wait(Hook().submit())


class PullingOperator(BaseOperator):
    """Pulls XComs, its own and those of other tasks."""

    def execute(self, context: Any) -> Any:
        ti = context["ti"]
        ti.xcom_push(key="job", value=Hook().submit())
        Hook().wait(ti.xcom_pull(key="job", task_ids=self.task_id))
        return [ti.xcom_pull(key="job", task_ids="other"), ti.xcom_pull(task_ids="other")]


class JobSensor(BaseSensorOperator):
    """Waits for the job of another task."""

    def __init__(self, *, job: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job = job

    def poke(self, context: Any) -> bool:  # noqa: ARG002
        status = Hook().service.status(self.job)
        if status not in {"RUNNING", "SUCCEEDED"}:
            raise ValueError(status)
        return status == "SUCCEEDED"


class BrokenOperator(BaseOperator):
    def execute(self, context: Any) -> Any:  # noqa: ARG002
        return {"status": Hook.service.status(Hook().submit())}["deep"]


def uuid_token(service: JobService) -> Any:
    Hook.service = service
    PATCHED.append(service)
    return TokenOperator(task_id="uuid", retries=2, retry_delay=timedelta(seconds=60))


def random_token(service: JobService) -> Any:
    Hook.service = service
    return TokenOperator(task_id="random", retries=2)


def no_retries(service: JobService) -> Any:
    Hook.service = service
    return TokenOperator(task_id="uuid", retries=0)


def deferring(service: JobService) -> Any:
    Hook.service = service
    return DeferringOperator(task_id="deferring", retries=3)


def patching(service: JobService) -> Any:
    Hook.service = service
    if PATCHED:
        raise RuntimeError("the globals of an earlier call are still there")
    PATCHED.append(service)
    return TokenOperator(task_id="uuid", retries=2)


def lazy(service: JobService) -> Any:
    Hook.service = service
    return LazyOperator(task_id="lazy", retries=2)


def lasting(service: JobService) -> Any:
    Hook.service = service
    service.duration = 300.0
    return TokenOperator(task_id="uuid", retries=2)


def asking(service: JobService) -> Any:
    Hook.service = service
    return AskingOperator(task_id="asking", retries=2)


def pulling(service: JobService) -> Any:
    Hook.service = service
    return PullingOperator(task_id="pulling", retries=2)


def sensing(service: JobService) -> Any:
    Hook.service = service
    job = service.submit({"drill": 1})
    return JobSensor(task_id="sensing", job=job, mode="reschedule", retries=2)


def nothing_made(service: JobService) -> None:
    TokenOperator(task_id="nothing", retries=service.numeric_ids)


def lasting_forever(service: JobService) -> Any:
    service.duration = "x"  # type: ignore[assignment]
    return uuid_token(service)


def broken(service: JobService) -> Any:
    Hook.service = service
    return BrokenOperator(task_id="broken", retries=2)


def unmade(service: JobService) -> Any:
    return TokenOperator(
        task_id="unmade",
        unknown=service.nothing,  # type: ignore[attr-defined]
    )
