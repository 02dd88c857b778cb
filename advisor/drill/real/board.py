"""The states of all task instances of a drill, asked for once for everybody who wants to know."""

from __future__ import annotations

import time
from threading import Lock
from typing import Final, NamedTuple

from advisor.drill.real.throwaway import RealAirflow

AGE: Final = 0.4
"""Seconds for which an answer is good: many run at once, and Airflow has one small database."""
MOST: Final = 100
"""Task instances in one answer of the API."""


class Standing(NamedTuple):
    """Where a task instance stands."""

    state: str
    """As Airflow calls it; "" before it is scheduled."""
    try_number: int


class Board:
    """The latest states.

    Args:
        airflow: whose task instances they are.
    """

    def __init__(self, airflow: RealAirflow) -> None:
        self._airflow = airflow
        self._lock = Lock()
        self._read = 0.0
        self._standings: dict[str, Standing] = {}

    def of(self, run: str) -> Standing:
        """Return where the only task of a run stands.

        Raises:
            ServiceEnded: nothing will change any more, since a service has ended by itself.
        """
        with self._lock:
            if time.monotonic() - self._read > AGE:
                self._standings = self._asked()
                self._read = time.monotonic()
            return self._standings.get(run, Standing("", 0))

    def _asked(self) -> dict[str, Standing]:
        self._airflow.check_services()
        where = ("dags", "~", "dagRuns", "~", "taskInstances")
        found: dict[str, Standing] = {}
        total = 1
        while len(found) < total:
            told = self._airflow.api.get(*where, limit=MOST, offset=len(found))
            total = min(told["total_entries"], len(found) + len(told["task_instances"]))
            for each in told["task_instances"]:
                standing = Standing(each["state"] or "", each["try_number"])
                found[each["dag_run_id"]] = standing
        return found
