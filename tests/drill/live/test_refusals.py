"""Targets and options that cannot be drilled are rejected before Airflow is started."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.drill.refusing import refused

ROOT = Path(__file__).parents[3]
PLAIN = f"{ROOT}/advisor/drill/controls/plain.py:plain"


def test_live_drill_rejects_an_interpreter_without_airflow(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert refused(capsys, PLAIN, "--live") == (
        f"error: {sys.executable}: Airflow is not installed "
        "(set --python to the interpreter of an environment with Airflow 3.2 or newer)\n"
    )


def test_live_drill_rejects_a_missing_interpreter(capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, PLAIN, "--live", "--python", "/nowhere/python")
    assert message.startswith("error: --python: /nowhere/python: No such file or directory (")


def python_with_airflow(version: str, folder: Path) -> str:
    """Write a script that prints a version of Airflow; return its path."""
    python = folder / "python"
    python.write_text(f"#!/bin/sh\necho {version}\n", encoding="utf-8")
    python.chmod(0o755)
    return str(python)


def test_live_drill_rejects_an_old_airflow(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    message = refused(capsys, PLAIN, "--live", "--python", python_with_airflow("3.1.8", tmp_path))
    assert "Airflow 3.1.8 is too old (set --python to the interpreter" in message


def test_live_drill_rejects_a_program_that_is_not_python(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    python = python_with_airflow("", tmp_path)
    message = refused(capsys, PLAIN, "--live", "--python", python)
    assert message == (
        f"error: --python: {python}: not a Python interpreter with Airflow "
        "(set --python to the interpreter of an environment with Airflow)\n"
    )
    assert refused(capsys, PLAIN, "--python", python) == message


def test_live_drill_rejects_targets_with_the_same_module_name(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    other = tmp_path / "plain.py"
    other.write_text("", encoding="utf-8")
    python = python_with_airflow("3.3.2", tmp_path)
    message = refused(capsys, PLAIN, f"{other}:make", "--live", "--python", python)
    assert message.count("another target has the same module name; drill them separately") == 1


def test_live_drill_rejects_an_unknown_fault(capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, PLAIN, "--live", "--fault", "KILL:plain.py:20#1")
    assert message == (
        "error: --fault: unknown fault 'KILL:plain.py:20#1' (accepted: worker-killed, "
        "killed-unanswered, worker-stopped, worker-preempted, cleared, failed-by-user, "
        "triggerer-lost)\n"
    )


def test_line_drill_rejects_several_targets(capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, PLAIN, PLAIN)
    assert message == "error: more than one TARGET requires --live\n"


def test_live_drill_rejects_a_point(capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, PLAIN, "--live", "--point", "KILL:plain.py:20#1")
    assert message == "error: --point cannot be combined with --live\n"


def test_line_drill_rejects_a_fault_of_the_live_drill(capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, PLAIN, "--fault", "worker-killed")
    assert message == "error: --fault worker-killed requires --live\n"


def test_line_drill_rejects_several_faults(capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, PLAIN, "--fault", "the job fails", "--fault", "the job vanishes")
    assert message == "error: more than one --fault requires --live\n"


def test_line_drill_rejects_a_fault_and_a_point(capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, PLAIN, "--fault", "the job fails", "--point", "KILL:plain.py:20#1")
    assert message == "error: --point cannot be combined with --fault\n"


def test_line_drill_rejects_an_unknown_fault(capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, PLAIN, "--fault", "the-job-fail")
    assert message == (
        "error: --fault: unknown service fault 'the-job-fail' (did you mean 'the job fails'?)\n"
    )
