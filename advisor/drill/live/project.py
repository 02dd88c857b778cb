"""What a throw-away Airflow runs: the operators under drill, wired, and a Dag for each of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from advisor.documents.model import printable
from advisor.drill.model import Target
from advisor.drill.runtime.live_operators import KEYS, LEDGER
from advisor.errors import InputError, Problem

PACKAGE: Final = Path(__file__).parents[2]
"""This very advisor."""
WRITTEN: Final = "hooks_as_written"
HOOKS: Final = '''\
"""The hooks of this package, wired to the drill's job service."""

from advisor.drill.runtime.live_operators import wire_hooks
from {package} import {written}

wire_hooks(globals(), {written}, {hook!r})
'''
FACTORY: Final = '''\
"""Loads the operator under drill, wired to the drill's job service."""

from advisor.drill.runtime.live_operators import load_factory

load_factory({file!r}, {factory!r})
'''
DAG: Final = '''\
"""Runs the operator under drill."""

from airflow.sdk import DAG

from advisor.drill.runtime.live_operators import load_factory, scaffold_task

with DAG({dag!r}, schedule=None, max_active_runs={runs}):
    {task}
'''
MOST_RUNS: Final = 64
SHOWN: Final = 500
"""Characters of an error that is not ours."""


class Project:
    """The files of a drill on a real Airflow, in the folders of its home.

    Args:
        home: of that Airflow.
        targets: what to drill; the Dag of the first is `drill_0`, of the second `drill_1`.
    """

    def __init__(self, home: Path, targets: Sequence[Target]) -> None:
        self.ledger = home / "ledger"
        self._code = home / "code"
        self._dags = home / "dags"
        self._targets = targets

    def write(self) -> None:
        """Write everything."""
        self._code.mkdir()
        self._dags.mkdir()
        # Nothing beside it: its dependencies may be missing where Airflow is.
        (self._code / "advisor").symlink_to(PACKAGE)
        for number, target in enumerate(self._targets):
            task = _scaffold(target, self._code) if target.stem else _factory(target, self._code)
            text = DAG.format(dag=dag_of(number), runs=MOST_RUNS, task=task)
            (self._dags / f"{dag_of(number)}.py").write_text(text, encoding="utf-8")

    def variables(self, honours_keys: bool | None) -> Mapping[str, str]:
        """Return the environment variables by which all processes find it."""
        beside = [str(Path(each.path).parent) for each in self._targets if each.factory]
        path = [str(self._code), *beside, os.environ.get("PYTHONPATH", "")]
        keys = {None: "", True: "yes", False: "no"}[honours_keys]
        return {
            "PYTHONPATH": os.pathsep.join(each for each in path if each),
            LEDGER: str(self.ledger),
            KEYS: keys,
        }


def refuse_broken(
    python: Path, targets: Sequence[Target], variables: Mapping[str, str], home: Path
) -> None:
    """Refuse targets that cannot be imported, before an Airflow is started for them."""
    names = {module_of(each): each for each in targets}
    asked = subprocess.run(  # noqa: S603 - the user's own interpreter
        [python, "-m", "advisor.drill.runtime.live_operators", *names],
        env=variables,
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode:
        message = printable(asked.stderr.strip())[-SHOWN:]
        raise InputError.of("--real", f"the targets cannot be imported: {message}")
    errors = json.loads(asked.stdout)
    if errors:
        raise InputError(
            [
                Problem(
                    printable(names[name].text), f"cannot be loaded: {printable(message)[:SHOWN]}"
                )
                for name, message in errors.items()
            ]
        )


def module_of(target: Target) -> str:
    """Return the name by which the processes of Airflow import a target."""
    return Path(target.path).stem


def dag_of(number: int) -> str:
    """Return the id of the Dag of a target."""
    return f"drill_{number}"


def triggers_of(targets: Sequence[Target]) -> list[str]:
    """Return the modules without which a Triggerer would run triggers that are not wired."""
    return [module_of(each) for each in targets if each.factory]


def _scaffold(target: Target, code: Path) -> str:
    """Copy a package with its hook wired; return the Python that makes its task."""
    folder = Path(target.path)
    package = code / folder.name
    shutil.copytree(folder, package, ignore=shutil.ignore_patterns("__pycache__", "tests"))
    hooks = package / "hooks.py"
    hooks.rename(package / f"{WRITTEN}.py")
    hook = f"{target.stem}Hook"
    wired = HOOKS.format(package=folder.name, written=WRITTEN, hook=hook)
    hooks.write_text(wired, encoding="utf-8")
    return f"scaffold_task({folder.name!r}, {target.stem!r})"


def _factory(target: Target, code: Path) -> str:
    """Write what imports a factory's file everywhere; return the Python that makes its task."""
    file = Path(target.path)
    text = FACTORY.format(file=str(file), factory=target.factory)
    (code / file.name).write_text(text, encoding="utf-8")
    return f"load_factory({str(file)!r}, {target.factory!r})"
