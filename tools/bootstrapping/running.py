"""Running a command as if an environment were activated."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bootstrapping.environment import Environment

SECONDS_TO_STOP = 5

# Each makes Python or pip read from, or write to, another place than the environment, or skips
# what the environment is to have: compiled files, assertions.
HARMFUL_VARIABLES = {
    "PIP_PREFIX",
    "PIP_PYTHON",
    "PIP_REQUIRE_VIRTUALENV",
    "PIP_ROOT",
    "PIP_TARGET",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONHOME",
    "PYTHONOPTIMIZE",
    "PYTHONPATH",
    "__PYVENV_LAUNCHER__",
}


def run(command: Sequence[str | Path], environment: Environment) -> int:
    """Print a command, run it at the top of the checkout and return its exit code."""
    with start(command, environment) as process:
        try:
            code = process.wait()
        except KeyboardInterrupt:
            stop(process)
            raise
    return code if code >= 0 else 128 - code


def run_quietly(command: Sequence[str | Path], environment: Environment) -> bool:
    """Run a command like `run`, but print what it says only if it fails; return if it succeeded.

    So an interrupted pip, which may end in a traceback, says nothing.
    """
    with start(command, environment, output=subprocess.PIPE) as process:
        try:
            said, _ = process.communicate()
        except KeyboardInterrupt:
            stop(process)
            raise
    if process.returncode != 0:
        say(said.decode(errors="replace").rstrip())
    return process.returncode == 0


def start(
    command: Sequence[str | Path], environment: Environment, output: int | None = None
) -> subprocess.Popen[bytes]:
    """Print a command and start it; both of its streams go to `output`, if that is given."""
    words = [str(word) for word in command]
    say("$ " + shlex.join(word.removeprefix(f"{environment.root}{os.sep}") for word in words))
    return subprocess.Popen(
        words,
        cwd=environment.root,
        env=variables(environment, os.environ),
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
    )


def stop(process: subprocess.Popen[bytes]) -> None:
    """Wait for a process that Ctrl-C has reached too, and end it where it goes on."""
    try:
        process.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.terminate()
        process.wait()


def variables(environment: Environment, inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for a child: those inherited, as if the environment were activated."""
    kept = {name: value for name, value in inherited.items() if name not in HARMFUL_VARIABLES}
    programs = str(environment.program("python").parent)
    return kept | {
        "PATH": os.pathsep.join(filter(None, [programs, inherited.get("PATH")])),
        "VIRTUAL_ENV": str(environment.folder),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_USER": "0",  # a pip.conf may ask for --user, which no environment allows
    }


def say(line: str) -> None:
    """Print to stderr, at once: stdout is for what the commands answer."""
    print(line, file=sys.stderr, flush=True)
