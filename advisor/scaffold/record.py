"""What a folder was made from, kept in the folder: the order, and a hash of every file."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from advisor import __version__
from advisor.documents.model import printable
from advisor.documents.read import read_document
from advisor.documents.validation import Fields, ValidationIssue
from advisor.errors import InputError, Problem
from advisor.scaffold.model import Folder, ScaffoldSpec

FILE = PurePosixPath(".advisor.yaml")
VERSION = "1"
HEADING = """\
# Written by advisor, and read when it is run again: the hashes tell it which files nobody edited.
"""
DIGITS = frozenset("0123456789abcdef")
TIP = "move it away, and advisor takes every file here as edited"

Place: TypeAlias = "tuple[Folder, PurePosixPath]"
"""A file of a scaffold: its folder and its path inside."""
Hashes: TypeAlias = "Mapping[Place, str]"
"""What each file held when advisor last wrote it."""


def hash_of(content: bytes) -> str:
    """Return what identifies a content: its SHA-256 in hexadecimal digits."""
    return sha256(content).hexdigest()


def record_text(spec: ScaffoldSpec, hashes: Hashes) -> str:
    """Return the text of the record of an order whose files have these hashes."""
    from advisor.documents.yaml_text import to_yaml

    by_folder = {
        folder.value: {str(path): found for (of, path), found in hashes.items() if of is folder}
        for folder in Folder
    }
    return HEADING + to_yaml(
        {"record": VERSION, "advisor": __version__, "order": _shape(spec), **by_folder}
    )


def read_hashes(file: Path, package: str) -> Hashes:
    """Return the hashes in the record of a package, none where there is no record.

    Raises InputError where the file is damaged, of a newer advisor or the record of another
    package.
    """
    if not file.exists():
        return {}
    where = printable(str(file))
    try:
        root = read_document(str(file)).root
    except InputError as error:
        problems = [Problem(each.where, each.message, TIP) for each in error.problems]
        raise InputError(problems) from None
    issues: list[ValidationIssue] = []
    fields = Fields(root, (), issues)
    fields.choice("record", [VERSION])
    if not issues:
        _check_package(fields.inner("order").text("package"), package, issues)
    hashes = {place: found for folder in Folder for place, found in _hashes(fields, folder)}
    if issues:
        raise InputError(
            [Problem(where, f"is no record: {issue.message}", TIP) for issue in issues]
        )
    return hashes


def _shape(spec: ScaffoldSpec) -> dict[str, object]:
    settings = {
        id_: list(value) if isinstance(value, tuple) else value
        for id_, value in spec.settings.items()
    }
    name = {"name": spec.name.stem, "package": spec.name.package}
    return {**name, **spec._asdict(), **name, "settings": settings}


def _check_package(found: str, package: str, issues: list[ValidationIssue]) -> None:
    if found and found != package:
        issues.append(
            ValidationIssue((), f"it is of {printable(found)}, and this folder is {package}")
        )


def _hashes(fields: Fields, folder: Folder) -> list[tuple[Place, str]]:
    """Return the hashes of one folder; a path that leads out of it is a flaw."""
    listed = fields.inner(folder.value)
    found = [(PurePosixPath(key), listed.text(key)) for key in listed.node]
    for path, text in found:
        if path.is_absolute() or ".." in path.parts or not path.parts:
            listed.add_issue(f"{printable(str(path))} is no path inside the folder")
        if len(text) != sha256().digest_size * 2 or not DIGITS.issuperset(text):
            listed.add_issue(f"{printable(str(path))} has no hash")
    return [((folder, path), text) for path, text in found]
