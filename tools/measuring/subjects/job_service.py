"""A client of the job service, blocking and async; it sends no key and does not retry."""

from __future__ import annotations

import json
import os
import urllib.request
from typing import Any

import httpx

ADDRESS = os.environ["MEASURED_JOB_SERVICE"]
"""The URL of the service; the measuring tool sets it for every service of Airflow."""
TIMEOUT = 600
"""Seconds to wait for an answer: the service holds some back until they are released."""

RUNNING = "running"
SUCCEEDED = "succeeded"


def spec_of(context: Any) -> dict[str, Any]:
    """Return the spec of a run's jobs: its conf, with the run id as the name."""
    return {**context["dag_run"].conf, "name": context["run_id"]}


def ask(call: str, **question: Any) -> Any:
    """Return the answer to a call: submit, status, result or request."""
    body = json.dumps(question).encode()
    request = urllib.request.Request(f"{ADDRESS}/{call}", body, method="POST")
    with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
        return json.load(answer)


async def aask(call: str, **question: Any) -> Any:
    """Return the answer to a call, without blocking the event loop."""
    async with httpx.AsyncClient(trust_env=False, timeout=TIMEOUT) as client:
        answer = await client.post(f"{ADDRESS}/{call}", json=question)
        answer.raise_for_status()
        return answer.json()
