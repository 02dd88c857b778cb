"""A target is a scaffolded folder or a factory in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.drill.command_line import read_target
from advisor.errors import InputError

RECORD = "record: '1'\norder:\n  name: NightlyReport\n  on_kill: {on_kill}\n"


def scaffold(folder: Path, text: str) -> str:
    (folder / ".advisor.yaml").write_text(text, encoding="utf-8")
    return str(folder)


@pytest.mark.parametrize(("on_kill", "leaves"), [("auto", False), ("leave", True)])
def test_scaffold_is_read_from_its_record(tmp_path: Path, on_kill: str, leaves: bool) -> None:
    target = read_target(scaffold(tmp_path, RECORD.format(on_kill=on_kill)))
    assert (target.path, target.stem, target.leaves_jobs) == (
        str(tmp_path.resolve()),
        "NightlyReport",
        leaves,
    )


def test_factory_is_named_after_its_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("", encoding="utf-8")
    target = read_target(f"{file}:make", "python3")
    assert (target.path, target.factory, target.python) == (str(file), "make", "python3")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nowhere", "not a target; expected a folder that advisor scaffold wrote, or"),
        ("mine.py", "not a target"),
        ("nowhere.py:make", "no such file; expected a folder"),
        ("nowhere.txt:make", "not a target"),
        (".", ".advisor.yaml: no such file; expected a folder that advisor scaffold wrote"),
    ],
)
def test_read_target_rejects_anything_else(
    text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=message):
        read_target(text)


def test_read_target_names_an_invalid_record(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="invalid record: missing key 'name'"):
        read_target(scaffold(tmp_path, "record: '1'\norder: {}\n"))
