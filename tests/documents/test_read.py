"""Documents are read from files, pipes and standard input; others are rejected in one line."""

from __future__ import annotations

import io
import os
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor.documents.model import Node
from advisor.documents.read import MAX_BYTES, read_document
from advisor.errors import InputError, Problem

TEXT = "triggerer: no\nairflow_version: 3.10\n"
ROOT = {"triggerer": "no", "airflow_version": "3.10"}
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def written(folder: Path, content: bytes | str, name: str = "a.yaml") -> str:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(file)


def refusal(source: str) -> Problem:
    with pytest.raises(InputError) as refused:
        read_document(source)
    (problem,) = refused.value.problems
    assert "\n" not in problem.line()
    return problem


def set_stdin(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


@pytest.mark.parametrize(
    "content",
    [
        TEXT,
        "\ufeff" + TEXT,
        TEXT.replace("\n", "\r\n"),
        "# comment\n---\n" + TEXT,
        "{triggerer: no, airflow_version: 3.10}",
        "{triggerer: no,\n 'airflow_version': 3.10,}",
        '{"triggerer": "no", "airflow_version": 3.10}',
        '\ufeff\n\n {"triggerer": "no", "airflow_version": 3.10}',
    ],
)
def test_read_document_accepts_yaml_and_json_content(tmp_path: Path, content: str) -> None:
    document = read_document(written(tmp_path, content))
    assert document.root == ROOT


def test_document_has_its_name_and_text(tmp_path: Path) -> None:
    source = written(tmp_path, TEXT)
    document = read_document(source)
    assert (document.name, document.text) == (source, TEXT.encode())


def test_json_file_rejects_yaml(tmp_path: Path) -> None:
    assert read_document(written(tmp_path, '["no"]', "a.json")).root == ["no"]
    problem = refusal(written(tmp_path, "{triggerer: no}", "a.json"))
    assert problem.where == f"{tmp_path}/a.json:1:2"
    assert problem.message.startswith("invalid JSON: ")


def test_hyphen_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    set_stdin(monkeypatch, TEXT.encode())
    document = read_document("-")
    assert (document.name, document.root) == ("<stdin>", ROOT)


def test_closed_standard_input_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert refusal("-") == Problem("<stdin>", "cannot be read: standard input is closed")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_named_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(TEXT,), daemon=True)
    writer.start()
    assert read_document(str(pipe)).root == ROOT
    writer.join()


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="needs /dev/fd")
def test_process_substitution_is_read(tmp_path: Path) -> None:
    with Path(written(tmp_path, TEXT)).open("rb") as file:
        assert read_document(f"/dev/fd/{file.fileno()}").root == ROOT


@pytest.mark.parametrize(
    ("content", "place", "message"),
    [
        (b"", "", "file is empty"),
        (b" \n\t\r\n", "", "file is empty"),
        (b"\xef\xbb\xbf", "", "file is empty"),
        (b"a: 1\nb: \xff\n", ":2:4", "invalid UTF-8"),
        ("é: 1\nné: ".encode() + b"\xe9", ":2:5", "invalid UTF-8"),
        (TEXT.encode("utf-16"), ":1:1", "invalid UTF-8"),
        (TEXT.encode("utf-16-le"), ":1:2", "unexpected control character"),
        (b"a: 1\nb: \0\n", ":2:4", "unexpected control character"),
        (b'{"a": "\x7f"}', ":1:8", "unexpected control character"),
        (b"\x7fELF\x02\x01\x01" + bytes(9), ":1:1", "unexpected control character"),
        (b"\x89PNG\r\n\x1a\n\0\0", ":1:1", "invalid UTF-8"),
        (b"a: 1\na: 2\n", ":2:1", "'a' is given twice (first at line 1)"),
        (b"[" * 100_000, ":1:21", "nested deeper than 20 levels"),
    ],
)
def test_invalid_document_is_rejected_with_its_position(
    tmp_path: Path, content: bytes, place: str, message: str
) -> None:
    source = written(tmp_path, content)
    problem = refusal(source)
    assert problem.where == source + place
    assert problem.message.startswith(message)


@pytest.mark.parametrize(
    ("content", "place", "message"),
    [
        ('{\n\t"a": 1,\n\t"a": 2\n}', ":3:2", "'a' is given twice (first at line 2)"),
        (
            '{"\\ud83d\\ude00": 1, "a": [{"b": 1, "b": 2}]}',
            ":1:36",
            "'b' is given twice (first at line 1)",
        ),
        ("[" * 100_000, ":1:21", "nested "),
    ],
)
def test_invalid_json_is_rejected_with_its_position(
    tmp_path: Path, content: str, place: str, message: str
) -> None:
    source = written(tmp_path, content, "a.json")
    problem = refusal(source)
    assert problem.where == source + place
    assert problem.message.startswith(message)


def test_comments_alone_are_an_empty_document(tmp_path: Path) -> None:
    assert read_document(written(tmp_path, "# only\n# comments\n")).root == ""


def test_large_file_is_rejected_without_reading_it_all(tmp_path: Path) -> None:
    source = written(tmp_path, TEXT)
    os.truncate(source, 100_000_000)
    problem = refusal(source)
    assert (problem.where, problem.message) == (source, "file is larger than 16 MiB")


def test_file_of_the_maximum_size_is_read(tmp_path: Path) -> None:
    comment = "#" * (MAX_BYTES - len(TEXT) - 1) + "\n"
    assert read_document(written(tmp_path, comment + TEXT)).root == ROOT
    assert refusal(written(tmp_path, "#" + comment + TEXT)).message == "file is larger than 16 MiB"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs /dev/zero")
def test_endless_source_is_rejected() -> None:
    assert refusal("/dev/zero").message == "file is larger than 16 MiB"


def test_unreadable_source_is_rejected_with_the_reason(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.yaml")
    assert refusal(missing) == Problem(missing, "cannot be read: No such file or directory")
    assert refusal(str(tmp_path)) == Problem(str(tmp_path), "cannot be read: Is a directory")
    below = f"{written(tmp_path, TEXT)}/x"
    assert refusal(below) == Problem(below, "cannot be read: Not a directory")
    assert refusal("x" * 5000).message == "cannot be read: File name too long"


@pytest.mark.skipif(AS_ROOT, reason="root may read everything")
def test_file_without_permission_is_rejected(tmp_path: Path) -> None:
    source = written(tmp_path, TEXT)
    Path(source).chmod(0)
    assert refusal(source) == Problem(source, "cannot be read: Permission denied")


@pytest.mark.parametrize("name", ["a\nb", "\x1b[31m", "\udcff", "a\0b", ""])
def test_error_for_a_strange_name_is_one_printable_line(tmp_path: Path, name: str) -> None:
    line = refusal(f"{tmp_path}/{name}").line()
    assert line.isprintable()


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60) | st.text(alphabet="ab:-? []{}&*!'\"#|>%@`,\n\t1").map(str.encode))
def test_any_bytes_are_a_document_or_one_problem(
    monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    set_stdin(monkeypatch, content)
    try:
        root = read_document("-").root
    except InputError as error:
        (problem,) = error.problems
        assert "\n" not in problem.line()
    else:
        assert _is_text_throughout(root)


def _is_text_throughout(node: Node) -> bool:
    if isinstance(node, dict):
        return all(map(_is_text_throughout, [*node, *node.values()]))
    return isinstance(node, str) or all(map(_is_text_throughout, node))
