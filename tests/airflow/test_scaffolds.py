"""The generated example Dags run on a temporary Airflow, with HTTP jobs, and survive SIGKILL.

tests/drill/live injects the other faults, with a replaced hook. All tests share one Airflow and one
job server. All Dag runs are started before the first is waited for, because they mostly wait.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from advisor.drill.live.processes import KillMode
from advisor.drill.live.services import wait_until
from advisor.drill.live.temporary_airflow import TemporaryAirflow
from tests.airflow.environments import python_with
from tests.airflow.job_server import JobServer

pytestmark = pytest.mark.airflow

SECONDS_TO_SUBMIT = 60


@dataclass(frozen=True)
class Scaffold:
    """A generated operator and its example Dag."""

    pattern: str
    package: str
    task: str
    jobs: int
    """The number of jobs that one run submits."""

    @property
    def dag(self) -> str:
        """The id of the example Dag."""
        return f"{self.package}_example"

    def expected_result(self, jobs: list[dict[str, Any]]) -> object:
        """Return the result of the task for these jobs."""
        jobs = sorted(jobs, key=lambda job: job["spec"].get("part", 0))
        results = [{"result_of": job["id"]} for job in jobs]
        return results if self.jobs > 1 else results[0]


RESUMABLE = Scaffold("resumable", "nightly_report", "run_job", 1)
DEFERRABLE = Scaffold("deferrable", "nightly_load", "run_job", 1)
CHECKPOINT = Scaffold("checkpoint", "nightly_batches", "run_batches", 3)
ASYNC = Scaffold("async", "nightly_requests", "run_requests", 10)
SCAFFOLDS = (RESUMABLE, DEFERRABLE, CHECKPOINT, ASYNC)
MAPPED = (RESUMABLE, DEFERRABLE)
MAPPED_DAG = """
from datetime import timedelta

from airflow.sdk import DAG
from nightly_load import NightlyLoadOperator
from nightly_report import NightlyReportOperator

specs = [{"name": "{{ run_id }}", "part": part, "seconds": 10} for part in range(3)]
retries = {"retries": 2, "retry_delay": timedelta(seconds=10)}
with DAG("mapped"):
    NightlyReportOperator.partial(task_id="nightly_report", **retries).expand(spec=specs)
    NightlyLoadOperator.partial(task_id="nightly_load", **retries).expand(spec=specs)
"""
MAP_INDEXES = range(3)
WAITING_IN_A_WORKER = (RESUMABLE, CHECKPOINT, ASYNC)


def by_pattern(scaffold: Scaffold) -> str:
    """Return the test id of a scaffold."""
    return scaffold.pattern


class Deployment:
    """An Airflow with the scaffolds, and the job server that they call."""

    def __init__(self, airflow: TemporaryAirflow, server: JobServer) -> None:
        self.airflow = airflow
        self.server = server

    def start(self, scaffold: Scaffold) -> str:
        """Start a run of an example; return its id, which is also the name of its jobs."""
        return self.airflow.trigger(scaffold.dag)

    def wait_for_job(self, run: str) -> None:
        """Wait until a run has submitted a job."""
        wait_until(
            lambda: bool(self.server.jobs(run)),
            SECONDS_TO_SUBMIT,
            lambda: f"{run} has submitted no job",
        )

    def tries(self, scaffold: Scaffold, run: str) -> int:
        """Return the number of tries of the task of a run."""
        return self.airflow.task_instance(scaffold.dag, run, scaffold.task).try_number

    def assert_success(self, scaffold: Scaffold, run: str) -> None:
        """Wait until a run ends; assert its state, jobs and result."""
        state = self.airflow.wait(scaffold.dag, run)
        jobs = self.server.jobs(run)
        assert (state, len(jobs)) == ("success", scaffold.jobs)
        result = self.airflow.xcom(scaffold.dag, run, scaffold.task)
        assert result == scaffold.expected_result(jobs)

    def assert_mapped_success(self, run: str) -> None:
        """Wait until a run of the mapped Dag ends; assert one job and its result per map index."""
        assert self.airflow.wait("mapped", run) == "success"
        jobs = {job["id"]: job["spec"]["part"] for job in self.server.jobs(run)}
        assert sorted(jobs.values()) == sorted([*MAP_INDEXES] * len(MAPPED))
        for scaffold in MAPPED:
            for index in MAP_INDEXES:
                result = self.airflow.xcom("mapped", run, scaffold.package, map_index=index)
                assert jobs[result["result_of"]] == index


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    project = tmp_path_factory.mktemp("project")
    (project / "plugins").mkdir()
    (project / "dags").mkdir()
    for scaffold in SCAFFOLDS:
        command = [sys.executable, "-m", "advisor", "scaffold", scaffold.pattern, scaffold.package]
        target = ["--airflow-version", "3.3"]
        subprocess.run([*command, *target], cwd=project, check=True, capture_output=True)
    (project / "dags" / "mapped.py").write_text(MAPPED_DAG, encoding="utf-8")
    python = python_with("3.3.2")
    with (
        JobServer() as server,
        TemporaryAirflow(
            python,
            plugins=project / "plugins",
            dags=project / "dags",
            connections={"http_default": server.url},
        ) as airflow,
    ):
        airflow.wait_for_dags([*(scaffold.dag for scaffold in SCAFFOLDS), "mapped"])
        yield Deployment(airflow, server)


@pytest.fixture(scope="module")
def runs(deployment: Deployment) -> dict[str, str]:
    """A started run for each scenario below, by the name of the scenario."""
    # Start this one alone, because the faults of the job server affect all runs.
    killed = {"deferrable, killed": kill_before_it_defers(deployment)}
    with ThreadPoolExecutor(len(SCENARIOS)) as threads:
        started = {name: threads.submit(start, deployment) for name, start in SCENARIOS.items()}
    return killed | {name: run.result() for name, run in started.items()}


def kill_worker(deployment: Deployment, scaffold: Scaffold) -> str:
    """Start a run, and kill its worker after the first job is accepted."""
    run = deployment.start(scaffold)
    deployment.wait_for_job(run)
    deployment.airflow.signal_worker(scaffold.dag, run, scaffold.task, KillMode.WORKER)
    return run


def kill_before_it_defers(deployment: Deployment) -> str:
    """Kill the worker of a deferrable operator after its job is accepted but not answered."""
    deployment.server.set_faults(loses_answers=4)
    try:
        return kill_worker(deployment, DEFERRABLE)
    finally:
        deployment.server.set_faults(loses_answers=0)


def kill_mapped_workers(deployment: Deployment) -> str:
    """Start a run of the mapped Dag, and kill each worker that waits for a job."""
    run = deployment.airflow.trigger("mapped")
    wait_until(
        lambda: len(deployment.server.jobs(run)) == len(MAPPED) * len(MAP_INDEXES),
        SECONDS_TO_SUBMIT,
        lambda: f"{run} has submitted {len(deployment.server.jobs(run))} jobs",
    )
    for index in MAP_INDEXES:
        deployment.airflow.signal_worker(
            "mapped", run, RESUMABLE.package, KillMode.WORKER, map_index=index
        )
    return run


SCENARIOS: dict[str, Callable[[Deployment], str]] = {
    **{f"{each.pattern}, baseline": partial(Deployment.start, scaffold=each) for each in SCAFFOLDS},
    **{
        f"{each.pattern}, killed": partial(kill_worker, scaffold=each)
        for each in WAITING_IN_A_WORKER
    },
    "mapped, baseline": lambda deployment: deployment.airflow.trigger("mapped"),
    "mapped, killed": kill_mapped_workers,
}


def test_airflow_imports_dags_and_plugins_without_errors(deployment: Deployment) -> None:
    assert deployment.airflow.import_errors() == {}
    assert deployment.airflow.api.get("plugins", "importErrors")["import_errors"] == []


@pytest.mark.parametrize("scaffold", SCAFFOLDS, ids=by_pattern)
def test_example_dag_succeeds_as_generated(
    deployment: Deployment, runs: dict[str, str], scaffold: Scaffold
) -> None:
    deployment.assert_success(scaffold, runs[f"{scaffold.pattern}, baseline"])


@pytest.mark.parametrize("scaffold", SCAFFOLDS, ids=by_pattern)
def test_killed_worker_causes_neither_a_duplicate_nor_a_lost_result(
    deployment: Deployment, runs: dict[str, str], scaffold: Scaffold
) -> None:
    run = runs[f"{scaffold.pattern}, killed"]
    deployment.assert_success(scaffold, run)
    assert deployment.tries(scaffold, run) == 2


@pytest.mark.parametrize("scenario", ["mapped, baseline", "mapped, killed"])
def test_mapped_tasks_have_a_job_and_its_result_for_each_map_index(
    deployment: Deployment, runs: dict[str, str], scenario: str
) -> None:
    deployment.assert_mapped_success(runs[scenario])
