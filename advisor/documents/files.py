"""Reads files that may not exist, and replaces files atomically."""

from __future__ import annotations

import glob
import os
from contextlib import suppress
from pathlib import Path
from stat import S_IMODE

TEMPORARY = ".{}.advisor-{}"
"""Name of a temporary file: hidden, and without a suffix that Python or Airflow would load."""
RANDOM_BYTES = 8


def replace_file(path: Path, content: bytes, mode: int | None = None) -> None:
    """Write a file atomically: readers see the old or the new content, never a part of it.

    The file gets `mode`. By default it keeps the mode of the file that it replaces, and a new file
    gets the mode that the umask allows. A symbolic link is replaced, not followed. Raises an
    OSError that names `path`; the old file is then unchanged and no temporary file is left.
    """
    if mode is None and path.exists():
        mode = S_IMODE(path.stat().st_mode)
    temporary = path.with_name(TEMPORARY.format(path.name, os.urandom(RANDOM_BYTES).hex()))
    try:
        _write(temporary, content, mode)
        os.replace(temporary, path)  # noqa: PTH105 - documented to be atomic
    except BaseException as error:
        with suppress(OSError):  # it may not exist, and `error` says why
            temporary.unlink()
        if isinstance(error, OSError):
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise


def content_of(path: Path) -> bytes | None:
    """Return the content of a file, or None if it does not exist."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def leftovers_of(path: Path) -> list[Path]:
    """Return the temporary files left by runs that were killed while writing a file."""
    pattern = TEMPORARY.format(glob.escape(path.name), "[0-9a-f]" * RANDOM_BYTES * 2)
    return sorted(path.parent.glob(pattern))


def _write(file: Path, content: bytes, mode: int | None) -> None:
    """Write a file that does not exist yet."""
    created_with = 0o666 if mode is None else mode
    with open(file, "xb", opener=lambda name, flags: os.open(name, flags, created_with)) as opened:
        opened.write(content)
    if mode is not None:
        file.chmod(mode)  # the umask has been applied to the mode above
