"""`advisor drill` refuses what it cannot drill, and says what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from advisor.cli.app import run
from tests.airflow.environments import python_with

ROOT = Path(__file__).parents[2]
CONTROL = str(ROOT / "advisor" / "drill" / "controls" / "plain.py") + ":plain"


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["drill", *arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    return shown.err


def test_an_interpreter_without_airflow_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, CONTROL)
    assert "no Airflow 3 is installed there; --python names the interpreter" in said


def test_an_interpreter_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, CONTROL, "--python", "/nowhere/python")
    assert said.startswith("error: --python: /nowhere/python: No such file or directory; ")


def test_a_point_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "accepted is such as KILL:operators.py:57#3" in refused(capsys, CONTROL, "--only", "x")


@pytest.mark.airflow
class TestWithAirflow:
    """What needs one."""

    def test_violations_are_the_answer_no(self, capsys: pytest.CaptureFixture[str]) -> None:
        python = str(python_with("3.3.2"))
        arguments = ["drill", CONTROL, "--python", python, "--signal", "KILL", "-f", "json"]
        assert run(arguments) == 1
        result = json.loads(capsys.readouterr().out)
        assert result["survived"] is False
        assert result["points"]["promised"] == result["points"]["fired"]

    def test_one_point_is_shown_step_by_step(self, capsys: pytest.CaptureFixture[str]) -> None:
        python = str(python_with("3.3.2"))
        assert run(["drill", CONTROL, "--python", python, "--only", "KILL:submit:after#1"]) == 1
        shown = capsys.readouterr().out
        assert shown.startswith("KILL:submit:after#1: success, 2 submitted, duplicate, orphan\n")
        assert ">>> KILL at submit:after#1 (worker)" in shown

    def test_an_operator_that_cannot_be_loaded_is_refused(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        file = tmp_path / "broken.py"
        file.write_text("def make(service):\n    raise KeyError('x')\n", encoding="utf-8")
        python = str(python_with("3.3.2"))
        said = refused(capsys, f"{file}:make", "--python", python)
        assert "cannot be loaded: KeyError: 'x'" in said
