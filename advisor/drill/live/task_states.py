"""The states of all task instances of a drill, asked for once for everybody who wants to know."""

from __future__ import annotations

import time
from threading import Lock
from typing import Final, NamedTuple

from advisor.drill.live.temporary_airflow import TemporaryAirflow

AGE: Final = 0.4
"""Seconds for which an answer is good: many run at once, and Airflow has one small database."""
MOST: Final = 100
"""Task instances in one answer of the API."""


class TaskState(NamedTuple):
    """Where a task instance stands."""

    state: str
    """As Airflow calls it; "" before it is scheduled."""
    try_number: int


class TaskStatePoller:
    """The latest states.

    Args:
        airflow: whose task instances they are.
    """

    def __init__(self, airflow: TemporaryAirflow) -> None:
        self._airflow = airflow
        self._lock = Lock()
        self._read = 0.0
        self._states: dict[str, TaskState] = {}

    def of(self, run: str) -> TaskState:
        """Return where the only task of a run stands.

        Raises:
            ServiceEnded: nothing will change any more, since a service has ended by itself.
        """
        with self._lock:
            if time.monotonic() - self._read > AGE:
                self._states = self._asked()
                self._read = time.monotonic()
            return self._states.get(run, TaskState("", 0))

    def _asked(self) -> dict[str, TaskState]:
        self._airflow.check_services()
        where = ("dags", "~", "dagRuns", "~", "taskInstances")
        found: dict[str, TaskState] = {}
        total = 1
        while len(found) < total:
            told = self._airflow.api.get(*where, limit=MOST, offset=len(found))
            total = min(told["total_entries"], len(found) + len(told["task_instances"]))
            for each in told["task_instances"]:
                task_state = TaskState(each["state"] or "", each["try_number"])
                found[each["dag_run_id"]] = task_state
        return found
