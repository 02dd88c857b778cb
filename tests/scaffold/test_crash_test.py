"""The generated crash test in an environment with Airflow and advisor."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from advisor.cli.app import run
from tests.airflow.environments import python_with
from tests.drill.changed_airflow import RENAMED, changed_airflow
from tests.scaffold.mutants import all_mutants, spec_of, whole
from tests.scaffold.rendering import put

pytestmark = pytest.mark.airflow

ROOT = Path(__file__).parents[2]
KEYLESS = ("--set", "key_header=")
LACKS = "the key is in the store before the submission"


def scaffold(folder: Path, pattern: str, *options: str) -> Path:
    """Write an operator as users do, and return the folder of its package."""
    places = ("--into", str(folder / "plugins"), "--dags", str(folder / "dags"))
    spec = ("scaffold", pattern, "NightlyReport", "--airflow-version", "3.3")
    assert run([*spec, *places, *options]) == 0
    return folder / "plugins" / "nightly_report"


def crash(
    package: Path, *folders: Path, airflow: str = "3.3.2"
) -> subprocess.CompletedProcess[str]:
    """Run the generated crash test with an Airflow, this advisor and modules of some folders."""
    environment = {
        "PATH": os.environ["PATH"],
        "AIRFLOW_HOME": str(package.parent / "airflow"),
        "PYTHONPATH": os.pathsep.join(map(str, (*folders, ROOT))),
        "XDG_CACHE_HOME": str(package.parent / "cache"),
    }
    options = ("-q", "-rs", "-p", "no:cacheprovider", "-p", "no:asyncio")
    return subprocess.run(
        [python_with(airflow), "-m", "pytest", *options, package / "tests" / "test_crash.py"],
        cwd=package.parent,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.parametrize("options", [("--system", "http"), ("--system", "custom"), KEYLESS])
def test_crash_test_passes_as_generated(tmp_path: Path, options: tuple[str, ...]) -> None:
    done = crash(scaffold(tmp_path, "resumable", *options))
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


def test_crash_test_fails_on_a_broken_operator_and_names_the_point(tmp_path: Path) -> None:
    package = scaffold(tmp_path, "resumable")
    named = [each for each in all_mutants() if each.lacks == LACKS]
    (mutant,) = (each for each in named if each.pattern == "resumable")
    put(mutant.applied(whole("resumable")), spec_of("resumable").name, tmp_path)
    done = crash(package)
    assert done.returncode == 1, done.stdout
    repeat = rf"advisor drill {package} --point 'KILL:submit:after#1'  # duplicate"
    assert re.search(rf"^E .*{re.escape(repeat)}", done.stdout, re.MULTILINE)


def test_crash_test_skips_below_airflow_3_3(tmp_path: Path) -> None:
    done = crash(scaffold(tmp_path, "deferrable"), airflow="3.2.2")
    assert done.returncode == 0, done.stdout
    assert "apache-airflow-task-sdk 1.2.2 has no task state store" in done.stdout


def test_crash_test_fails_if_the_probe_of_airflow_does(tmp_path: Path) -> None:
    done = crash(scaffold(tmp_path, "deferrable"), changed_airflow(tmp_path, RENAMED))
    assert done.returncode == 1, done.stdout
    assert "task_runner has no run" in done.stdout
