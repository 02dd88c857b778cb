"""What cannot be drilled on a real Airflow is refused before one is started."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.drill.refusing import refused

ROOT = Path(__file__).parents[3]
PLAIN = f"{ROOT}/advisor/drill/controls/plain.py:plain"


def test_an_interpreter_without_airflow_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, PLAIN, "--live") == (
        f"error: {sys.executable}: no Airflow 3 is installed there; --python names the interpreter "
        "of an environment with Airflow 3.2 or newer\n"
    )


def test_an_interpreter_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, PLAIN, "--live", "--python", "/nowhere/python")
    assert message.startswith("error: --python: /nowhere/python: No such file or directory; ")


def an_airflow(version: str, folder: Path) -> str:
    """Return an interpreter that says it has an Airflow of a version."""
    python = folder / "python"
    python.write_text(f"#!/bin/sh\necho {version}\n", encoding="utf-8")
    python.chmod(0o755)
    return str(python)


def test_an_airflow_that_is_too_old_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    message = refused(capsys, PLAIN, "--live", "--python", an_airflow("3.1.8", tmp_path))
    assert "Airflow 3.1.8 is too old; --python names the interpreter" in message


def test_two_targets_of_one_name_are_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    other = tmp_path / "plain.py"
    other.write_text("", encoding="utf-8")
    python = an_airflow("3.3.2", tmp_path)
    message = refused(capsys, PLAIN, f"{other}:make", "--live", "--python", python)
    assert message.count("is not the only target of this name; drill them one after the other") == 1


def test_a_story_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, PLAIN, "--live", "--fault", "KILL:plain.py:20#1")
    assert message == (
        "error: --fault: found 'KILL:plain.py:20#1'; accepted is worker-killed, killed-unanswered, "
        "worker-stopped, worker-preempted, cleared, failed-by-user, triggerer-lost\n"
    )


def test_the_line_drill_takes_one_target(capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, PLAIN, PLAIN)
    assert message == "error: TARGET: several are accepted with --live alone, which they share\n"
