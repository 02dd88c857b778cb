"""The Dags of the live tests, and the Airflow that runs them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advisor.drill.live.temporary_airflow import TemporaryAirflow
from tests.services.hooks import airflow_python, module_of
from tests.services.service import Service

SECONDS_OF_JOB = 25
"""Twice as long for `deferrable`, whose tasks all have to be deferred at the same time."""
SECONDS_OF_ONE = 8
"""Of each job, if a task runs several."""
TASKS = {
    "resumable": "run_job",
    "deferrable": "run_job",
    "checkpoint": "run_batches",
    "async": "run_requests",
}
"""The id of the task in the example Dag of each pattern."""
JOBS = {"resumable": 1, "deferrable": 1, "checkpoint": 3, "async": 10}
"""The number of jobs that the task runs."""
DAG = """
from datetime import timedelta

from airflow.sdk import DAG
from {package} import {operator}

with DAG("{dag}"):
    {operator}(
        task_id="{task}",
        {argument}={value!r},
        poll_interval=2.0,
        retries=2,
        retry_delay=timedelta(seconds=5),
    )
"""
HOLD = """
import time
from pathlib import Path

from {package}.hooks import {hook}

submit = {hook}.submit


def submit_and_wait(self, spec, key):
    job_id = submit(self, spec, key)
    if not (marker := Path({marker!r})).exists():
        marker.touch()
        time.sleep(600)  # until the worker is killed
    return job_id


{hook}.submit = submit_and_wait
"""
"""Lets the first submission of a Dag be accepted, but not returned."""


@dataclass(frozen=True)
class Scaffold:
    """A generated operator for a service."""

    pattern: str
    service: Service

    @property
    def package(self) -> str:
        return f"{module_of(self.service.system)}_{self.pattern}"

    @property
    def stem(self) -> str:
        return "".join(map(str.capitalize, self.package.split("_")))

    @property
    def task(self) -> str:
        return TASKS[self.pattern]

    @property
    def example(self) -> str:
        """The id of the example Dag."""
        return f"{self.package}_example"

    @property
    def waiting(self) -> str:
        """The id of a Dag whose jobs take long enough to be waited for."""
        return f"{self.package}_waiting"

    @property
    def held(self) -> str:
        """The id of a Dag whose first submission is accepted, but not returned."""
        return f"{self.package}_held"

    def write(self, project: Path) -> None:
        """Scaffold the operator, and write its two other Dags."""
        command = [sys.executable, "-m", "advisor", "scaffold", self.pattern, self.package]
        options = ["--system", self.service.system, "--airflow-version", "3.3"]
        settings = [f"--set={id_}={value}" for id_, value in self.service.settings.items()]
        subprocess.run(
            [*command, *options, *settings], cwd=project, check=True, capture_output=True
        )
        dags = project / "dags"
        if self.service.example_spec is not None:
            example = dags / f"{self.example}.py"
            text = with_spec(example.read_text(encoding="utf-8"), self.service.example_spec)
            example.write_text(text, encoding="utf-8")
        (dags / f"{self.waiting}.py").write_text(self._dag(self.waiting), encoding="utf-8")
        names = {"package": self.package, "hook": f"{self.stem}Hook"}
        hold = HOLD.format(**names, marker=str(project / self.held))
        (dags / f"{self.held}.py").write_text(hold + self._dag(self.held), encoding="utf-8")

    def _dag(self, dag: str) -> str:
        argument = {"checkpoint": "batches", "async": "requests"}.get(self.pattern, "spec")
        return DAG.format(
            package=self.package,
            operator=f"{self.stem}Operator",
            dag=dag,
            task=self.task,
            argument=argument,
            value=self._value(),
        )

    def _value(self) -> Any:  # noqa: ANN401 - a job or a list of jobs
        if JOBS[self.pattern] == 1:
            seconds = SECONDS_OF_JOB * (2 if self.pattern == "deferrable" else 1)
            return self.service.spec("{{ run_id }}", seconds)
        parts = range(JOBS[self.pattern])
        return [self.service.spec("{{ run_id }}", SECONDS_OF_ONE, str(part)) for part in parts]


def with_spec(dag: str, spec: Mapping[str, Any]) -> str:
    """Return an example Dag in which another job is given."""
    start = dag.index("        spec=")
    end = dag.index("\n        # Airflow does not retry by default")
    return f"{dag[:start]}        spec={dict(spec)!r},{dag[end:]}"


@contextmanager
def running_airflow(
    project: Path, services: Mapping[str, Service], scaffolds: list[Scaffold]
) -> Iterator[TemporaryAirflow]:
    """Run a temporary Airflow with the operators and Dags of scaffolds."""
    for folder in ("plugins", "dags"):
        (project / folder).mkdir()
    for scaffold in scaffolds:
        scaffold.write(project)
    connections = {id_: uri for each in services.values() for id_, uri in each.connections.items()}
    airflow = TemporaryAirflow(
        airflow_python(),
        plugins=project / "plugins",
        dags=project / "dags",
        connections=connections,
    )
    for each in services.values():
        airflow.environment.update(each.environment)
    with airflow:
        dags = [dag for each in scaffolds for dag in (each.example, each.waiting, each.held)]
        airflow.wait_for_dags(dags)
        yield airflow
