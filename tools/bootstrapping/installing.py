"""Installing into an environment, with a pip from wherever there is one."""

# NOTE: uv is not used, even where it is on the path: it heeds neither the index nor the
# certificates that pip is configured with, and failed where pip worked.

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from enum import Enum
from pathlib import Path

from bootstrapping.environment import BootstrapError, Environment
from bootstrapping.running import run_quietly, variables

FIRST_PIP_WITH_PYTHON_OPTION = (22, 3)


class PipSource(Enum):
    """Where an environment can get its pip from."""

    ENSUREPIP = "ensurepip"
    SYSTEM_PIP = "system pip"
    INDEX = "index"


def install(environment: Environment) -> None:
    """Install what the environment is for.

    Raises:
        BootstrapError: pip failed, or could not be had.
    """
    provide_pip(environment)
    python = environment.program("python")
    pip: list[str | Path] = [python, "-m", "pip"]
    command = [*pip, "install", "--quiet", *environment.install]
    if not run_quietly(command, environment):
        tip = "The reason is above. To use an index of your own, set PIP_INDEX_URL."
        raise BootstrapError(f"cannot install into {environment.name}.\n{tip}")


def provide_pip(environment: Environment) -> None:
    """Give the environment a pip of its own, if it has none yet."""
    if pip_version(environment.program("python"), environment):
        return
    for source in pip_sources(has_ensurepip(), pip_version(sys.executable, environment)):
        if run_quietly(pip_command(source, environment), environment):
            return
    tip = "Install it (on Debian and Ubuntu, the package python3-venv) and run this again."
    raise BootstrapError(f"no pip could be installed into {environment.name}.\n{tip}")


def pip_sources(ensurepip: bool, system_pip: tuple[int, ...]) -> list[PipSource]:
    """Return where to take pip from, the nearest first; the next is for when one fails."""
    sources = []
    if ensurepip:
        sources.append(PipSource.ENSUREPIP)
    if system_pip >= FIRST_PIP_WITH_PYTHON_OPTION:
        sources.append(PipSource.SYSTEM_PIP)
    return [*sources, PipSource.INDEX]


def pip_command(source: PipSource, environment: Environment) -> list[str | Path]:
    """Return the command that installs pip; downloads it where there is nothing nearer."""
    python = environment.program("python")
    if source is PipSource.ENSUREPIP:
        return [python, "-m", "ensurepip"]
    if source is PipSource.SYSTEM_PIP:
        return [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "pip"]
    from bootstrapping.pip_download import download_pip

    wheel = download_pip(environment.folder)
    return [python, wheel / "pip", "install", "--quiet", "--no-index", wheel]


def has_ensurepip() -> bool:
    """Say whether this Python has ensurepip, which Debian ships in python3-venv only."""
    try:
        importlib.import_module("ensurepip")
    except ImportError:
        return False
    return True


def pip_version(python: str | Path, environment: Environment) -> tuple[int, ...]:
    """Return the version of a Python's pip; empty where it has none."""
    answer = subprocess.run(
        [python, "-m", "pip", "--version"],
        env=variables(environment, os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.match(r"pip (\d+)\.(\d+)", answer.stdout)
    return (int(found[1]), int(found[2])) if found else ()
