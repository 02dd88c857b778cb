"""The record of a folder reads back as it was written; any other file is refused."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor import __version__
from advisor.documents.read import read_document
from advisor.errors import InputError
from advisor.scaffold.model import Folder
from advisor.scaffold.record import hash_of, read_hashes, record_text
from tests.scaffold.making import SPEC

HASHES = {
    (Folder.package, PurePosixPath("tests/test_operator.py")): hash_of(b"a"),
    (Folder.package, PurePosixPath("__init__.py")): hash_of(b""),
    (Folder.dags, PurePosixPath("nightly_spark_example.py")): hash_of(b"c"),
}
TEXT = record_text(SPEC, HASHES)
GOOD = hash_of(b"a")


def refused(file: Path, text: str | bytes, package: str = "nightly_spark") -> str:
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(InputError) as caught:
        read_hashes(file, package)
    return "\n".join(problem.line() for problem in caught.value.problems)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / ".advisor.yaml"


def test_read_hashes_returns_what_record_text_wrote(file: Path) -> None:
    file.write_text(TEXT)
    assert read_hashes(file, "nightly_spark") == HASHES


def test_record_text_has_the_whole_spec(file: Path) -> None:
    file.write_text(TEXT)
    root = read_document(str(file)).root
    assert isinstance(root, dict)
    assert root["advisor"] == __version__
    assert root["order"] == {
        "name": "NightlySpark",
        "package": "nightly_spark",
        "pattern": "resumable",
        "system": "http",
        "airflow": "3.3",
        "on_kill": "auto",
        "on_missing": "fail",
        "settings": {"path": "/jobs", "active": ["QUEUED", "RUNNING"]},
    }


def test_record_text_is_the_same_for_the_same_spec() -> None:
    assert record_text(SPEC, HASHES) == TEXT
    assert TEXT.startswith("# Written by advisor")


def test_read_hashes_returns_nothing_without_a_record(file: Path) -> None:
    assert read_hashes(file, "nightly_spark") == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ": file is empty (if you remove it, all files in this folder count as edited)"),
        (b"\xff", ":1:1: invalid UTF-8 (if you remove it"),
        ("record: }", ":1:9: invalid YAML: "),
    ],
)
def test_read_hashes_refuses_files_that_are_not_yaml(
    text: str | bytes, message: str, file: Path
) -> None:
    assert refused(file, text).startswith(f"{file}{message}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- record", "expected a mapping, found a list (if you remove it"),
        ("a: b", "missing key 'record' (if you remove it"),
        ("record: 2", "expected version 1, found '2' (if you remove it"),
        ("record: 1", "missing key 'package' (if you remove it"),
        ("record: 1\norder: a", "order: expected a mapping, found 'a' ("),
        (
            TEXT.replace("nightly_spark\n", "other\n"),
            "expected the package nightly_spark, found other",
        ),
        (TEXT.replace("__init__.py", "../x.py"), "../x.py is outside the folder"),
        (TEXT.replace("__init__.py", "/x.py"), "/x.py is outside the folder"),
        (TEXT.replace("__init__.py", "a/../../x"), "a/../../x is outside"),
        (TEXT.replace("__init__.py", "''"), ". is outside the folder"),
        (TEXT.replace(GOOD, GOOD[1:]), "tests/test_operator.py: expected a SHA-256 hash"),
        (TEXT.replace(GOOD, "x" * 64), "tests/test_operator.py: expected a SHA-256 hash"),
        (TEXT.replace(GOOD, "[]"), "tests/test_operator.py: value is empty"),
    ],
)
def test_read_hashes_refuses_damaged_records_and_those_of_others(
    text: str, message: str, file: Path
) -> None:
    assert refused(file, text).startswith(f"{file}: invalid record: {message}")


OLD_TEXT = """\
# Written by advisor, and read when it is run again: the hashes tell it which files nobody edited.
record: '1'
advisor: 0.1.0
order:
  name: NightlySpark
  package: nightly_spark
  pattern: resumable
  system: http
  airflow: '3.3'
  on_kill: auto
  on_missing: fail
  settings:
    submit_path: /jobs
    active:
    - QUEUED
    - RUNNING
package:
  tests/test_operator.py: ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb
  __init__.py: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
dags:
  nightly_spark_example.py: 2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6
"""
"""A record as advisor wrote it before its code called an order a spec."""


def test_read_hashes_reads_records_of_earlier_versions(file: Path) -> None:
    file.write_text(OLD_TEXT)
    assert read_hashes(file, "nightly_spark") == HASHES


@given(st.one_of(st.binary(max_size=60), st.text("recod:1 -\n[]{}'\"&*!.", max_size=60)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_read_hashes_reads_or_refuses_any_file(file: Path, text: str | bytes) -> None:
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    message = ""
    try:
        read_hashes(file, "nightly_spark")
    except InputError as error:
        message = "".join(problem.line() for problem in error.problems)
    assert not message or message.isprintable()
