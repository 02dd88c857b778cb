"""The settings of a throw-away Airflow: loopback only, no login, fast to notice a lost worker."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from pathlib import Path

# NOTE: two settings stay at their defaults although lower ones would make tests faster. With
# SCHEDULER_HEALTH_CHECK_THRESHOLD and ORPHANED_TASKS_CHECK_INTERVAL at 10 the scheduler of 3.3.2
# took itself for dead and reset healthy tasks: it made the duplicates that tests look for.
SETTINGS: Mapping[str, str] = {
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
    "AIRFLOW__CORE__PARALLELISM": "16",
    "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
    "AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY": "1",
    "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
    "AIRFLOW__CORE__HOSTNAME_CALLABLE": "socket.gethostname",  # the default may ask a name server
    "AIRFLOW__CORE__FERNET_KEY": "",
    "AIRFLOW__API__HOST": "127.0.0.1",
    "AIRFLOW__API__SECRET_KEY": "thrown away with its Airflow",
    # HS512 asks for 64 bytes.
    "AIRFLOW__API_AUTH__JWT_SECRET": "thrown away " * 6,
    # A lost worker is noticed after 20 s instead of 300. After 8, a busy machine lost healthy ones.
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "20",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "1",
    "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
    "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.3",
    "AIRFLOW__SCHEDULER__JOB_HEARTBEAT_SEC": "2",
    # The triggers of a lost Triggerer go to another one after 6 s instead of 30.
    "AIRFLOW__TRIGGERER__JOB_HEARTBEAT_SEC": "1",
    "AIRFLOW__TRIGGERER__TRIGGERER_HEALTH_CHECK_THRESHOLD": "6",
    # Dags are read once.
    "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "3600",
    "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "3600",
    "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    # A line for each question of the harness would drown everything else.
    "AIRFLOW__LOGGING__NAMESPACE_LEVELS": "http.access=WARNING",
    "NO_COLOR": "1",
    "NO_PROXY": "*",
}
HARMFUL_PREFIXES = ("AIRFLOW", "PYTEST", "PYTHON")
"""What advisor or a test suite runs under is not for Airflow.

PYTHONDONTWRITEBYTECODE alone would make every one of its processes compile all of it again.
"""
HARMFUL_NAMES = {"virtual_env", "http_proxy", "https_proxy", "all_proxy", "no_proxy"}


def variables(  # noqa: PLR0913 - each is a setting of its own
    *,
    python: Path,
    home: Path,
    port: int,
    plugins: Path,
    dags: Path,
    connections: Mapping[str, str],
) -> dict[str, str]:
    """Return the environment variables that the services of one Airflow run with.

    `connections` are URIs by connection id.
    """
    url = f"http://127.0.0.1:{port}"
    return {
        **_inherited(),
        **SETTINGS,
        "PATH": f"{python.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(plugins),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": url,
        # Without the timeout, two services that write at once are an error at once.
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db?timeout=30",
        **{f"AIRFLOW_CONN_{name.upper()}": uri for name, uri in connections.items()},
    }


def _inherited() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(HARMFUL_PREFIXES) and name.lower() not in HARMFUL_NAMES
    }


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port
