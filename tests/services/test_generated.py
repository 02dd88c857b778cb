"""The generated code of every system and pattern passes its checks, with the providers it needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from advisor.scaffold.manifest import load_manifest
from tests.scaffold.rendering import every_spec, put_all, run_suites, systems_with_services
from tests.services.hooks import airflow_python

pytestmark = pytest.mark.xdist_group("generated")

CHECKED = Path(__file__).with_name("checked_specs.py")
RELEASE = "3.3"
SECONDS = 600
FEWEST_TESTS = 10
"""Of a generated suite."""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    top = tmp_path_factory.mktemp("generated")
    return put_all(every_spec(RELEASE, systems_with_services()), top)


def test_mypy_finds_no_errors(packages: list[Path]) -> None:
    names = [option for each in packages for option in ("-p", each.name)]
    strict = ["--strict", "--python-executable", str(airflow_python()), "--python-version", "3.10"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *strict, *names],
        cwd=packages[0].parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_generated_tests_pass(packages: list[Path], tmp_path: Path) -> None:
    suites = run_suites(airflow_python(), packages, tmp_path)
    assert len(suites) == len(packages) > 0
    for suite in suites:
        assert suite["code"] == 0, f"{suite['package']}\n{suite['output']}"
        assert suite["passed"] >= FEWEST_TESTS
        assert suite["skipped"] == ["needs advisor"]


def test_jobs_are_checked_at_construction_and_after_rendering(
    packages: list[Path], tmp_path: Path
) -> None:
    cases = []
    for each in every_spec(RELEASE, systems_with_services()):
        argument = {"checkpoint": "batches", "async": "requests"}.get(each.pattern, "spec")
        jobs = load_manifest().systems[each.system].jobs(2)
        cases.append([each.name.package, each.name.operator, argument, jobs])
    assert len(cases) == len(packages)
    done = subprocess.run(
        [airflow_python(), CHECKED, packages[0].parent, json.dumps(cases)],
        env={"PATH": os.environ["PATH"], "AIRFLOW_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout.splitlines()[-1]) == []
