"""Virtual environments with a real Airflow, kept in a cache outside the checkout."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
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
SERVICE_PROVIDERS: Final = (
    *PROVIDERS,
    "apache-airflow-providers-amazon==9.39.0",
    "apache-airflow-providers-cncf-kubernetes==10.25.0",
    "apache-airflow-providers-google==22.8.0",
)
"""The providers of the systems with a service in tests/services."""
TOOLS: Final = ("pytest", "mypy", "ruff")
"""Installed in the same versions as in this environment."""


def python_with(airflow: str, providers: Sequence[str] = PROVIDERS) -> Path:
    """Return the Python of an environment with one of AIRFLOWS, providers and TOOLS.

    See `cached_environment`.
    """
    tools = [f"{name}=={version(name)}" for name in TOOLS]
    requirements = [*AIRFLOWS[airflow], *providers, *tools]
    return cached_environment(f"airflow-{airflow}", "", requirements)


def cached_environment(
    name: str, python_version: str, requirements: Sequence[str], overrides: Sequence[str] = ()
) -> Path:
    """Return the Python of an environment with these packages.

    The first call creates the environment, and concurrent calls wait for it.

    Args:
        name: the start of the name of its folder.
        python_version: such as 3.13, or "" for the version that runs the tests.
        requirements: the packages.
        overrides: packages that replace what others require.

    Raises:
        RuntimeError: uv could not create it.
    """
    # Name the environment by a hash of its content, so that an environment in use never changes.
    content = repr((sys.base_prefix, sys.version_info[:2], requirements))
    if python_version or overrides:
        content = repr((python_version, requirements, overrides))
    digest = hashlib.sha256(content.encode()).hexdigest()[:8]
    tag = python_version or sys.implementation.cache_tag
    environment = cache_folder() / f"{name}-{tag}-{digest}"
    python, stamp = environment / "bin" / "python", environment / "complete"
    with locked(environment):
        if not stamp.exists():
            _uv("venv", "--clear", "--python", python_version or sys.executable, str(environment))
            replaced = environment / "overrides.txt"
            replaced.write_text("\n".join(overrides), encoding="utf-8")
            # Compile the modules; otherwise services take two to three times as long to start.
            options = ("--compile-bytecode", "--override", str(replaced), "--python", str(python))
            _uv("pip", "install", *options, *requirements)
            stamp.touch()
    return python


def cache_folder() -> Path:
    """Return the folder of the environments, which is shared by all checkouts."""
    named = os.environ.get("ADVISOR_TEST_ENVIRONMENTS")
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = Path(named) if named else caches / "advisor-tests"
    folder.mkdir(parents=True, exist_ok=True)
    return folder.absolute()


@contextmanager
def locked(environment: Path) -> Iterator[None]:
    """Lock an environment or a build; the lock is released when the block or the process ends."""
    with Path(f"{environment}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _uv(*arguments: str) -> None:
    command = [sys.executable, "-m", "uv", *arguments]
    environment = {**os.environ, **_all_of_pyenv()}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")


def _all_of_pyenv() -> dict[str, str]:
    """Return the variable that makes pyenv offer all its Pythons, and not only the selected one."""
    if shutil.which("pyenv") is None:
        return {}
    listed = subprocess.run(
        ["pyenv", "versions", "--bare"], capture_output=True, text=True, check=True
    )
    return {"PYENV_VERSION": ":".join(listed.stdout.split())}
