"""The async pattern as documented: BaseAsyncOperator, which awaits its calls in the worker."""

from __future__ import annotations

import asyncio
from typing import Any

from airflow.sdk import BaseAsyncOperator

from measuring.subjects.job_service import RUNNING, aask, spec_of


class AsyncOperator(BaseAsyncOperator):
    """Stores nothing between attempts."""

    async def aexecute(self, context: Any) -> Any:
        return await self.wait_for(await aask("submit", **spec_of(context)))

    async def wait_for(self, job: str) -> Any:
        while await aask("status", job=job) == RUNNING:
            await asyncio.sleep(1)
        return await aask("result", job=job)


class StoringAsyncOperator(AsyncOperator):
    """Stores the id of its job, and reads it before it submits."""

    async def aexecute(self, context: Any) -> Any:
        store = context["task_state_store"]
        job = store.get("job")
        if job is None:
            job = await aask("submit", **spec_of(context))
            store.set("job", job)
        return await self.wait_for(job)


class AsyncRequests(BaseAsyncOperator):
    """Makes many requests at the same time."""

    async def aexecute(self, context: Any) -> Any:
        spec = spec_of(context)
        requests = (aask("request", **spec) for _ in range(spec["requests"]))
        return await asyncio.gather(*requests)
