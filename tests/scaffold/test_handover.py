"""Scaffolds of an earlier advisor (deployed.tar.xz, commit b5267e5) are updated while jobs wait."""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from advisor.cli.app import run
from advisor.scaffold.manifest import load_manifest
from tests.airflow.environments import python_with

DEPLOYED = Path(__file__).with_name("deployed.tar.xz")
SCRIPT = Path(__file__).with_name("handover.py")
PATTERNS = tuple(load_manifest().patterns)
RESULTS = {
    "resumable": {"result_of": "job-1"},
    "resumable, unanswered": {"result_of": "job-1"},
    "deferrable": {"result_of": "job-1"},
    "deferrable, worker lost": {"result_of": "job-1"},
    "checkpoint": [{"result_of": f"job-{number}"} for number in (1, 2, 3)],
    "async": [{"result_of": f"job-{number}"} for number in (1, 2, 3)],
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a scaffold of each pattern, as the earlier advisor wrote it."""
    with tarfile.open(DEPLOYED) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path


def update(project: Path, pattern: str) -> int:
    """Run the command that wrote a scaffold again."""
    places = ("--into", str(project / "plugins"), "--dags", str(project / "dags"))
    return run(["scaffold", pattern, f"deployed_{pattern}", "--airflow-version", "3.3", *places])


@pytest.mark.parametrize("pattern", PATTERNS)
def test_same_command_updates_an_earlier_scaffold(project: Path, pattern: str) -> None:
    package = project / "plugins" / f"deployed_{pattern}"
    assert update(project, pattern) == 0
    assert not (package / "waiting.py").exists()
    assert not (package / "tests" / "job_server.py").exists()
    assert "HONOURS_IDEMPOTENCY_KEY" in (package / "hooks.py").read_text(encoding="utf-8")


def test_edited_file_of_an_earlier_scaffold_is_a_conflict(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hooks = project / "plugins" / "deployed_resumable" / "hooks.py"
    hooks.write_text(hooks.read_text(encoding="utf-8") + "# Ours.\n", encoding="utf-8")
    assert update(project, "resumable") == 1
    assert f"{hooks}: was edited" in capsys.readouterr().err
    assert (hooks.parent / "waiting.py").exists(), "Nothing is written until it is resolved"


def test_edited_file_that_is_no_longer_generated_is_left(project: Path) -> None:
    edited = project / "plugins" / "deployed_resumable" / "waiting.py"
    edited.write_text("# Ours.\n", encoding="utf-8")
    assert update(project, "resumable") == 0
    assert edited.read_text(encoding="utf-8") == "# Ours.\n"


@pytest.mark.airflow
def test_jobs_that_wait_during_an_update_are_neither_lost_nor_run_again(project: Path) -> None:
    waiting = handover(project, "start")
    assert all(task["result"] is None for task in waiting.values())
    assert [len(task["jobs"]) for task in waiting.values()] == [1, 1, 1, 1, 1, 3]
    for pattern in PATTERNS:
        assert update(project, pattern) == 0
    ended = handover(project, "finish", waiting)
    assert {name: task["result"] for name, task in ended.items()} == RESULTS
    assert [len(task["jobs"]) for task in ended.values()] == [1, 1, 1, 1, 3, 3]


def handover(project: Path, step: str, state: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Run a step of handover.py, and return what it prints."""
    environment = {"PATH": os.environ["PATH"], "AIRFLOW_HOME": str(project / "airflow")}
    ran = subprocess.run(
        [python_with("3.3.2"), SCRIPT, step, project / "plugins"],
        input=json.dumps(state or {}),
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    output: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return output
