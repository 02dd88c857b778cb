"""The client of the ledger's job service, blocking and async; it sends no key, repeats nothing."""

from __future__ import annotations

import json
import os
import urllib.request
from typing import Any

import httpx

ADDRESS = os.environ["MEASURED_JOB_SERVICE"]
"""Where the service listens; the measuring tool sets it for every service of the Airflow."""
PATIENCE = 600
"""Seconds until an answer has to be there: the service holds some back until it is told."""

RUNNING = "running"
SUCCEEDED = "succeeded"


def spec_of(context: Any) -> dict[str, Any]:
    """Return what a run asks the service for: its conf, under the name of the run."""
    return {**context["dag_run"].conf, "name": context["run_id"]}


def ask(call: str, **question: Any) -> Any:
    """Return the answer to a call: submit, status, result or request."""
    body = json.dumps(question).encode()
    request = urllib.request.Request(f"{ADDRESS}/{call}", body, method="POST")
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.load(answer)


async def aask(call: str, **question: Any) -> Any:
    """Return the answer to a call, without blocking the event loop."""
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
        answer = await client.post(f"{ADDRESS}/{call}", json=question)
        answer.raise_for_status()
        return answer.json()
