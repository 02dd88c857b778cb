"""A real Airflow for a while: started from nothing, driven, hurt, and gone at the end.

Its services run as a user's would: API server, scheduler, Dag processor and triggerer, with the
LocalExecutor on SQLite, reachable on loopback only. It takes about 20 s to come up and 800 MB.
"""

from __future__ import annotations

import http.client
import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL, Signals
from types import TracebackType
from typing import Final

from advisor.drill.live.rest_api import Api, Json, Refused
from advisor.drill.live.services import Services, end_of
from advisor.drill.live.settings import free_port, variables
from advisor.drill.live.waiting import ServiceEnded
from advisor.drill.live.workers import KillMode, Worker, worker_of

MONITORED: Final = ("scheduler", "dag_processor", "triggerer")
"""The services whose health the API server tells, by its names for them."""
ENDS: Final = ("success", "failed")
"""The states in which a Dag run has ended."""
NOT_FOUND: Final = 404
CONFLICT: Final = 409
SECONDS_TO_COME_UP: Final = 180
SECONDS_TO_APPEAR: Final = 60
"""How long a Dag has to be read, and a worker to be there to be hit."""


@dataclass(frozen=True, slots=True)
class TaskInstance:
    """A task instance as the API server tells it; `id` is another one on every try."""

    id: str
    state: str | None
    try_number: int
    max_tries: int


class TemporaryAirflow:
    """A throw-away Airflow, up between `with` and its end.

    Args:
        python: the Python of an environment with Airflow.
        plugins: the plugins folder; it is on the path of every service, triggerer included. One
            inside `home` if unsaid.
        dags: the Dags folder. Each file is read once, when Airflow starts. One inside `home` if
            unsaid.
        connections: URIs by connection id.
        preload: modules that the Triggerer imports first.
    """

    def __init__(
        self,
        python: Path,
        *,
        plugins: Path | None = None,
        dags: Path | None = None,
        connections: Mapping[str, str] | None = None,
        preload: Sequence[str] = (),
    ) -> None:
        port = free_port()
        self._services = Services(python, preload)
        self.home = self._services.home
        """AIRFLOW_HOME; it goes at the end."""
        self.variables = variables(
            python=python,
            home=self.home,
            port=port,
            plugins=plugins or self.home / "plugins",
            dags=dags or self.home / "dags",
            connections=connections or {},
        )
        """Environment variables of all services; to be changed before they start."""
        self._services.environment = self.variables
        self.api = Api(f"http://127.0.0.1:{port}")
        """For questions that have no method here."""

    def __enter__(self) -> TemporaryAirflow:
        """Start it, and wait until all services are healthy.

        Raises:
            NotReady: they are not after three minutes; holds the ends of their logs.
            ServiceEnded: one has ended.
        """
        try:
            self._services.start_all()
            complaint = "the services are not all healthy"
            self._services.until(self._healthy, SECONDS_TO_COME_UP, lambda: complaint)
        except BaseException:  # Ctrl-C too
            self._services.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all services, workers and what is left of killed ones; remove their folder."""
        self._services.stop()

    # ---- runs and tasks

    def wait_for_dags(self, dags: Iterable[str]) -> None:
        """Wait until Dags are known.

        Raises:
            NotReady: one is not after a minute; names the import errors.
        """
        for dag in dags:
            self._wait_for_dag(dag)

    def trigger(
        self, dag: str, conf: Mapping[str, object] | None = None, run: str | None = None
    ) -> str:
        """Start a run of a Dag, once that is known, and return the run's id."""
        self.wait_for_dags([dag])
        # An id of our own: a question that was answered 500 may have been heard all the same.
        run = run or f"drill-{uuid.uuid4()}"
        body = {"dag_run_id": run, "logical_date": None, "conf": dict(conf or {})}
        try:
            self.api.post("dags", dag, "dagRuns", body=body)
        except Refused as error:
            if error.code != CONFLICT:
                raise
        return run

    def state(self, dag: str, run: str) -> str:
        """Return the state of a run: queued, running, success or failed."""
        state: str = self.api.get("dags", dag, "dagRuns", run)["state"]
        return state

    def wait(self, dag: str, run: str, timeout: float = 120) -> str:
        """Wait for the end of a run and return how it ended: success or failed.

        Raises:
            NotReady: it has not ended after so many seconds; holds the logs of its tasks.
        """
        self._services.until(
            lambda: self.state(dag, run) in ENDS,
            timeout,
            lambda: f"{dag} {run} is {self.state(dag, run)}\n{self._logs_of_run(dag, run)}",
        )
        return self.state(dag, run)

    def task_instance(self, dag: str, run: str, task: str) -> TaskInstance:
        """Return a task instance in its latest try."""
        told = self.api.get("dags", dag, "dagRuns", run, "taskInstances", task)
        return TaskInstance(**{name: told[name] for name in TaskInstance.__slots__})

    def wait_for_task(
        self, dag: str, run: str, task: str, *states: str, timeout: float = 60
    ) -> TaskInstance:
        """Wait until a task instance is in one of some states, and return it.

        Raises:
            NotReady: it is not after so many seconds.
        """
        return self._services.until(
            lambda: (it := self.task_instance(dag, run, task)).state in states and it,
            timeout,
            lambda: f"{task} is {self.task_instance(dag, run, task)}, not {states}",
        )

    def xcom(self, dag: str, run: str, task: str, key: str = "return_value") -> Json:
        """Return the value of an XCom.

        Raises:
            LookupError: there is none, as where a task returns None.
        """
        where = ("dags", dag, "dagRuns", run, "taskInstances", task, "xcomEntries", key)
        try:
            return self.api.get(*where)["value"]
        except Refused as error:
            if error.code != NOT_FOUND:
                raise
            raise LookupError(f"{dag} {run} {task} has no XCom {key}") from error

    def log(self, dag: str, run: str, task: str) -> str:
        """Return what all tries of a task logged; what its triggers did included."""
        folder = self._log_folder(dag, run) / f"task_id={task}"
        return "".join(
            each.read_text("utf-8", "replace") for each in sorted(folder.glob("attempt=*.log*"))
        )

    def import_errors(self) -> dict[str, str]:
        """Return the stack traces of the Dag files that cannot be imported, by file name.

        Only of those that were read already: `wait_for_dags` waits.
        """
        told = self.api.get("importErrors")["import_errors"]
        return {each["filename"]: each["stack_trace"] for each in told}

    # ---- what a user does

    def clear(self, dag: str, run: str, task: str) -> None:
        """Clear a task instance, whatever its state: it will run anew."""
        body = {
            "dag_run_id": run,
            "task_ids": [task],
            "dry_run": False,
            "only_failed": False,
        }
        self.api.post("dags", dag, "clearTaskInstances", body=body)

    def mark_failed(self, dag: str, run: str, task: str) -> None:
        """Set the state of a task instance to failed by hand."""
        where = ("dags", dag, "dagRuns", run, "taskInstances", task)
        self.api.patch(*where, body={"new_state": "failed"})

    # ---- what an outage does

    def signal_worker(
        self, dag: str, run: str, task: str, kill_mode: KillMode = KillMode.WORKER
    ) -> Worker:
        """Wait until a task instance runs, send its worker a signal, return what was hit.

        Only processes that show the id of the task instance are hit, right after asking that it
        runs.

        Raises:
            NotReady: it did not run within a minute.
        """
        return self._services.until(
            lambda: self._hit(self.task_instance(dag, run, task), kill_mode),
            SECONDS_TO_APPEAR,
            lambda: f"no worker runs {self.task_instance(dag, run, task)}",
        )

    def kill_triggerer(self, number: Signals = SIGKILL) -> None:
        """End the triggerer and wait for it; SIGKILL hits its children too, SIGTERM itself only."""
        self._services.end("triggerer", number)

    def start_triggerer(self) -> None:
        """Start a triggerer; within about ten seconds it takes over what a killed one left."""
        self._services.start("triggerer")

    def check_services(self) -> None:
        """See that all services run.

        Raises:
            ServiceEnded: one has ended by itself; holds the ends of their logs.
        """
        if ended := self._services.ended():
            message = f"ended by itself: {', '.join(ended)}\n{self._services.ends_of_logs()}"
            raise ServiceEnded(message)

    # ---- inside

    def _healthy(self) -> bool:
        self.check_services()
        with suppress(OSError, http.client.HTTPException, Refused):
            health = self.api.health()
            return all(health[service]["status"] == "healthy" for service in MONITORED)
        return False

    def _hit(self, instance: TaskInstance, kill_mode: KillMode) -> Worker | None:
        if instance.state != "running":
            return None
        worker = worker_of(instance.id, self._services.processes())
        return worker if worker and worker.signal_processes(kill_mode) else None

    def _wait_for_dag(self, dag: str) -> None:
        self._services.until(
            lambda: self._found("dags", dag),
            SECONDS_TO_APPEAR,
            lambda: f"there is no Dag {dag}; import errors: {self.import_errors()}",
        )

    def _found(self, *path: str) -> bool:
        try:
            self.api.get(*path)
        except Refused as error:
            if error.code != NOT_FOUND:
                raise
            return False
        return True

    def _log_folder(self, dag: str, run: str) -> Path:
        return self.home / "logs" / f"dag_id={dag}" / f"run_id={run}"

    def _logs_of_run(self, dag: str, run: str) -> str:
        return "\n".join(map(end_of, sorted(self._log_folder(dag, run).rglob("attempt=*"))))
