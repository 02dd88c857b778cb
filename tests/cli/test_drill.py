"""`advisor drill`: which options it rejects, its progress, and its results."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest
import yaml
from jsonschema import Draft202012Validator

from advisor.cli.app import run
from advisor.drill.scenarios import Sample
from advisor.render.drill_json import drill_schema
from tests.airflow.environments import python_with
from tests.drill.refusing import refused

ROOT = Path(__file__).parents[2]
CONTROL = str(ROOT / "advisor" / "drill" / "controls" / "plain.py") + ":plain"


def issues(result: object) -> list[str]:
    """Return how a result violates the published schema."""
    errors = Draft202012Validator(drill_schema()).iter_errors(result)
    return [f"{error.json_path}: {error.message}" for error in errors]


def test_python_without_airflow_is_rejected(capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, CONTROL)
    assert message.startswith(f"error: {sys.executable}: Airflow is not installed (set ")


def test_python_that_does_not_exist_is_rejected(capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, CONTROL, "--python", "/nowhere/python")
    assert message.startswith("error: --python: /nowhere/python: No such file or directory (")


@pytest.mark.parametrize("live", [(), ("--live",)])
def test_unknown_finding_is_rejected(
    live: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    message = refused(capsys, CONTROL, "--fail-on", "orphan,duplicat", *live)
    assert message == ("error: --fail-on: unknown finding 'duplicat' (did you mean 'duplicate'?)\n")


def test_none_is_not_combined_with_findings(capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, CONTROL, "--fail-on", "none", "--fail-on", "orphan")
    assert message == "error: --fail-on: 'none' cannot be combined with findings\n"


def program(folder: Path, script: str) -> str:
    """Write an executable shell script; return its path."""
    file = folder / "program"
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)
    return str(file)


@pytest.mark.parametrize("script", ["true", "echo '{}'", "echo '[]'", "echo 1", "echo x"])
@pytest.mark.parametrize("live", [(), ("--live",)])
def test_program_that_is_not_python_is_rejected(
    live: tuple[str, ...], script: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    python = program(tmp_path, script)
    assert refused(capsys, CONTROL, "--python", python, *live) == (
        f"error: --python: {python}: not a Python interpreter with Airflow "
        "(set --python to the interpreter of an environment with Airflow)\n"
    )


@pytest.mark.parametrize("live", [(), ("--live",)])
def test_interpreter_that_fails_is_rejected_with_its_error(
    live: tuple[str, ...], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    python = program(tmp_path, "echo boom >&2; exit 3")
    message = refused(capsys, CONTROL, "--python", python, *live)
    assert message.startswith(f"error: --python: {python}: exited with 3: boom (set --python to ")


@pytest.mark.parametrize("live", [(), ("--live",)])
def test_relative_python_is_not_looked_up_on_the_path(
    live: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    message = refused(capsys, CONTROL, "--python", "./program", *live)
    assert message.startswith("error: --python: ./program: No such file or directory (")
    program(tmp_path, "exit 3")
    message = refused(capsys, CONTROL, "--python", "./program", *live)
    assert message.startswith("error: --python: ./program: exited with 3: no error output (")


def test_point_of_another_form_is_rejected(capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, CONTROL, "--point", "x")
    assert "expected a point such as KILL:operators.py:57#3" in message


def test_more_than_two_points_are_rejected(capsys: pytest.CaptureFixture[str]) -> None:
    points = ["--point", "KILL:plain.py:21#1"] * 3
    assert "found 3 points, expected one or two" in refused(capsys, CONTROL, *points)


@pytest.mark.parametrize("option", ["--budget", "--seed"])
def test_sample_options_are_rejected_without_pairs(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    message = refused(capsys, CONTROL, option, "7")
    assert message == f"error: {option} requires --pairs\n"


@pytest.mark.parametrize(
    "option", ["--signal=KILL", "--point=x", "--pairs", "--budget=7", "--seed=0"]
)
def test_options_of_the_line_drill_are_rejected_with_live(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    message = refused(capsys, CONTROL, "--live", option)
    assert message.endswith(" cannot be combined with --live\n")


def test_fault_is_rejected_without_live(capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, CONTROL, "--fault", "worker-killed")
    assert message == "error: --fault worker-killed requires --live\n"


def test_help_names_the_default_sample(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["drill", "--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert f"drawn at random (default: {Sample().budget})" in shown
    assert f"random draw (default: {Sample().seed})" in shown


PROGRESS = """\
from advisor.cli.drill import _progress
with _progress("Starting ...") as progress:
    progress(1, 2)
print("done")
"""


def progress_on(term: str) -> str:
    """Return what a terminal shows for a progress bar and the line after it."""
    environment = {**os.environ, "TERM": term}
    command = ["-c", PROGRESS]
    child = pexpect.spawn(sys.executable, command, env=environment, encoding="utf-8")
    child.expect(pexpect.EOF)
    return str(child.before)


def test_progress_is_drawn_on_a_terminal_and_removed() -> None:
    shown = progress_on("xterm")
    assert "Running scenarios" in shown
    assert shown.endswith("\x1b[1A\x1b[2Kdone\r\n")


def test_progress_is_silent_on_a_dumb_terminal() -> None:
    assert progress_on("dumb") == "done\r\n"


def test_progress_is_silent_without_a_terminal() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRESS], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"done\n", b"")


@pytest.mark.airflow
class TestWithAirflow:
    """Tests that need an Airflow."""

    def test_violations_exit_with_1(self, capsys: pytest.CaptureFixture[str]) -> None:
        python = str(python_with("3.3.2"))
        arguments = ["drill", CONTROL, "--python", python, "--signal", "KILL", "-f", "json"]
        assert run(arguments) == 1
        result = json.loads(capsys.readouterr().out)
        assert issues(result) == []
        assert result["survived"] is False
        assert result["points"]["planned"] == result["points"]["sent"]

    @pytest.mark.parametrize(
        ("findings", "code"),
        [("duplicate, orphan", 1), ("result-lost", 0), ("none", 0), ("all", 1)],
    )
    def test_fail_on_selects_the_findings_that_exit_with_1(
        self, findings: str, code: int, capsys: pytest.CaptureFixture[str]
    ) -> None:
        python = str(python_with("3.3.2"))
        arguments = ["drill", CONTROL, "--python", python, "--point", "KILL:submit:after#1"]
        assert run([*arguments, "--fail-on", findings]) == code
        assert "duplicate" in capsys.readouterr().out

    def test_point_shows_its_run_step_by_step(self, capsys: pytest.CaptureFixture[str]) -> None:
        python = str(python_with("3.3.2"))
        arguments = ["drill", CONTROL, "--python", python, "--point", "KILL:submit:after#1"]
        assert run([*arguments, "-f", "json"]) == 1
        assert issues(json.loads(capsys.readouterr().out)) == []
        assert run(arguments) == 1
        shown = capsys.readouterr().out
        assert run([*arguments, "-f", "yaml"]) == 1
        assert issues(yaml.safe_load(capsys.readouterr().out)) == []
        assert shown.startswith(
            "KILL:submit:after#1: task succeeded in try 2, 2 jobs submitted, duplicate\n"
        )
        assert ">>> KILL at submit:after#1 (worker)" in shown

    def test_next_has_the_command_that_repeats_a_pair(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        python = str(python_with("3.3.2"))
        arguments = ["drill", CONTROL, "--python", python, "--pairs", "--budget", "9", "-f", "json"]
        assert run(arguments) == 1
        result = json.loads(capsys.readouterr().out)
        assert issues(result) == []
        assert result["pairs"] == {"all": 361, "run": 9, "seed": 4}
        command = next(each for each in result["next"] if each.count("--point") == 2)
        assert run(shlex.split(command)[1:]) == 1
        shown = capsys.readouterr().out
        assert shown.count(">>> KILL at ") == 2
        first, _, second = (word for word in shlex.split(command)[-3:])
        assert shown.startswith(f"{first} {second}: task succeeded in try ")

    def test_second_point_that_the_retry_does_not_reach_is_rejected(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        points = ["--point", "KILL:submit:after#1", "--point", "KILL:plain.py:23#9"]
        message = refused(capsys, CONTROL, "--python", str(python_with("3.3.2")), *points)
        after = "the retry after KILL:submit:after#1 does not reach KILL:plain.py:23#9"
        assert message == f"error: --point: {after}\n"

    def test_operator_that_cannot_be_loaded_is_rejected(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        file = tmp_path / "broken.py"
        file.write_text("def make(service):\n    raise KeyError('x')\n", encoding="utf-8")
        python = str(python_with("3.3.2"))
        message = refused(capsys, f"{file}:make", "--python", python)
        assert "cannot be loaded: KeyError: 'x'" in message
