"""Generated operators run on a temporary Airflow with real services, and survive SIGKILL.

The jobs of each run are counted by asking the service. All systems share one Airflow, and the runs
of a scenario are started before the first is waited for, because they mostly wait.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from advisor.drill.live.services import wait_until
from advisor.drill.live.temporary_airflow import TemporaryAirflow
from tests.services.evidence import Evidence
from tests.services.live import JOBS, Scaffold, running_airflow
from tests.services.service import Service
from tests.services.table import SERVICES

pytestmark = pytest.mark.xdist_group("live")

LIVE = [each for each in SERVICES if each.is_live]
PATTERNS = ("resumable", "deferrable")
WITH_ALL_PATTERNS = "bigquery"
"""The system that `checkpoint` and `async` run on."""
SECONDS_TO_SUBMIT = 120
SECONDS_TO_END = 300
CASES = [(each.system, pattern) for each in LIVE for pattern in PATTERNS] + [
    (WITH_ALL_PATTERNS, pattern) for pattern in ("checkpoint", "async")
]
WAITING_IN_A_WORKER = [case for case in CASES if case[1] != "deferrable"]
HELD = [case for case in CASES if case[1] in PATTERNS]
DEFERRED = [case for case in CASES if case[1] == "deferrable"]


@dataclass(frozen=True)
class Run:
    """A started run of a Dag."""

    scaffold: Scaffold
    dag: str
    id: str


class Deployment:
    """An Airflow with the scaffolds for all live services, and the runs of all scenarios."""

    def __init__(
        self, airflow: TemporaryAirflow, scaffolds: dict[tuple[str, str], Scaffold]
    ) -> None:
        self.airflow = airflow
        self.scaffolds = scaffolds
        # The Triggerer first: its tasks have to be deferred at the same time.
        self.runs = {"Triggerer killed while polling": self.kill_triggerer()}
        self.runs["worker killed during the submission"] = self.start(HELD, "held")
        self.runs["example Dag"] = self.start(CASES, "example")
        self.kill_held()
        self.runs["worker killed while polling"] = self.start(WAITING_IN_A_WORKER, "waiting")
        self.kill_waiting()

    def start(self, cases: Sequence[tuple[str, str]], dag: str) -> dict[tuple[str, str], Run]:
        """Start a run of a kind of Dag for each case."""
        runs = {}
        for case in cases:
            scaffold = self.scaffolds[case]
            id_ = getattr(scaffold, dag)
            runs[case] = Run(scaffold, id_, self.airflow.trigger(id_))
        return runs

    def kill_triggerer(self) -> dict[tuple[str, str], Run]:
        """Kill the Triggerer while all deferrable tasks are deferred, and start another one."""
        runs = self.start(DEFERRED, "waiting")
        for run in runs.values():
            task = run.scaffold.task
            self.airflow.wait_for_task(run.dag, run.id, task, "deferred", timeout=SECONDS_TO_SUBMIT)
            self.wait_for_job(run)
        self.airflow.kill_triggerer()
        self.airflow.start_triggerer()
        return runs

    def kill_held(self) -> None:
        """Kill the workers whose job is accepted, but whose submission has not returned."""
        for run in self.runs["worker killed during the submission"].values():
            self.wait_for_job(run)
            self.airflow.signal_worker(run.dag, run.id, run.scaffold.task)

    def kill_waiting(self) -> None:
        """Kill the workers that wait for a job."""
        for run in self.runs["worker killed while polling"].values():
            self.wait_for_job(run)
            self.wait_for_id(run)
            self.airflow.signal_worker(run.dag, run.id, run.scaffold.task)

    def wait_for_job(self, run: Run) -> None:
        """Wait until the service lists a job of a run."""
        wait_until(
            lambda: bool(run.scaffold.service.jobs(run.id)),
            SECONDS_TO_SUBMIT,
            lambda: f"{run.dag} has submitted no job\n{self.log(run)[-2000:]}",
        )

    def wait_for_id(self, run: Run) -> None:
        """Wait until the log of a run shows the id of a job, which is stored by then."""
        wait_until(
            lambda: "External job id" in self.log(run) or " is job " in self.log(run),
            SECONDS_TO_SUBMIT,
            lambda: f"{run.dag} has no id of a job\n{self.log(run)[-2000:]}",
        )

    def log(self, run: Run) -> str:
        return self.airflow.log(run.dag, run.id, run.scaffold.task)


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    project = tmp_path_factory.mktemp("project")
    with ExitStack() as stack:
        services: dict[str, Service] = {each.system: stack.enter_context(each()) for each in LIVE}
        scaffolds = {case: Scaffold(case[1], services[case[0]]) for case in CASES}
        airflow = stack.enter_context(running_airflow(project, services, list(scaffolds.values())))
        yield Deployment(airflow, scaffolds)


def test_airflow_imports_dags_and_plugins_without_errors(deployment: Deployment) -> None:
    assert deployment.airflow.import_errors() == {}


@pytest.mark.parametrize(
    "scenario_and_case",
    [
        *(("example Dag", case) for case in CASES),
        *(("worker killed during the submission", case) for case in HELD),
        *(("worker killed while polling", case) for case in WAITING_IN_A_WORKER),
        *(("Triggerer killed while polling", case) for case in DEFERRED),
    ],
    ids=lambda value: f"{value[0]}, {' '.join(value[1])}",
)
def test_run_succeeds_with_one_job_for_each_spec(
    deployment: Deployment,
    evidence: Evidence,
    scenario_and_case: tuple[str, tuple[str, str]],
) -> None:
    scenario, case = scenario_and_case
    run = deployment.runs[scenario][case]
    state = deployment.airflow.wait(run.dag, run.id, timeout=SECONDS_TO_END)
    task = deployment.airflow.task_instance(run.dag, run.id, run.scaffold.task)
    jobs = run.scaffold.service.jobs(run.id)
    evidence.add_run(
        run.scaffold.service, scenario, case[1], state=state, tries=task.try_number, jobs=len(jobs)
    )
    assert (state, len(jobs)) == ("success", JOBS[case[1]]), deployment.log(run)[-3000:]
    if scenario.startswith("worker killed"):
        # Otherwise a busy machine can cost a try too: Airflow then misses the worker's heartbeats.
        assert task.try_number > 1
    assert deployment.airflow.xcom(run.dag, run.id, run.scaffold.task) is not None
