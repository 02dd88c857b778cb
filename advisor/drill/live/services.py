"""The services of a temporary Airflow: their settings, their processes and their logs."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from signal import Signals
from typing import Final, Literal, TypeVar

from advisor.drill.live.process_reaper import ProcessReaper
from advisor.drill.live.processes import (
    SIGKILL,
    Process,
    descendants,
    read_process,
    send_signal,
    wait_for_exit,
)
from advisor.drill.runtime.guard import without_credentials

T = TypeVar("T")

SERVICES: Final[Mapping[str, tuple[str, ...]]] = {
    "api-server": (),
    # Without this option, the scheduler and the Triggerer listen on fixed ports.
    "scheduler": ("--skip-serve-logs",),
    "dag-processor": (),
    "triggerer": ("--skip-serve-logs",),
}
"""The `airflow` subcommands of the services, with their options."""
# NOTE: do not lower SCHEDULER_HEALTH_CHECK_THRESHOLD and ORPHANED_TASKS_CHECK_INTERVAL to make the
# drill faster. With 10 s, the scheduler of 3.3.2 considered itself dead and reset healthy tasks,
# which caused the duplicates that a drill looks for.
SETTINGS: Final[Mapping[str, str]] = {
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
    "AIRFLOW__CORE__PARALLELISM": "16",
    "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
    "AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY": "1",
    "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
    "AIRFLOW__CORE__HOSTNAME_CALLABLE": "socket.gethostname",  # the default can query a name server
    "AIRFLOW__CORE__FERNET_KEY": "",
    "AIRFLOW__API__HOST": "127.0.0.1",
    "AIRFLOW__API__SECRET_KEY": "of a temporary Airflow",
    "AIRFLOW__API_AUTH__JWT_SECRET": "of a temporary Airflow " * 3,  # HS512 requires 64 bytes
    # Detects a lost worker after 20 s instead of 300. With 8 s, Airflow gave up healthy workers on
    # a busy machine.
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "20",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "1",
    "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
    "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.3",
    "AIRFLOW__SCHEDULER__JOB_HEARTBEAT_SEC": "2",
    # Moves the triggers of a lost Triggerer to another one after 6 s instead of 30.
    "AIRFLOW__TRIGGERER__JOB_HEARTBEAT_SEC": "1",
    "AIRFLOW__TRIGGERER__TRIGGERER_HEALTH_CHECK_THRESHOLD": "6",
    # Reads the Dag files only once.
    "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "3600",
    "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "3600",
    "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    # Keeps the requests of the drill out of the logs.
    "AIRFLOW__LOGGING__NAMESPACE_LEVELS": "http.access=WARNING",
    "NO_COLOR": "1",
    "NO_PROXY": "*",
}
UNWANTED_PREFIXES: Final = ("AIRFLOW", "PYTEST", "PYTHON")
"""Prefixes of environment variables that the services must not inherit.

PYTHONDONTWRITEBYTECODE alone would make each Airflow process compile all modules again.
"""
UNWANTED_NAMES: Final = {"virtual_env"}
PRELOAD: Final = (
    "import importlib, runpy, sys; "
    "[importlib.import_module(each) for each in {modules!r}]; "
    "runpy.run_module('airflow', run_name='__main__', alter_sys=True)"
)
"""Imports modules, then runs Airflow, which forks the process that runs the triggers."""
DATABASE: Final = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
SQLITE_TIMEOUT: Final = 30
"""Seconds that a service waits for the write lock of the database before it fails."""
API_SERVER_SQLITE_TIMEOUT: Final = 5
"""The same for the API server, which can block itself; short, because clients retry.

The audit log (`log_action` of 3.3.2) writes on the event loop. If a request holds the lock and
waits for the event loop, all requests hang until the timeout. With 30 s, the scheduler gave up.
"""
SECONDS_TO_MIGRATE: Final = 120
SECONDS_TO_END: Final = 60
LINES_SHOWN: Final = 30
LINES_OF_ENDED_SERVICE: Final = 10
"""Few lines: the error is at the end of the log, and callers cut long messages."""


class NotReady(Exception):
    """A condition was not met in time; the message has the current state and last log lines."""


class ServiceEnded(Exception):
    """A service of Airflow ended unexpectedly, so that waiting longer is useless."""


class Services:
    """The processes of one Airflow, and its home, a temporary folder that `stop` removes."""

    def __init__(self, python: Path, preload: Sequence[str] = ()) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="advisor-airflow-"))
        self.environment: Mapping[str, str] = {}
        """The environment variables of all services; set them before the first one starts."""
        self._python = python
        self._preload = preload
        self._reaper = ProcessReaper(self.home)
        self._pids: dict[str, int] = {}

    def start_all(self) -> None:
        """Create the database and start every service."""
        self._migrate()
        for service in SERVICES:
            self.start(service)

    def start(self, service: str) -> None:
        """Start one service."""
        self._pids[service] = self._reaper.start(
            [str(self._python), *self._program(service), service, *SERVICES[service]],
            self._log(service),
            environment=self._environment(service),
            folder=self.home,
        )

    def end(self, service: str, number: Signals) -> None:
        """End one service and wait until it has ended; SIGKILL is also sent to its children."""
        main = self._pids.pop(service)
        pids = [main, *(each.pid for each in descendants(main))]
        send_signal(number, pids if number == SIGKILL else [main])
        if not wait_for_exit(pids, SECONDS_TO_END):
            raise NotReady(f"the {service} did not end\n{self.log_tails()}")

    def check(self) -> None:
        """Check that all started services are still running.

        Raises:
            ServiceEnded: a service ended unexpectedly; the message has the end of its log.
        """
        ended = [service for service, pid in self._pids.items() if not read_process(pid)]
        if ended:
            logs = map(self._log, ended)
            tails = "\n".join(log_tail(log, LINES_OF_ENDED_SERVICE) for log in logs)
            raise ServiceEnded(f"ended unexpectedly: {', '.join(ended)}\n{tails}")

    def processes(self) -> list[Process]:
        """Return the processes of all services and their descendants, orphans included."""
        return self._reaper.processes()

    def stop(self) -> None:
        """End all processes and remove the home; a second call has no effect."""
        self._reaper.close()

    def wait_until(
        self,
        condition: Callable[[], T | Literal[False] | None],
        timeout: float,
        message: Callable[[], str],
    ) -> T:
        """Wait like the function `wait_until`; add the last log lines to its error."""
        return wait_until(condition, timeout, lambda: f"{message()}\n{self.log_tails()}")

    def log_tails(self) -> str:
        """Return the last lines of all logs."""
        return "\n".join(map(log_tail, sorted(self.home.glob("*.txt"))))

    def _log(self, service: str) -> Path:
        return self.home / f"{service}.txt"

    def _environment(self, service: str) -> Mapping[str, str]:
        if service != "api-server":
            return self.environment
        return {**self.environment, DATABASE: database_url(self.home, API_SERVER_SQLITE_TIMEOUT)}

    def _program(self, service: str) -> Sequence[str]:
        if service == "triggerer" and self._preload:
            return ("-c", PRELOAD.format(modules=[*self._preload]))
        return ("-m", "airflow")

    def _migrate(self) -> None:
        with self._log("migration").open("wb") as output:
            migration = subprocess.run(  # noqa: S603 - the user's own interpreter
                [self._python, "-m", "airflow", "db", "migrate"],
                env=self.environment,
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=SECONDS_TO_MIGRATE,
                check=False,
            )
        if migration.returncode:
            raise NotReady(f"airflow db migrate failed\n{self.log_tails()}")


def service_environment(  # noqa: PLR0913 - each one is a separate setting
    *,
    python: Path,
    home: Path,
    port: int,
    plugins: Path,
    dags: Path,
    connections: Mapping[str, str],
) -> dict[str, str]:
    """Return the environment variables for services that listen on loopback, without login.

    `connections` are URIs by connection id.
    """
    inherited = {
        name: value
        for name, value in without_credentials(os.environ).items()
        if not name.startswith(UNWANTED_PREFIXES) and name.lower() not in UNWANTED_NAMES
    }
    url = f"http://127.0.0.1:{port}"
    return {
        **inherited,
        **SETTINGS,
        "PATH": f"{python.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(plugins),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": url,
        DATABASE: database_url(home, SQLITE_TIMEOUT),
        **{f"AIRFLOW_CONN_{name.upper()}": uri for name, uri in connections.items()},
    }


def database_url(home: Path, timeout: int) -> str:
    """Return the URL of the SQLite database in a home; `timeout` is in seconds."""
    return f"sqlite:///{home}/airflow.db?timeout={timeout}"


def free_port() -> int:
    """Return a loopback port that is not in use."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def log_tail(log: Path, lines: int = LINES_SHOWN) -> str:
    """Return the last lines of a log, below a line with its name."""
    text = log.read_text("utf-8", "replace").rstrip()
    return "\n".join([f"---- {log.name}", *text.splitlines()[-lines:]])


def wait_until(
    condition: Callable[[], T | Literal[False] | None],
    timeout: float,
    message: Callable[[], str],
    interval: float = 0.2,
) -> T:
    """Poll a condition until it is neither None nor False, and return its value.

    Times are in seconds.

    Raises:
        NotReady: it is still None or False after `timeout`; contains the message.
    """
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value is not None and value is not False:
            return value
        if time.monotonic() > deadline:
            raise NotReady(message())
        time.sleep(interval)
