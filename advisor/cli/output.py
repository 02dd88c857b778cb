"""Standard output as the formats need it: a console that fits, or text written in pieces."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from enum import Enum
from typing import TYPE_CHECKING, cast

from advisor.errors import OutputError, Problem

if TYPE_CHECKING:
    from io import StringIO

    from rich.console import Console

WIDTH_WITHOUT_TERMINAL = 100
HEIGHT = 25
"""Of no use here, but without one rich reads the width from the environment again."""
LONGEST_WIDTH = 4
"""Digits of COLUMNS beyond which it is no width."""


class Format(str, Enum):
    """How a result is written."""

    terminal = "terminal"
    json = "json"
    yaml = "yaml"
    markdown = "markdown"


class Screen:
    """A console whose lines are written to standard output when it is done.

    Not by rich itself: that ends the process where the reader has gone, and the exit code with it.
    """

    def __enter__(self) -> Console:
        self._console = _console()
        return self._console

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            write([cast("StringIO", self._console.file).getvalue()])


def _console() -> Console:
    """Return a console like standard output, plain and of a fixed width without a terminal."""
    from io import StringIO

    from rich.console import Console

    on_terminal = is_terminal()
    width = os.environ.get("COLUMNS", "")
    if not (width.isdecimal() and 0 < len(width.lstrip("0")) <= LONGEST_WIDTH):
        width = str(_terminal_width() if on_terminal else WIDTH_WITHOUT_TERMINAL)
    return Console(
        file=StringIO(),
        width=int(width),
        height=HEIGHT,
        force_terminal=on_terminal,
        color_system="auto" if on_terminal else None,
        highlight=False,
        emoji=False,
        markup=False,
    )


def is_terminal() -> bool:
    """Return whether standard output is a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


def _terminal_width() -> int:
    import shutil

    return shutil.get_terminal_size().columns


def write(pieces: Iterable[str]) -> None:
    """Write text to standard output and flush it.

    A reader that stopped early wants no more, which is no error. Raises OutputError where the text
    could not be written for another reason.
    """
    if sys.stdout is None:
        return
    try:
        for piece in pieces:
            sys.stdout.write(piece)
        sys.stdout.flush()
    except BrokenPipeError:
        _close_stdout()
    except OSError as error:
        _close_stdout()
        message = f"cannot be written: {error.strerror}"
        raise OutputError([Problem("standard output", message)]) from None


def say(line: str) -> None:
    """Write a line to standard error, if anybody still listens there."""
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


def _close_stdout() -> None:
    """Point standard output at nothing, so that Python's own flush at exit stays quiet."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_shape(shape: dict[str, object], format_: Format) -> None:
    """Write mappings and lists as JSON or YAML."""
    if format_ is Format.yaml:
        from advisor.documents.yaml_text import to_yaml

        write([to_yaml(shape)])
        return
    import json

    write([json.dumps(shape, indent=2), "\n"])
