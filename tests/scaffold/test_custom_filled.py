"""The system `custom`, filled in for a job service that the templates know nothing about."""

from __future__ import annotations

import os
import re
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
FILLED_IN = {
    "SUCCEEDS": '{"scene": "a lake"}',
    "FAILS": '{"scene": "a lake", "breaks": True}',
    "RUNS": '{"scene": "a lake", "seconds": 600}',
    "REFUSED": "{}",
    "UNKNOWN": '"1000"',
}


def test_filling_in_takes_fewer_than_40_lines() -> None:
    assert written_lines(BODIES) < 40


@pytest.mark.airflow
def test_filled_in_operator_passes_its_tests(tmp_path: Path, farm: str) -> None:
    package = scaffold(tmp_path)
    fill_in_hook(package / "hooks.py")
    fill_in_jobs(package / "tests" / "test_hooks.py")
    flow = (FILLED / "flow.py.txt").read_text(encoding="utf-8")
    (package / "tests" / "test_flow.py").write_text(flow, encoding="utf-8")
    tests = run_tests(package, farm, path=str(ROOT))
    assert tests.returncode == 0, tests.stdout
    assert " skipped" not in tests.stdout


@pytest.mark.airflow
def test_generated_tests_name_what_is_not_filled_in(tmp_path: Path, farm: str) -> None:
    package = scaffold(tmp_path)
    tests = run_tests(package, farm)
    assert tests.returncode == 0, tests.stdout
    assert "fill in submit, status, cancel, result in " in tests.stdout
    fill_in_hook(package / "hooks.py")
    tests = run_tests(package, farm)
    assert tests.returncode == 0, tests.stdout
    for name in FILLED_IN:
        assert f"fill in {name} in " in tests.stdout


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


def fill_in_jobs(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for name, value in FILLED_IN.items():
        text = re.sub(rf"^({name}: .*) = None$", rf"\1 = {value}", text, flags=re.MULTILINE)
    file.write_text(text, encoding="utf-8")


def run_tests(package: Path, farm: str, path: str = "") -> subprocess.CompletedProcess[str]:
    """Run the generated tests in an environment with Airflow, with a connection to the farm.

    `path` is the folder that advisor is imported from, if it is to be importable.
    """
    environment = {
        "PATH": os.environ["PATH"],
        "AIRFLOW_HOME": str(package.parent / "airflow"),
        "AIRFLOW_CONN_NIGHTLY_REPORT_DEFAULT": farm,
        "FARM": farm,
        "PYTHONPATH": path,
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
