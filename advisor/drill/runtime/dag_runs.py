"""The Dag runs that a drilled task triggers, which are jobs of the service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from advisor.drill.runtime.service import JobService

SUCCESS: Final = "success"
STATES: Final = {
    "running": "running",
    "succeeded": SUCCESS,
    "failed": "failed",
    "cancelled": "failed",
    "not_found": None,
}
"""The state of a Dag run by the status of its job; None if the run does not exist."""


class DagRuns:
    """Triggers Dag runs, and returns their states. Runs of other origin count as succeeded.

    Args:
        service: the service; None if no run can be triggered.
    """

    def __init__(self, service: JobService | None) -> None:
        self._service = service

    def trigger(self, dag_id: str, run_id: str, *, reset: bool) -> bool:
        """Trigger a Dag run; return False if the run exists and is not to be reset."""
        if self._service is None:
            return False
        earlier = self._jobs(run_id)
        if earlier and not reset:
            return False
        if earlier:
            self._service.cancel(earlier[-1])
        job = f"{run_id} (reset {len(earlier)})" if earlier else run_id
        self._service.submit_as(job, {"dag": dag_id}, run_id)
        return True

    def state(self, run_id: str) -> str | None:
        """Return the state of a Dag run, or None if it does not exist."""
        jobs = self._jobs(run_id)
        if self._service is None or not jobs:
            return SUCCESS
        return STATES[self._service.poll(jobs[-1])]

    def count(self, run_ids: Sequence[str], states: Sequence[str] | None) -> int:
        """Return how many Dag runs exist, or have one of some states."""
        found = [self.state(run_id) for run_id in run_ids]
        return sum(1 for each in found if each is not None and (states is None or each in states))

    def _jobs(self, run_id: str) -> list[str]:
        jobs = self._service.jobs if self._service else []
        return [job.id for job in jobs if job.key == run_id]
