"""What generated tests leave out, in each Airflow release that a pattern supports.

test_mutants.py runs these tests with Airflow 3.3.2.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from advisor.scaffold.manifest import load_manifest
from advisor.scaffold.render import render
from tests.airflow.environments import python_with
from tests.scaffold.rendering import put, run_suites, spec

EXTRA = Path(__file__).with_name("extra")
UNCOMMON = "test_uncommon.py"


@pytest.mark.airflow
@pytest.mark.parametrize(
    ("airflow", "pattern", "tests"),
    [
        ("2.11.2", "deferrable", "test_without_store.py"),
        ("3.0.6", "deferrable", "test_without_store.py"),
        ("3.1.8", "deferrable", "test_without_store.py"),
        ("3.2.2", "deferrable", "test_without_store.py"),
        ("3.2.2", "async", "test_without_store.py"),
        *(("3.4.0b2", each, UNCOMMON) for each in load_manifest().patterns),
    ],
)
def test_uncommon_behaviours_pass_in_each_release(
    airflow: str, pattern: str, tests: str, tmp_path: Path
) -> None:
    release = ".".join(airflow.split(".")[:2])
    policy = "auto" if tests == UNCOMMON else "leave"
    wanted = spec(pattern, airflow=release, on_kill=policy)
    package = put(render(wanted, load_manifest()), wanted.name, tmp_path)
    shutil.copy(EXTRA / pattern / tests, package / "tests")
    (ran,) = run_suites(python_with(airflow), [package], tmp_path, "-k", "not crash")
    assert ran["code"] == 0, ran["output"]
