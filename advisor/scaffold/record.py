"""The record in a package's folder: the spec, and a hash of every file that advisor wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from advisor import __version__
from advisor.documents.model import printable, shown
from advisor.documents.read import read_document
from advisor.documents.validation import Fields, ValidationIssue
from advisor.documents.yaml_text import to_yaml
from advisor.errors import InputError, Problem
from advisor.scaffold.model import Folder, ScaffoldSpec

FILE = PurePosixPath(".advisor.yaml")
VERSION = "1"
HEADING = """\
# Written by advisor. The next run compares these hashes to find files that were edited.
"""
DIGITS = frozenset("0123456789abcdef")
MOVE_AWAY = "if you remove it, all files in this folder count as edited"

Place: TypeAlias = "tuple[Folder, PurePosixPath]"
"""A file of a scaffold: its folder and its path inside."""
Hashes: TypeAlias = "Mapping[Place, str]"
"""The hash of each file as advisor last wrote it."""


def hash_of(content: bytes) -> str:
    """Return the SHA-256 hash of content, in hexadecimal."""
    return sha256(content).hexdigest()


def record_text(spec: ScaffoldSpec, hashes: Hashes) -> str:
    """Return the text of the record of a spec whose files have these hashes."""
    by_folder = {
        folder.value: {str(path): hash_ for (of, path), hash_ in hashes.items() if of is folder}
        for folder in Folder
    }
    return HEADING + to_yaml(
        {
            "record": VERSION,
            "advisor": __version__,
            "order": _shape(spec),
            # As JSON, because reading YAML would turn numbers into texts.
            "jobs": json.dumps(spec.jobs),
            **by_folder,
        }
    )


def read_hashes(file: Path, package: str) -> Hashes:
    """Return the hashes in the record of a package; empty if there is no record.

    Raises InputError if the record is invalid, of a newer advisor, or of another package.
    """
    if not file.exists():
        return {}
    where = printable(str(file))
    try:
        root = read_document(str(file)).root
    except InputError as error:
        problems = [Problem(each.where, each.message, MOVE_AWAY) for each in error.problems]
        raise InputError(problems) from None
    issues: list[ValidationIssue] = []
    fields = Fields(root, (), issues)
    version = fields.text("record")
    if version and version != VERSION:
        fields.add_issue(f"expected version {VERSION}, found {shown(version)}")
    if not issues:
        recorded = fields.inner("order").text("package")
        if recorded and recorded != package:
            fields.add_issue(f"expected the package {package}, found {printable(recorded)}")
    hashes = {place: hash_ for folder in Folder for place, hash_ in _hashes(fields, folder)}
    if issues:
        raise InputError(
            [Problem(where, f"invalid record: {issue.message}", MOVE_AWAY) for issue in issues]
        )
    return hashes


def _shape(spec: ScaffoldSpec) -> dict[str, object]:
    return {
        "name": spec.name.stem,
        "package": spec.name.package,
        "pattern": spec.pattern,
        "system": spec.system,
        "airflow": spec.airflow,
        "on_kill": spec.on_kill,
        "on_missing": spec.on_missing,
        "settings": {
            id_: list(value) if isinstance(value, tuple) else value
            for id_, value in spec.settings.items()
        },
    }


def _hashes(fields: Fields, folder: Folder) -> list[tuple[Place, str]]:
    """Return the hashes for one folder; a path that points outside of it is an issue."""
    listed = fields.inner(folder.value)
    hashes = [(PurePosixPath(key), listed.text(key)) for key in listed.node]
    for path, text in hashes:
        if path.is_absolute() or ".." in path.parts or not path.parts:
            listed.add_issue(f"{printable(str(path))} is outside the folder")
        if len(text) != sha256().digest_size * 2 or not DIGITS.issuperset(text):
            listed.add_issue(
                f"{printable(str(path))}: expected a SHA-256 hash, found {shown(text)}"
            )
    return [((folder, path), text) for path, text in hashes]
