"""The system `custom`, filled in for a job service with other ids and statuses."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.cli.app import run
from tests.airflow.environments import python_with
from tests.scaffold.filled.farm import open_farm
from tests.scaffold.filling import filled_in, written_lines

ROOT = Path(__file__).parents[2]
FILLED = Path(__file__).parent / "filled"
BODIES = (FILLED / "bodies.py.txt").read_text(encoding="utf-8")
WORDS = {"active": "rendering", "succeeded": "rendered", "failed": "broken,stopped"}


def test_filling_in_takes_fewer_than_40_lines() -> None:
    assert written_lines(BODIES) < 40


@pytest.mark.airflow
def test_filled_in_operator_passes_its_tests(tmp_path: Path, farm: str) -> None:
    package = scaffold(tmp_path)
    fill_in_hook(package / "hooks.py")
    flow = (FILLED / "flow.py.txt").read_text(encoding="utf-8")
    (package / "tests" / "test_flow.py").write_text(flow, encoding="utf-8")
    tests = run_tests(package, farm)
    assert tests.returncode == 0, tests.stdout
    assert " skipped" not in tests.stdout


@pytest.fixture
def farm() -> Iterator[str]:
    server = open_farm()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def scaffold(folder: Path) -> Path:
    """Write an operator for the user's own system, as users do."""
    spec = ["scaffold", "resumable", "NightlyReport", "--system", "custom"]
    places = ["--airflow-version", "3.3", "--into", str(folder), "--dags", str(folder / "dags")]
    words = [f"--set={setting}={value}" for setting, value in WORDS.items()]
    assert run([*spec, *places, *words]) == 0
    return folder / "nightly_report"


def fill_in_hook(file: Path) -> None:
    hooks = file.read_text(encoding="utf-8")
    file.write_text(filled_in(hooks, BODIES), encoding="utf-8")


def run_tests(package: Path, farm: str) -> subprocess.CompletedProcess[str]:
    """Run the tests of a package in an environment with Airflow, with a connection to the farm."""
    environment = {
        "PATH": os.environ["PATH"],
        "AIRFLOW_HOME": str(package.parent / "airflow"),
        "AIRFLOW_CONN_NIGHTLY_REPORT_DEFAULT": farm,
        "FARM": farm,
        "PYTHONPATH": str(ROOT),  # the crash test imports advisor
    }
    options = ("-q", "-rs", "-p", "no:cacheprovider", "-p", "no:asyncio")
    return subprocess.run(
        [python_with("3.3.2"), "-m", "pytest", *options, package],
        cwd=package.parent,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
