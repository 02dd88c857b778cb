"""A temporary Airflow: started, controlled through its API, and removed at the end.

It runs the services of a deployment (API server, scheduler, Dag processor and Triggerer) with the
LocalExecutor and SQLite, on loopback only. It starts in about 20 s and needs 800 MB of memory.
"""

from __future__ import annotations

import http.client
import itertools
import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import Signals
from typing import Final

from advisor.drill.live.processes import SIGKILL, KillMode, Worker, find_worker
from advisor.drill.live.rest_api import Api, ApiError, Json
from advisor.drill.live.services import Services, free_port, log_tail, service_environment

MONITORED: Final = ("scheduler", "dag_processor", "triggerer")
"""The services whose health the API server reports, by their names in its response."""
FINAL_RUN_STATES: Final = ("success", "failed")
NOT_FOUND: Final = 404
CONFLICT: Final = 409
LOGICAL_DATE: Final = "2026-01-01T00:00:00.{:06}+00:00"
"""The date of a run, by its number. Templates such as {{ ds }} need one, unique for each Dag."""
SECONDS_TO_START: Final = 180
SECONDS_TO_APPEAR: Final = 60
"""Maximum number of seconds until a Dag is parsed or a worker runs."""


@dataclass(frozen=True, slots=True)
class TaskInstance:
    """A task instance as the API server reports it; each try has a new `id`."""

    id: str
    state: str | None
    try_number: int


class TemporaryAirflow:
    """A temporary Airflow, which runs inside a `with` block.

    Methods that wait raise NotReady after their timeout, with the last lines of the logs, or
    ServiceEnded if a service ended unexpectedly.

    Args:
        python: the Python of an environment with Airflow.
        plugins: the plugins folder, which is on the path of every service, including the Triggerer
            (default: one inside `home`).
        dags: the Dags folder, whose files are read only once, at the start (default: one inside
            `home`).
        connections: URIs by connection id.
        preload: modules that the Triggerer imports before it starts.
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
        self.services = Services(python, preload)
        """The processes; started by entering the context."""
        self.home = self.services.home
        """AIRFLOW_HOME; removed at the end."""
        self.environment = service_environment(
            python=python,
            home=self.home,
            port=port,
            plugins=plugins or self.home / "plugins",
            dags=dags or self.home / "dags",
            connections=connections or {},
        )
        """Environment variables of all services; change them before the services start."""
        self.services.environment = self.environment
        self.api = Api(f"http://127.0.0.1:{port}")
        """For requests that have no method here."""
        self._run_numbers = itertools.count()

    def __enter__(self) -> TemporaryAirflow:
        """Start all services and wait until they are healthy."""
        try:
            self.services.start_all()
            message = "not all services are healthy"
            self.services.wait_until(self._is_healthy, SECONDS_TO_START, lambda: message)
        except BaseException:  # Ctrl-C too
            self.services.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all services and their descendants; remove their folder."""
        self.services.stop()

    # ---- runs and tasks

    def wait_for_dags(self, dags: Iterable[str]) -> None:
        """Wait until Airflow has parsed these Dags.

        Raises:
            NotReady: a Dag is missing after a minute; the message has the import errors.
        """
        for dag in dags:
            self._wait_for_dag(dag)

    def trigger(
        self, dag: str, conf: Mapping[str, object] | None = None, run: str | None = None
    ) -> str:
        """Wait for a Dag, start a run, and return the id of the run."""
        self.wait_for_dags([dag])
        # An explicit id, so that a request that is retried after a 500 cannot start a second run.
        run = run or f"drill-{uuid.uuid4()}"
        date = LOGICAL_DATE.format(next(self._run_numbers))
        body = {"dag_run_id": run, "logical_date": date, "conf": dict(conf or {})}
        try:
            self.api.post("dags", dag, "dagRuns", body=body)
        except ApiError as error:
            if error.code != CONFLICT:
                raise
        return run

    def wait(self, dag: str, run: str, timeout: float = 120) -> str:
        """Wait for a run to end; return its final state, success or failed."""
        ended = self.services.wait_until(
            lambda: (it := self._run(dag, run))["state"] in FINAL_RUN_STATES and it,
            timeout,
            lambda: f"{dag} {run} is {self._run(dag, run)['state']}\n{self._logs_of_run(dag, run)}",
        )
        return str(ended["state"])

    def task_instance(self, dag: str, run: str, task: str, map_index: int = -1) -> TaskInstance:
        """Return the latest try of a task instance; a map index of -1 means that none is mapped."""
        index = () if map_index < 0 else (map_index,)
        fields = self.api.get("dags", dag, "dagRuns", run, "taskInstances", task, *index)
        return TaskInstance(**{name: fields[name] for name in TaskInstance.__slots__})

    def wait_for_task(
        self, dag: str, run: str, task: str, *states: str, timeout: float = 60
    ) -> TaskInstance:
        """Wait until a task instance is in one of these states, and return it."""
        return self.services.wait_until(
            lambda: (it := self.task_instance(dag, run, task)).state in states and it,
            timeout,
            lambda: f"{task} is {self.task_instance(dag, run, task)}, expected {states}",
        )

    def xcom(
        self, dag: str, run: str, task: str, key: str = "return_value", map_index: int = -1
    ) -> Json:
        """Return the value of an XCom.

        Raises:
            LookupError: the XCom does not exist, for example because the task returned None.
        """
        path = ("dags", dag, "dagRuns", run, "taskInstances", task, "xcomEntries", key)
        try:
            return self.api.get(*path, map_index=map_index)["value"]
        except ApiError as error:
            if error.code != NOT_FOUND:
                raise
            raise LookupError(f"{dag} {run} {task} has no XCom {key}") from error

    def log(self, dag: str, run: str, task: str) -> str:
        """Return the log of all tries of a task, including its triggers."""
        folder = self._log_folder(dag, run) / f"task_id={task}"
        return "".join(
            each.read_text("utf-8", "replace") for each in sorted(folder.glob("attempt=*.log*"))
        )

    def import_errors(self) -> dict[str, str]:
        """Return the stack traces of the Dag files that cannot be imported, by file name.

        Files that have not been parsed yet are missing; `wait_for_dags` waits for them.
        """
        errors = self.api.get("importErrors")["import_errors"]
        return {each["filename"]: each["stack_trace"] for each in errors}

    # ---- actions of users

    def clear(self, dag: str, run: str, task: str) -> None:
        """Clear a task instance in any state, so that it runs again."""
        body = {
            "dag_run_id": run,
            "task_ids": [task],
            "dry_run": False,
            "only_failed": False,
        }
        self.api.post("dags", dag, "clearTaskInstances", body=body)

    def mark_failed(self, dag: str, run: str, task: str) -> None:
        """Set the state of a task instance to failed."""
        path = ("dags", dag, "dagRuns", run, "taskInstances", task)
        self.api.patch(*path, body={"new_state": "failed"})

    # ---- lost workers and services

    def signal_worker(
        self,
        dag: str,
        run: str,
        task: str,
        kill_mode: KillMode = KillMode.WORKER,
        map_index: int = -1,
    ) -> Worker:
        """Wait until a task instance runs, signal its worker, and return the worker.

        Signals only processes that show the id of the task instance, right after the API server
        has reported it as running.
        """
        return self.services.wait_until(
            lambda: self._signal(self.task_instance(dag, run, task, map_index), kill_mode),
            SECONDS_TO_APPEAR,
            lambda: f"no worker runs {self.task_instance(dag, run, task, map_index)}",
        )

    def kill_triggerer(self, number: Signals = SIGKILL) -> None:
        """End the Triggerer and wait until it has ended; SIGKILL is also sent to its children."""
        self.services.end("triggerer", number)

    def start_triggerer(self) -> None:
        """Start a Triggerer, which takes over the triggers of a lost one after about 10 s."""
        self.services.start("triggerer")

    # ---- private

    def _is_healthy(self) -> bool:
        self.services.check()
        with suppress(OSError, http.client.HTTPException, ApiError):
            health = self.api.health()
            return all(health[service]["status"] == "healthy" for service in MONITORED)
        return False

    def _signal(self, instance: TaskInstance, kill_mode: KillMode) -> Worker | None:
        if instance.state != "running":
            return None
        worker = find_worker(instance.id, self.services.processes())
        return worker if worker and worker.kill(kill_mode) else None

    def _wait_for_dag(self, dag: str) -> None:
        self.services.wait_until(
            lambda: self._exists(dag),
            SECONDS_TO_APPEAR,
            lambda: f"Dag {dag} is missing; import errors: {self.import_errors()}",
        )

    def _exists(self, dag: str) -> bool:
        try:
            self.api.get("dags", dag)
        except ApiError as error:
            if error.code != NOT_FOUND:
                raise
            return False
        return True

    def _run(self, dag: str, run: str) -> dict[str, Json]:
        fields: dict[str, Json] = self.api.get("dags", dag, "dagRuns", run)
        return fields

    def _log_folder(self, dag: str, run: str) -> Path:
        return self.home / "logs" / f"dag_id={dag}" / f"run_id={run}"

    def _logs_of_run(self, dag: str, run: str) -> str:
        return "\n".join(map(log_tail, sorted(self._log_folder(dag, run).rglob("attempt=*"))))
