"""Files are replaced atomically; errors name the file and leave nothing behind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from advisor.documents.files import content_of, leftovers_of, replace_file

POSIX = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX system")


def test_content_of_is_none_without_a_file(tmp_path: Path) -> None:
    file = tmp_path / "a"
    assert content_of(file) is None
    file.write_bytes(b"x")
    assert content_of(file) == b"x"
    assert content_of(file / "b") is None


def test_replace_file_writes_and_replaces_bytes(tmp_path: Path) -> None:
    file = tmp_path / "a"
    for content in (b"one\r\n", b"\x00two"):
        replace_file(file, content)
        assert file.read_bytes() == content
    assert list(tmp_path.iterdir()) == [file]


@POSIX
@pytest.mark.parametrize(("mode", "expected"), [(None, 0o640), (0o444, 0o444), (0o777, 0o777)])
def test_replace_file_keeps_the_mode_unless_another_is_given(
    mode: int | None, expected: int, tmp_path: Path
) -> None:
    file = tmp_path / "a"
    file.touch()
    file.chmod(0o640)
    replace_file(file, b"x", mode)
    assert file.stat().st_mode & 0o777 == expected


@pytest.mark.parametrize("path", ["missing/a", "file/a", "x" * 300])
def test_replace_file_names_the_file_in_errors(path: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=path) as caught:
        replace_file(tmp_path / path, b"x")
    assert caught.value.filename == str(tmp_path / path)
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_leftovers_of_ignores_other_files(tmp_path: Path) -> None:
    ours = ".a.advisor-0123456789abcdef"
    others = (".b.advisor-0123456789abcdef", ".a.advisor-0", "a")
    for name in (ours, *others):
        (tmp_path / name).touch()
    assert leftovers_of(tmp_path / "a") == [tmp_path / ours]
    assert leftovers_of(tmp_path / "missing" / "a") == []
