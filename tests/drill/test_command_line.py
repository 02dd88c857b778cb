"""Targets are parsed from the command line: folders of scaffolds, and factories in files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from advisor.drill.command_line import read_findings, read_target
from advisor.drill.model import FAIL_ON, Finding
from advisor.errors import InputError

EXPECTED = "expected a folder written by `advisor scaffold`, or path/to/file.py:factory"
RECORD = "record: '1'\norder:\n  name: NightlyReport\n  on_kill: {on_kill}\n"


def scaffold(folder: Path, text: str) -> str:
    (folder / ".advisor.yaml").write_text(text, encoding="utf-8")
    return str(folder)


@pytest.mark.parametrize(("on_kill", "leaves"), [("auto", False), ("leave", True)])
def test_read_target_reads_the_record_of_a_scaffold(
    tmp_path: Path, on_kill: str, leaves: bool
) -> None:
    target = read_target(scaffold(tmp_path, RECORD.format(on_kill=on_kill)))
    assert (target.path, target.stem, target.leaves_jobs) == (
        str(tmp_path.resolve()),
        "NightlyReport",
        leaves,
    )


def test_targets_with_samples_of_jobs_can_be_told_apart(tmp_path: Path) -> None:
    # A live drill keeps what it observes in dictionaries whose keys are targets.
    record = RECORD.format(on_kill="auto")
    first = read_target(scaffold(tmp_path, record + """jobs: '[{"query": "one"}]'\n"""))
    second = read_target(scaffold(tmp_path, record + """jobs: '[{"query": "two"}]'\n"""))
    assert first.jobs == ({"query": "one"},)
    assert {first: 1, second: 2} == {second: 2, first: 1}
    assert first != second


def test_read_target_splits_file_and_factory(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("", encoding="utf-8")
    target = read_target(f"{file}:make", "python3")
    assert (target.path, target.factory, target.python) == (str(file), "make", "python3")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f"value is empty ({EXPECTED})"),
        ("nowhere", "no such file or folder: nowhere"),
        ("mine.py", "no such file or folder: mine.py"),
        ("here.py", "'here.py' names no factory (expected path/to/file.py:factory)"),
        ("nowhere.py:make", f"no such file: nowhere.py ({EXPECTED})"),
        ("nowhere.txt:make", "unknown target 'nowhere.txt:make' ("),
        (".", f"no .advisor.yaml in the folder . ({EXPECTED})"),
    ],
)
def test_read_target_rejects_unknown_targets(
    text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("here.py").touch()
    with pytest.raises(InputError, match=re.escape(f"TARGET: {message}")):
        read_target(text)


def test_read_target_rejects_an_invalid_record(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="invalid record: missing key 'name'"):
        read_target(scaffold(tmp_path, "record: '1'\norder: {}\n"))


@pytest.mark.parametrize(
    ("jobs", "message"),
    [
        ("{}", "jobs: expected a list of JSON objects"),
        ("[1]", "jobs: expected a list of JSON objects"),
        ("[{]", "jobs: Expecting property name enclosed in double quotes"),
        ('[{"a": NaN}]', "jobs: NaN is not JSON"),
        pytest.param("[" * 100_000, "jobs: nested too deeply", id="deep"),
    ],
)
def test_read_target_rejects_invalid_samples_of_jobs(
    jobs: str, message: str, tmp_path: Path
) -> None:
    record = RECORD.format(on_kill="auto") + f"jobs: '{jobs}'\n"
    with pytest.raises(InputError, match=re.escape(f"invalid record: {message}")):
        read_target(scaffold(tmp_path, record))


@pytest.mark.parametrize(
    ("texts", "findings"),
    [
        ([], FAIL_ON),
        (["none"], set()),
        (["all"], set(Finding)),
        (["duplicate,Result-Lost"], {Finding.duplicate, Finding.result_lost}),
        (["orphan", "work lost on shutdown"], {Finding.orphan, Finding.work_lost}),
    ],
)
def test_read_findings_reads_names(texts: list[str], findings: set[Finding]) -> None:
    assert read_findings(texts) == findings


@pytest.mark.parametrize("text", ["", "orphans", "duplicate,", "x" * 300])
def test_read_findings_rejects_unknown_names(text: str) -> None:
    with pytest.raises(InputError, match="--fail-on: unknown finding"):
        read_findings([text])


def test_work_lost_on_shutdown_is_not_a_violation_by_default() -> None:
    assert set(Finding) - FAIL_ON == {Finding.work_lost}
