"""Standard output as the formats need it: a console that fits, or text written in pieces."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

WIDTH_WITHOUT_TERMINAL = 100


class Format(str, Enum):
    """How a result is written."""

    terminal = "terminal"
    json = "json"
    yaml = "yaml"
    markdown = "markdown"


def make_console() -> Console:
    """Return a console on standard output, plain and of a fixed width without a terminal."""
    from rich.console import Console

    if sys.stdout.isatty():
        return Console(highlight=False, emoji=False, markup=False)
    width = os.environ.get("COLUMNS", "")
    return Console(
        width=int(width) if width.isdecimal() and int(width) > 0 else WIDTH_WITHOUT_TERMINAL,
        color_system=None,
        highlight=False,
        emoji=False,
        markup=False,
    )


def write(pieces: Iterable[str]) -> None:
    """Write text to standard output and flush it, so that a closed pipe shows here."""
    for piece in pieces:
        sys.stdout.write(piece)
    sys.stdout.flush()


def say(line: str) -> None:
    """Write a line to standard error, if anybody still listens there."""
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


def close_stdout() -> None:
    """Point standard output at nothing, so that Python's own flush at exit stays quiet."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_shape(shape: dict[str, object], format_: Format) -> None:
    """Write mappings and lists as JSON or YAML."""
    if format_ is Format.yaml:
        from advisor.documents.write import to_yaml

        write([to_yaml(shape)])
        return
    import json

    write([json.dumps(shape, indent=2), "\n"])
