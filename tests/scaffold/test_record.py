"""The record of a folder reads back as it was written; anything else is refused, never a bug."""

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
from tests.scaffold.making import ORDER

HASHES = {
    (Folder.package, PurePosixPath("tests/test_operator.py")): hash_of(b"a"),
    (Folder.package, PurePosixPath("__init__.py")): hash_of(b""),
    (Folder.dags, PurePosixPath("nightly_spark_example.py")): hash_of(b"c"),
}
TEXT = record_text(ORDER, HASHES)
GOOD = hash_of(b"a")


def refused(file: Path, text: str | bytes, package: str = "nightly_spark") -> str:
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(InputError) as caught:
        read_hashes(file, package)
    return "\n".join(problem.line() for problem in caught.value.problems)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / ".advisor.yaml"


def test_hashes_read_back_as_they_were_written(file: Path) -> None:
    file.write_text(TEXT)
    assert read_hashes(file, "nightly_spark") == HASHES


def test_it_says_all_that_the_files_were_made_from(file: Path) -> None:
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


def test_an_order_has_one_text() -> None:
    assert record_text(ORDER, HASHES) == TEXT
    assert TEXT.startswith("# Written by advisor")


def test_where_no_record_is_nothing_was_recorded(file: Path) -> None:
    assert read_hashes(file, "nightly_spark") == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "{file}: is empty; move it away, and advisor takes every file here as edited"),
        (b"\xff", "{file}:1:1: is not UTF-8 text; move it away"),
        ("record: }", "{file}:1:9: not valid YAML: "),
        ("- record", "{file}: is no record: found a list, accepted is a mapping; move it away"),
        ("a: b", "{file}: is no record: record: is missing; move it away"),
        ("record: 2", "{file}: is no record: record: found '2', accepted are 1; move it away"),
        ("record: 1", "{file}: is no record: package: is missing; move it away"),
        ("record: 1\norder: a", "{file}: is no record: found 'a', accepted is a mapping; "),
        (TEXT.replace("nightly_spark\n", "other\n"), "{file}: is no record: it is of other, and "),
        (TEXT.replace("__init__.py", "../x.py"), "{file}: is no record: ../x.py is no path inside"),
        (TEXT.replace("__init__.py", "/x.py"), "{file}: is no record: /x.py is no path inside"),
        (TEXT.replace("__init__.py", "a/../../x"), "{file}: is no record: a/../../x is no path"),
        (TEXT.replace("__init__.py", "''"), "{file}: is no record: . is no path inside"),
        (TEXT.replace(GOOD, GOOD[1:]), "{file}: is no record: tests/test_operator.py has no hash"),
        (TEXT.replace(GOOD, "x" * 64), "{file}: is no record: tests/test_operator.py has no hash"),
        (TEXT.replace(GOOD, "[]"), "{file}: is no record: tests/test_operator.py: is missing"),
    ],
)
def test_a_record_that_is_damaged_or_of_another_is_refused(
    text: str | bytes, message: str, file: Path
) -> None:
    assert refused(file, text).startswith(message.format(file=file))


@given(st.one_of(st.binary(max_size=60), st.text("recod:1 -\n[]{}'\"&*!.", max_size=60)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_file_is_read_or_refused(file: Path, text: str | bytes) -> None:
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    message = ""
    try:
        read_hashes(file, "nightly_spark")
    except InputError as error:
        message = "".join(problem.line() for problem in error.problems)
    assert not message or message.isprintable()
