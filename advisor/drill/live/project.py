"""Writes the files that a temporary Airflow needs to run the targets, and checks the targets."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from advisor.documents.model import printable
from advisor.drill.model import Target
from advisor.drill.runner import NOT_PYTHON, NOT_PYTHON_HINT, python_error
from advisor.drill.runtime.live import KEYS, LEDGER
from advisor.errors import InputError, Problem
from advisor.knowledge.versions import parse_version

OLDEST_AIRFLOW: Final = parse_version("3.2")
"""The first release whose workers show the id of their task instance."""
MISSING: Final = "missing"
VERSION_SCRIPT: Final = f"""\
from importlib.metadata import PackageNotFoundError, version
try:
    print(version("apache-airflow-core"))
except PackageNotFoundError:
    print({MISSING!r})
"""
PYTHON_HINT: Final = "set --python to the interpreter of an environment with Airflow 3.2 or newer"
PACKAGE: Final = Path(__file__).parents[2]
"""The folder of the package advisor."""
ORIGINAL: Final = "original_hooks"
"""The module to which a scaffold's `hooks` is renamed."""
HOOKS: Final = '''\
"""The hooks of this package, connected to the drill's job service."""

from advisor.drill.runtime.live import wire_hooks
from {package} import {original}

wire_hooks(globals(), {original}, {hook!r})
'''
FACTORY: Final = '''\
"""Loads the operator under drill, connected to the drill's job service."""

from advisor.drill.runtime.live import load_factory

load_factory({file!r}, {factory!r})
'''
DAG: Final = '''\
"""Runs the operator under drill."""

from airflow.sdk import DAG

from advisor.drill.runtime.live import load_factory, scaffold_task

with DAG({dag!r}, schedule=None, max_active_runs={runs}):
    {task}
'''
MAX_ACTIVE_RUNS: Final = 64
ERROR_LENGTH: Final = 500
"""Maximum number of characters shown of an error from the operator or Airflow."""


class Project:
    """The files of a live drill, in the home folder of its temporary Airflow.

    Args:
        home: the home folder.
        targets: the operators; their Dags are `drill_0`, `drill_1` and so on.
    """

    def __init__(self, home: Path, targets: Sequence[Target]) -> None:
        self.ledger = home / "ledger"
        self._code = home / "code"
        self._dags = home / "dags"
        self._targets = targets

    def write(self) -> None:
        """Write all files."""
        self._code.mkdir()
        self._dags.mkdir()
        # Link advisor alone: its site-packages could hide packages of Airflow's environment.
        (self._code / "advisor").symlink_to(PACKAGE)
        for number, target in enumerate(self._targets):
            write = _write_scaffold if target.stem else _write_factory
            text = DAG.format(
                dag=dag_id(number), runs=MAX_ACTIVE_RUNS, task=write(target, self._code)
            )
            (self._dags / f"{dag_id(number)}.py").write_text(text, encoding="utf-8")

    def environment(self, honours_keys: bool | None) -> Mapping[str, str]:
        """Return the environment variables that all processes need to find the files."""
        factories = [str(Path(each.path).parent) for each in self._targets if each.factory]
        path = [str(self._code), *factories, os.environ.get("PYTHONPATH", "")]
        keys = {None: "", True: "yes", False: "no"}[honours_keys]
        return {
            "PYTHONPATH": os.pathsep.join(each for each in path if each),
            LEDGER: str(self.ledger),
            KEYS: keys,
        }


def airflow_version(python: str) -> str:
    """Return the version of Airflow in an environment, by default the current one.

    Raises InputError if Airflow is missing or too old.
    """
    if sys.platform != "linux":
        raise InputError.of(
            "--live", "requires Linux, because it finds the processes of a task in /proc"
        )
    try:
        process = subprocess.run(  # noqa: S603 - the user's own interpreter
            [python or sys.executable, "-c", VERSION_SCRIPT],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise python_error(python, str(error.strerror), PYTHON_HINT) from None
    version = process.stdout.strip()
    if process.returncode:
        output = process.stderr.strip()[-ERROR_LENGTH:] or "no error output"
        raise python_error(python, f"exited with {process.returncode}: {output}", PYTHON_HINT)
    if version == MISSING:
        raise python_error(python, "Airflow is not installed", PYTHON_HINT)
    try:
        is_too_old = parse_version(version) < OLDEST_AIRFLOW
    except ValueError:
        raise python_error(python, NOT_PYTHON, NOT_PYTHON_HINT) from None
    if is_too_old:
        raise python_error(python, f"Airflow {version} is too old", PYTHON_HINT)
    return version


def check_module_names(targets: Sequence[Target]) -> None:
    """Raise InputError if two targets have the same module name."""
    names = Counter(map(module_name, targets))
    for target in targets:
        if names[module_name(target)] > 1:
            message = "another target has the same module name; drill them separately"
            raise InputError.of(printable(target.text), message)


def check_imports(
    python: Path, targets: Sequence[Target], environment: Mapping[str, str], home: Path
) -> None:
    """Raise InputError if a target cannot be imported; called before Airflow is started."""
    names = {module_name(each): each for each in targets}
    process = subprocess.run(  # noqa: S603 - the user's own interpreter
        [python, "-m", "advisor.drill.runtime.live", *names],
        env=environment,
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode:
        message = printable(process.stderr.strip())[-ERROR_LENGTH:]
        raise InputError.of("--live", f"the targets cannot be imported: {message}")
    errors = json.loads(process.stdout)
    if errors:
        raise InputError(
            [
                Problem(
                    printable(names[name].text),
                    f"cannot be loaded: {printable(message)[:ERROR_LENGTH]}",
                )
                for name, message in errors.items()
            ]
        )


def module_name(target: Target) -> str:
    """Return the module name under which Airflow's processes import a target."""
    return Path(target.path).stem


def dag_id(number: int) -> str:
    """Return the id of the Dag for the target with this number."""
    return f"drill_{number}"


def modules_to_preload(targets: Sequence[Target]) -> list[str]:
    """Return the modules that the Triggerer must import before it runs triggers.

    They connect the triggers of factories to the job service.
    """
    return [module_name(each) for each in targets if each.factory]


def _write_scaffold(target: Target, code: Path) -> str:
    """Copy a package and connect its hook; return the Python code that creates its task."""
    folder = Path(target.path)
    package = code / folder.name
    shutil.copytree(folder, package, ignore=shutil.ignore_patterns("__pycache__", "tests"))
    hooks = package / "hooks.py"
    hooks.rename(package / f"{ORIGINAL}.py")
    text = HOOKS.format(package=folder.name, original=ORIGINAL, hook=f"{target.stem}Hook")
    hooks.write_text(text, encoding="utf-8")
    return f"scaffold_task({folder.name!r}, {target.stem!r}, {target.jobs!r})"


def _write_factory(target: Target, code: Path) -> str:
    """Write the module that loads a factory; return the Python code that creates its task."""
    file = Path(target.path)
    text = FACTORY.format(file=str(file), factory=target.factory)
    (code / file.name).write_text(text, encoding="utf-8")
    return f"load_factory({str(file)!r}, {target.factory!r})"
