"""A temporary Airflow with the Dags that are measured, and the job service that they call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from advisor.drill.live.services import wait_until
from advisor.drill.live.temporary_airflow import TaskInstance, TemporaryAirflow
from measuring.job_service import JobService, serving
from measuring.release import Release, release_of

TOOLS: Final = Path(__file__).resolve().parents[1]
DAGS: Final = Path(__file__).resolve().parent / "dags"
FILES: Final = {
    "deferrable": "deferrable.py",
    "resumable": "resumable.py",
    "async": "asynchronous.py",
}
"""The file of each pattern's Dags; the Dag with the pattern's name has its plainest form."""
TASK: Final = "work"
"""The only task of every Dag."""
TIMEOUT: Final = 240
"""Timeout of each wait in seconds: generous, since no duration is a result."""
SLOTS: Final = 4
"""Slots of the pool that each pattern has."""


class Deployment:
    """The services that a scenario acts on and observes."""

    def __init__(
        self, airflow: TemporaryAirflow, job_service: JobService, release: Release
    ) -> None:
        self.airflow = airflow
        self.job_service = job_service
        self.release = release

    def start(self, dag: str, **conf: object) -> str:
        """Start a run whose conf is the spec of its jobs, and return its id."""
        return self.airflow.trigger(dag, conf)

    def wait_until_polled(self, run: str) -> None:
        """Wait until a task or trigger polls the job of a run.

        The second status call proves it: an operator that defers makes the first one itself.
        """
        wait_until(
            lambda: sum(each.call == "status" for each in self.job_service.calls(run)) > 1,
            TIMEOUT,
            lambda: f"not polled: {self.job_service.jobs(run)}",
        )

    def wait_until_resumed(self, run: str, killed: float) -> None:
        """Wait until the run, after a kill, makes a call about its job or submits another."""
        wait_until(
            lambda: (
                bool(self.job_service.calls(run, since=killed))
                or len(self.job_service.jobs(run)) > 1
            ),
            TIMEOUT,
            lambda: f"not resumed: {self.job_service.jobs(run)}",
        )

    def wait_until_held(self, run: str) -> None:
        """Wait until the job service holds back an answer to a run."""
        wait_until(lambda: self.job_service.holds(run), TIMEOUT, lambda: f"{run}: no call is held")

    def wait_for_task(self, dag: str, run: str, *states: str) -> TaskInstance:
        """Wait until the task is in one of these states."""
        return self.airflow.wait_for_task(dag, run, TASK, *states, timeout=TIMEOUT)

    def has_dag(self, dag: str) -> bool:
        """Wait until the file of a Dag has been read; return False if it cannot be imported."""
        status = wait_until(lambda: self._import_status(dag), TIMEOUT, lambda: f"{dag} is not read")
        return status == "imported"

    def _import_status(self, dag: str) -> str | None:
        if FILES[dag] in self.airflow.import_errors():
            return "error"
        dags = self.airflow.api.get("dags", dag_id_pattern=dag)["dags"]
        return "imported" if any(each["dag_id"] == dag for each in dags) else None

    def task(self, dag: str, run: str) -> TaskInstance:
        """Return the latest try of the task."""
        return self.airflow.task_instance(dag, run, TASK)

    def wait_for_end(self, dag: str, run: str) -> str:
        """Wait for the end of a run, and return its final state."""
        return self.airflow.wait(dag, run, timeout=TIMEOUT)

    def result(self, dag: str, run: str) -> object:
        """Return the result of the task, or None."""
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
def running_deployment(python: Path) -> Iterator[Deployment]:
    """Start an Airflow with the measured Dags and a pool for each pattern."""
    job_service, airflow = JobService(), TemporaryAirflow(python, dags=DAGS)
    with serving(job_service) as url:
        airflow.environment.update(MEASURED_JOB_SERVICE=url, PYTHONPATH=str(TOOLS))
        with airflow:
            for name in FILES:
                airflow.api.post(
                    "pools", body={"name": name, "slots": SLOTS, "include_deferred": False}
                )
            yield Deployment(airflow, job_service, release_of(python))
