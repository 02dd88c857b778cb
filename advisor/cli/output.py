"""Writes results to standard output, and messages to standard error."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import StringIO
from typing import TYPE_CHECKING, Literal

from advisor.documents.yaml_text import to_yaml
from advisor.errors import OutputError, Problem

if TYPE_CHECKING:
    from rich.console import Console

Format = Literal["terminal", "json", "yaml", "markdown"]
"""The format of a result."""

WIDTH_WITHOUT_TERMINAL = 100
HEIGHT = 25
"""Has no effect, but without a height rich ignores the width and reads COLUMNS again."""
MAX_WIDTH_DIGITS = 4
"""A value of COLUMNS with more digits is ignored."""


@contextmanager
def screen() -> Iterator[Console]:
    """Yield a console whose output is written to standard output at the end.

    Rich does not write it, because rich exits on a closed pipe and the exit code would be lost.
    """
    text = _Output()
    yield _console(text)
    write(text.getvalue())


class _Output(StringIO):
    """Text for standard output, with its encoding, from which rich reads what can be shown."""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Return the encoding of standard output."""
        return getattr(sys.stdout, "encoding", None) or "ascii"


def indented(document: Mapping[str, object]) -> str:
    """Return a document as indented JSON."""
    return json.dumps(document, indent=2) + "\n"


def write_result(
    format_: Format,
    *,
    terminal: Callable[[Console], None],
    markdown: Callable[[], Iterable[str]],
    document: Callable[[], Mapping[str, object]],
    to_json: Callable[[Mapping[str, object]], str] = indented,
) -> None:
    """Write a result to standard output in a format.

    Args:
        format_: the format, which selects the function to call.
        terminal: prints the result on a console.
        markdown: returns the result as parts of a Markdown text.
        document: returns the result as mappings and lists, for JSON and YAML.
        to_json: converts the document to JSON.
    """
    if format_ == "terminal":
        with screen() as console:
            terminal(console)
    elif format_ == "markdown":
        write("".join(markdown()))
    elif format_ == "yaml":
        write(to_yaml(document()))
    else:
        write(to_json(document()))


def write(text: str) -> None:
    """Write text to standard output and flush it.

    Ignores a closed pipe. Raises OutputError if the text cannot be written for another reason.
    """
    if sys.stdout is None:
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        close_stdout()
    except OSError as error:
        close_stdout()
        message = f"cannot be written: {error.strerror}"
        raise OutputError([Problem("standard output", message)]) from None


def say(line: str) -> None:
    """Write a line to standard error; does nothing if it is closed."""
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


def is_terminal() -> bool:
    """Return whether standard output is a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


def _console(file: StringIO) -> Console:
    """Return a console for standard output; plain and of fixed width without a terminal."""
    from rich.console import Console  # 100 ms that JSON does not need

    on_terminal = is_terminal()
    width = os.environ.get("COLUMNS", "")
    if not (width.isdecimal() and 0 < len(width.lstrip("0")) <= MAX_WIDTH_DIGITS):
        terminal_width = shutil.get_terminal_size().columns if on_terminal else None
        width = str(terminal_width or WIDTH_WITHOUT_TERMINAL)
    return Console(
        file=file,
        width=int(width),
        height=HEIGHT,
        force_terminal=on_terminal,
        color_system="auto" if on_terminal else None,
        highlight=False,
        emoji=False,
        markup=False,
    )


def close_stdout() -> None:
    """Redirect standard output to the null device, so that the flush at exit cannot fail."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def progress_bar(text: str) -> Iterator[Callable[[int, int], None] | None]:
    """Yield a function that shows the progress on standard error, None without a terminal.

    It is called with the number of things that are done, and of all.
    """
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
