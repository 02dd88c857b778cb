"""Virtual environments with a real Airflow, kept in a cache outside the checkout."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final

# Name core and the task SDK too, because uv installs pre-releases only of named packages.
AIRFLOWS: Final = {
    "2.11.2": ("apache-airflow==2.11.2",),
    "3.0.6": (
        "apache-airflow==3.0.6",
        "apache-airflow-core==3.0.6",
        "apache-airflow-task-sdk==1.0.6",
    ),
    "3.1.8": (
        "apache-airflow==3.1.8",
        "apache-airflow-core==3.1.8",
        "apache-airflow-task-sdk==1.1.8",
    ),
    "3.2.2": (
        "apache-airflow==3.2.2",
        "apache-airflow-core==3.2.2",
        "apache-airflow-task-sdk==1.2.2",
        "fastapi==0.136.3",  # newer ones break the execution API of 3.2, which sets no upper bound
    ),
    "3.3.0": (
        "apache-airflow==3.3.0",
        "apache-airflow-core==3.3.0",
        "apache-airflow-task-sdk==1.3.0",
    ),
    "3.3.1": (
        "apache-airflow==3.3.1",
        "apache-airflow-core==3.3.1",
        "apache-airflow-task-sdk==1.3.1",
    ),
    "3.3.2": (
        "apache-airflow==3.3.2",
        "apache-airflow-core==3.3.2",
        "apache-airflow-task-sdk==1.3.2",
    ),
    "3.4.0b2": (
        "apache-airflow==3.4.0b2",
        "apache-airflow-core==3.4.0b2",
        "apache-airflow-task-sdk==1.4.0b2",
    ),
}
PROVIDERS: Final = ("apache-airflow-providers-http==6.3.0",)
TOOLS: Final = ("pytest", "mypy", "ruff")
"""Installed in the same versions as in this environment."""


def python_with(airflow: str) -> Path:
    """Return the Python of an environment with one of AIRFLOWS.

    The first call creates the environment, and concurrent calls wait for it.

    Raises:
        RuntimeError: uv could not create it.
    """
    tools = [f"{name}=={version(name)}" for name in TOOLS]
    requirements = [*AIRFLOWS[airflow], *PROVIDERS, *tools]
    # Name the environment by a hash of its content, so that an environment in use never changes.
    content = repr((sys.base_prefix, sys.version_info[:2], requirements))
    digest = hashlib.sha256(content.encode()).hexdigest()[:8]
    environment = _cache() / f"airflow-{airflow}-{sys.implementation.cache_tag}-{digest}"
    python, stamp = environment / "bin" / "python", environment / "complete"
    with _locked(environment):
        if not stamp.exists():
            _uv("venv", "--clear", "--python", sys.executable, str(environment))
            # Compile the modules; otherwise services take two to three times as long to start.
            _uv("pip", "install", "--compile-bytecode", "--python", str(python), *requirements)
            stamp.touch()
    return python


def _cache() -> Path:
    """Return the folder of the environments, which is shared by all checkouts."""
    named = os.environ.get("ADVISOR_TEST_ENVIRONMENTS")
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = Path(named) if named else caches / "advisor-tests"
    folder.mkdir(parents=True, exist_ok=True)
    return folder.absolute()


@contextmanager
def _locked(environment: Path) -> Iterator[None]:
    """Lock an environment; the lock is released when the block or the process ends."""
    with Path(f"{environment}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _uv(*arguments: str) -> None:
    command = [sys.executable, "-m", "uv", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
