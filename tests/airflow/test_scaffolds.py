"""The example Dags on a real Airflow, over HTTP: they run as generated, and outlive their workers.

Whatever else can happen to a task is tried in tests/drill/live, where the hook is replaced. One
Airflow and one job server serve all tests. Every Dag run is started before the first is waited for,
since most of their time is that of the jobs.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

import pytest

from advisor.drill.live.temporary_airflow import TemporaryAirflow
from advisor.drill.live.waiting import until
from advisor.drill.live.workers import KillMode
from tests.airflow.environments import python_with
from tests.airflow.jobs import Jobs

pytestmark = pytest.mark.airflow

SECONDS_TO_SUBMIT = 60


class Scaffold(NamedTuple):
    """An operator that was generated, and what its example Dag does."""

    pattern: str
    package: str
    task: str
    jobs: int
    """How many jobs one run submits."""

    @property
    def dag(self) -> str:
        """Return the id of the example Dag."""
        return f"{self.package}_example"

    def result_of(self, jobs: list[dict[str, Any]]) -> object:
        """Return what the task returns, once these jobs have ended."""
        jobs = sorted(jobs, key=lambda job: job["spec"].get("part", 0))
        results = [{"result_of": job["id"]} for job in jobs]
        return results if self.jobs > 1 else results[0]


RESUMABLE = Scaffold("resumable", "nightly_report", "run_job", 1)
DEFERRABLE = Scaffold("deferrable", "nightly_load", "run_job", 1)
CHECKPOINT = Scaffold("checkpoint", "nightly_batches", "run_batches", 3)
ASYNC = Scaffold("async", "nightly_requests", "run_requests", 10)
SCAFFOLDS = (RESUMABLE, DEFERRABLE, CHECKPOINT, ASYNC)
IN_A_WORKER = (RESUMABLE, CHECKPOINT, ASYNC)
"""The ones that wait in a worker."""


def by_pattern(scaffold: Scaffold) -> str:
    """Return how a test names a scaffold."""
    return scaffold.pattern


class Stage:
    """The Airflow with the scaffolds, and the system that their jobs run in."""

    def __init__(self, airflow: TemporaryAirflow, jobs: Jobs) -> None:
        self.airflow = airflow
        self.jobs = jobs

    def start(self, scaffold: Scaffold) -> str:
        """Start a run of an example, and return its id, which its jobs bear as their name."""
        return self.airflow.trigger(scaffold.dag)

    def wait_for_jobs(self, run: str, number: int = 1) -> None:
        """Wait until a run has submitted so many jobs."""
        until(
            lambda: len(self.jobs.of(run)) >= number,
            SECONDS_TO_SUBMIT,
            lambda: f"{run} has submitted {len(self.jobs.of(run))} jobs of {number}",
        )

    def tries(self, scaffold: Scaffold, run: str) -> int:
        """Return how many tries the task of a run has used."""
        return self.airflow.task_instance(scaffold.dag, run, scaffold.task).try_number

    def assert_ended_well(self, scaffold: Scaffold, run: str) -> None:
        """Wait for a run; hold it against what it promises: its result, and each job once."""
        state = self.airflow.wait(scaffold.dag, run)
        jobs = self.jobs.of(run)
        assert (state, len(jobs)) == ("success", scaffold.jobs)
        result = self.airflow.xcom(scaffold.dag, run, scaffold.task)
        assert result == scaffold.result_of(jobs)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    project = tmp_path_factory.mktemp("project")
    (project / "plugins").mkdir()
    (project / "dags").mkdir()
    for scaffold in SCAFFOLDS:
        command = [sys.executable, "-m", "advisor", "scaffold", scaffold.pattern, scaffold.package]
        target = ["--airflow-version", "3.3"]
        subprocess.run([*command, *target], cwd=project, check=True, capture_output=True)
    python = python_with("3.3.2")
    with (
        Jobs(python, project / "plugins" / RESUMABLE.package) as jobs,
        TemporaryAirflow(
            python,
            plugins=project / "plugins",
            dags=project / "dags",
            connections={"http_default": jobs.url},
        ) as airflow,
    ):
        airflow.wait_for_dags([scaffold.dag for scaffold in SCAFFOLDS])
        yield Stage(airflow, jobs)


@pytest.fixture(scope="module")
def runs(stage: Stage) -> dict[str, str]:
    """A run of every story below, all of them started before the first one is waited for."""
    # Alone: its fault would be everyone's.
    told = {"deferrable, shot": shoot_before_it_defers(stage)}
    with ThreadPoolExecutor(len(FAULTS)) as threads:
        begun = {name: threads.submit(fault, stage) for name, fault in FAULTS.items()}
    return told | {name: run.result() for name, run in begun.items()}


def shoot(stage: Stage, scaffold: Scaffold) -> str:
    """Kill the worker once the first job was accepted."""
    run = stage.start(scaffold)
    stage.wait_for_jobs(run)
    stage.airflow.signal_worker(scaffold.dag, run, scaffold.task, KillMode.WORKER)
    return run


def shoot_before_it_defers(stage: Stage) -> str:
    """Kill the worker of a deferrable after its job was accepted, and before it knows that."""
    stage.jobs.go_wrong(loses_answers=4)
    try:
        return shoot(stage, DEFERRABLE)
    finally:
        stage.jobs.go_wrong(loses_answers=0)


FAULTS: dict[str, Callable[[Stage], str]] = {
    **{f"{each.pattern}, undisturbed": partial(Stage.start, scaffold=each) for each in SCAFFOLDS},
    **{f"{each.pattern}, shot": partial(shoot, scaffold=each) for each in IN_A_WORKER},
}


def test_airflow_reads_everything_without_an_error(stage: Stage) -> None:
    assert stage.airflow.import_errors() == {}
    assert stage.airflow.api.get("plugins", "importErrors")["import_errors"] == []


@pytest.mark.parametrize("scaffold", SCAFFOLDS, ids=by_pattern)
def test_the_example_runs_as_generated(
    stage: Stage, runs: dict[str, str], scaffold: Scaffold
) -> None:
    stage.assert_ended_well(scaffold, runs[f"{scaffold.pattern}, undisturbed"])


@pytest.mark.parametrize("scaffold", SCAFFOLDS, ids=by_pattern)
def test_losing_the_worker_costs_no_second_job_and_no_result(
    stage: Stage, runs: dict[str, str], scaffold: Scaffold
) -> None:
    run = runs[f"{scaffold.pattern}, shot"]
    stage.assert_ended_well(scaffold, run)
    assert stage.tries(scaffold, run) == 2
