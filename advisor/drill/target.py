"""The target of a drill, as a user names it: a scaffolded folder, or a function in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from advisor.documents.model import printable
from advisor.documents.read import read_document
from advisor.documents.validation import Fields, ValidationIssue
from advisor.drill.model import Target
from advisor.errors import InputError, Problem

RECORD: Final = ".advisor.yaml"
EXPECTED: Final = "a folder that advisor scaffold wrote, or path/to/file.py:factory"


def read_target(text: str, python: str = "") -> Target:
    """Return what a text names, and the interpreter to load it with.

    Raises:
        InputError: there is no such folder or file, or the record of the folder is invalid.
    """
    if Path(text).is_dir():
        return _scaffold(text, python)
    file, _, factory = text.rpartition(":")
    if not factory.isidentifier() or not file.endswith(".py"):
        raise InputError.of(printable(text), f"not a target; expected {EXPECTED}")
    path = Path(file).absolute()
    if not path.is_file():
        raise InputError.of(printable(file), f"no such file; expected {EXPECTED}")
    return Target(text, str(path), factory=factory, python=python)


def _scaffold(text: str, python: str) -> Target:
    record = Path(text) / RECORD
    where = printable(str(record))
    if not record.exists():
        raise InputError.of(where, f"no such file; expected {EXPECTED}")
    issues: list[ValidationIssue] = []
    order = Fields(read_document(str(record)).root, (), issues).inner("order")
    stem, on_kill = order.text("name"), order.text("on_kill")
    if issues:
        raise InputError([Problem(where, f"invalid record: {issue.message}") for issue in issues])
    path = Path(text).resolve()
    return Target(text, str(path), stem, leaves_jobs=on_kill == "leave", python=python)
