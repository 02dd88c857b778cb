"""A throw-away Airflow with the operators that are measured, and the service that they ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from advisor.drill.live.temporary_airflow import TaskInstance, TemporaryAirflow
from advisor.drill.live.waiting import until
from measuring.installed import Release, release_of
from measuring.ledger import Ledger
from measuring.serving import served

TOOLS: Final = Path(__file__).resolve().parents[1]
DAGS: Final = Path(__file__).resolve().parent / "dags"
FILES: Final = {
    "deferrable": "deferrable.py",
    "resumable": "resumable.py",
    "async": "asynchronous.py",
}
"""The file of each pattern's Dags; the Dag with the pattern's name has its plainest form."""
TASK: Final = "work"
"""The one task of every Dag that is measured."""
PATIENCE: Final = 240
"""Seconds that anything may take: the machine may be busy, and no time is a result."""
SLOTS: Final = 4


class Stage:
    """What a scenario can do and see."""

    def __init__(self, airflow: TemporaryAirflow, ledger: Ledger, release: Release) -> None:
        self.airflow = airflow
        self.ledger = ledger
        self.release = release

    def start(self, dag: str, **conf: object) -> str:
        """Start a run with a conf, which is the spec of its jobs, and return its id."""
        return self.airflow.trigger(dag, conf)

    def wait_until_polled(self, run: str) -> None:
        """Wait until whoever waits for the job of a run has asked for its status.

        The second question is the first that surely comes from the wait itself: an operator that
        defers asks once before.
        """
        until(
            lambda: sum(each.call == "status" for each in self.ledger.calls(run)) > 1,
            PATIENCE,
            lambda: f"nobody polls {self.ledger.jobs(run)}",
        )

    def wait_until_taken_up(self, run: str, killed: float) -> None:
        """Wait until, after a kill, somebody asks for the job of a run or submits another."""
        until(
            lambda: self.ledger.calls(run, since=killed) or len(self.ledger.jobs(run)) > 1 or None,
            PATIENCE,
            lambda: f"nobody takes up {self.ledger.jobs(run)}",
        )

    def wait_until_held(self, run: str) -> None:
        """Wait until a worker waits for the answer that is held back."""
        until(lambda: self.ledger.holds(run), PATIENCE, lambda: f"{run}: nothing is held")

    def wait_for_task(self, dag: str, run: str, *states: str) -> TaskInstance:
        """Wait until the task is in one of some states."""
        return self.airflow.wait_for_task(dag, run, TASK, *states, timeout=PATIENCE)

    def has_dag(self, dag: str) -> bool:
        """Wait until the file of a pattern's Dag was read; False where it cannot be imported."""
        return until(lambda: self._fate_of(dag), PATIENCE, lambda: f"{dag} is not read") == "Dag"

    def _fate_of(self, dag: str) -> str | None:
        if FILES[dag] in self.airflow.import_errors():
            return "error"
        told = self.airflow.api.get("dags", dag_id_pattern=dag)["dags"]
        return "Dag" if any(each["dag_id"] == dag for each in told) else None

    def task(self, dag: str, run: str) -> TaskInstance:
        """Return the task in its latest try."""
        return self.airflow.task_instance(dag, run, TASK)

    def end(self, dag: str, run: str) -> str:
        """Wait for the end of a run, and return it."""
        return self.airflow.wait(dag, run, timeout=PATIENCE)

    def result(self, dag: str, run: str) -> object:
        """Return what the task returned, None where it returned nothing."""
        try:
            result: object = self.airflow.xcom(dag, run, TASK)
        except LookupError:
            return None
        return result

    def pool(self, name: str) -> Mapping[str, int]:
        """Return the figures of a pool."""
        figures: Mapping[str, int] = self.airflow.api.get("pools", name)
        return figures


@contextmanager
def raised(python: Path) -> Iterator[Stage]:
    """Raise an Airflow with the Dags that are measured, and a pool for each pattern."""
    ledger, airflow = Ledger(), TemporaryAirflow(python, dags=DAGS)
    with served(ledger) as address:
        airflow.variables.update(MEASURED_JOB_SERVICE=address, PYTHONPATH=str(TOOLS))
        with airflow:
            for name in FILES:
                airflow.api.post(
                    "pools", body={"name": name, "slots": SLOTS, "include_deferred": False}
                )
            yield Stage(airflow, ledger, release_of(python))
