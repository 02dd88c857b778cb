"""Streams that are closed, full, narrow or in another encoding never cause a traceback."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.process import ANSWERS, COMPLETE, advisor, advisor_here

COMMANDS = {
    "version": ("--version",),
    "help": ("recommend", "--help"),
    "compare": ("compare",),
    "explain": ("explain",),
    "schema": ("schema", "recommendation"),
    "scaffold": ("scaffold", "resumable", "NightlySpark", "--dry-run", "--diff"),
    "terminal": COMPLETE,
    "json": (*COMPLETE, "--format", "json"),
    "batch": ("recommend", "--example", "team_jobs", "--details"),
}
NON_ASCII = f'name: "été 日本 😀"\n{ANSWERS}'.encode()

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")


@pytest.fixture
def closed_pipe() -> Iterator[int]:
    """Return the writing end of a pipe without a reader, as after `| head -1`."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@pytest.mark.parametrize("command", COMMANDS)
def test_output_to_a_closed_pipe_is_not_an_error(closed_pipe: int, command: str) -> None:
    ran = advisor(*COMMANDS[command], stdout=closed_pipe)
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize("command", ["version", "help", "compare", "scaffold", "terminal", "json"])
def test_closed_stdout_is_not_reported_as_a_bug(command: str) -> None:
    ran = advisor(*COMMANDS[command], redirect=">&-")
    assert ran.is_clean


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", ["version", "help", "compare", "scaffold", "terminal", "json"])
def test_full_stdout_is_reported_in_one_line(command: str) -> None:
    ran = advisor(*COMMANDS[command], redirect=">/dev/full")
    assert ran.is_clean
    assert ran.code in {1, 2}
    assert ran.err.startswith("error: ")
    assert len(ran.err.splitlines()) == 1


def test_closed_stderr_keeps_the_exit_code() -> None:
    assert advisor(*COMPLETE, redirect="2>&-").code == 0
    assert advisor("recommend", "--answers", "missing", redirect="2>&-").code == 2
    assert advisor("recommend", "--answers", "missing", redirect=">&- 2>&-").code == 2


@pytest.mark.parametrize("redirect", ["<&-", "</dev/null"])
def test_recommend_lists_missing_answers_without_input_and_terminal(redirect: str) -> None:
    ran = advisor("recommend", "--triggerer", redirect=redirect)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: missing answers: duration (")
    assert ran.err.endswith(
        "(advisor asks only at a terminal; pass them as options or with --answers FILE)\n"
    )
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("redirect", "message"),
    [("<&-", "cannot be read: standard input is closed"), ("</dev/null", "file is empty")],
)
def test_stdin_as_answers_is_refused_if_closed_or_empty(redirect: str, message: str) -> None:
    ran = advisor("recommend", "--answers", "-", redirect=redirect)
    assert ran.code == 2
    assert ran.err.startswith(f"error: <stdin>: {message}")


@pytest.mark.parametrize("redirect", ["<&-", "</dev/null"])
def test_recommend_reads_no_input_if_options_are_complete(redirect: str) -> None:
    assert advisor(*COMPLETE, redirect=redirect).code == 0


def test_recommend_reads_a_process_substitution(tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(ANSWERS)
    ran = advisor("recommend", "--answers", "/dev/fd/9", redirect=f"9<'{file}'")
    assert ran.code == 0


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "utf-16"},
    ],
)
def test_names_outside_the_encoding_are_escaped(environment: dict[str, str]) -> None:
    ran = advisor("recommend", stdin=NON_ASCII, environment=environment)
    assert ran.code == 0
    assert ran.is_clean


@pytest.mark.parametrize("format_", ["json", "yaml", "markdown"])
def test_every_format_can_be_written_in_ascii(format_: str) -> None:
    ascii_ = {"PYTHONIOENCODING": "ascii"}
    ran = advisor("recommend", "--format", format_, stdin=NON_ASCII, environment=ascii_)
    assert ran.code == 0
    if format_ == "json":
        assert json.loads(ran.out)["recommendations"][0]["name"] == "été 日本 😀"


@pytest.mark.parametrize(
    "environment",
    [
        {"TERM": "dumb"},
        {"NO_COLOR": "1", "TERM": "xterm-256color"},
        {"FORCE_COLOR": "", "COLUMNS": "20"},
        {"COLUMNS": "1"},
        {"COLUMNS": "0"},
        {"COLUMNS": "wide"},
        {"COLUMNS": "9" * 5000},
    ],
)
@pytest.mark.parametrize("command", ["terminal", "compare"])
def test_output_is_plain_text_without_a_terminal(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], command: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    ran = advisor_here(*COMMANDS[command])
    assert (ran.code, ran.err) == (0, "")
    assert "\x1b" not in ran.out


def test_prose_wraps_at_a_narrow_width() -> None:
    ran = advisor(*COMPLETE, environment={"COLUMNS": "20"})
    prose = [line for line in ran.out.splitlines() if line.startswith(" ") and " " in line.strip()]
    assert prose
    assert all(len(line) <= 20 for line in prose)
