"""The virtual environments with a real Airflow: made when first asked for, then kept."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final

from bootstrapping.environment import Environment, create
from bootstrapping.installing import install
from bootstrapping.running import run_quietly

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = "ADVISOR_TEST_ENVIRONMENTS"
"""The variable that names another folder than the checkout's own, to share among checkouts."""

# Core and the task SDK by name too: where they are pre-releases, uv takes them in no other way.
AIRFLOWS: Final = {
    "3.2.2": (
        "apache-airflow==3.2.2",
        "apache-airflow-core==3.2.2",
        "apache-airflow-task-sdk==1.2.2",
        "fastapi==0.136.3",  # 3.2 sets no upper bound, and a newer one breaks its execution API
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
BESIDE_AIRFLOW: Final = ("apache-airflow-providers-http==6.3.0",)
AS_HERE: Final = ("pytest", "mypy", "ruff")
"""The tools that are to be the ones the tests run with, whose versions pyproject.toml bounds."""


def python_with(airflow: str) -> Path:
    """Return the Python of an environment with an Airflow of some version, from AIRFLOWS.

    The first one to ask makes it, in seconds with uv and minutes with pip; others wait for that.

    Raises:
        BootstrapError: neither uv nor pip could install it.
    """
    environment = _environment(airflow)
    wanted = "\n".join([environment.identity(), *environment.install, ""])
    if not _is_complete(environment, wanted):
        with _locked(environment):
            if not _is_complete(environment, wanted):
                _make(environment)
                _write_at_once(environment.stamp, wanted)
    return environment.program("python")


def _environment(airflow: str) -> Environment:
    requirements = (
        *AIRFLOWS[airflow],
        *BESIDE_AIRFLOW,
        *(f"{name}=={version(name)}" for name in AS_HERE),
    )
    # The name tells what is installed, for which Python: an environment in use is never changed.
    identity = repr((sys.base_prefix, requirements))
    digest = hashlib.sha256(identity.encode()).hexdigest()[:8]
    folder = Path(os.environ.get(FOLDER) or ROOT / ".airflow-environments").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    python = sys.implementation.cache_tag
    return Environment(folder, f"airflow-{airflow}-{python}-{digest}", requirements, ())


def _is_complete(environment: Environment, wanted: str) -> bool:
    stamp = environment.stamp
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted


@contextmanager
def _locked(environment: Environment) -> Iterator[None]:
    """Let one process at a time in; the lock ends with the process that holds it."""
    with (environment.root / f"{environment.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(environment: Environment) -> None:
    # NOTE: made where it stays, and complete once its stamp says so. Made elsewhere and renamed,
    # its programs (bin/airflow) would name a Python that is gone.
    create(environment)
    if not _install_with_uv(environment):
        create(environment)
        install(environment)
    # Without it, every first import by a service takes two to three times as long.
    python = environment.program("python")
    packages = environment.folder / "lib"
    # What it cannot compile are files that nobody imports: templates, code for other Pythons.
    run_quietly([python, "-m", "compileall", "-q", "-j", "0", packages], environment)


def _install_with_uv(environment: Environment) -> bool:
    """Install with uv, if there is one; False where it fails, as for want of pip's settings."""
    if not (uv := shutil.which("uv")):
        return False
    python = environment.program("python")
    command: list[str | Path] = [uv, "pip", "install", "--quiet", "--python", python]
    return run_quietly([*command, *environment.install], environment)


def _write_at_once(path: Path, text: str) -> None:
    unfinished = path.with_suffix(".new")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)
