"""How far a drill is, on standard error, where somebody looks at it."""

from __future__ import annotations

import sys
from typing import Final

WIDTH: Final = 30


class Progress:
    """A bar on a line of its own, gone when it is done; nothing where there is no terminal.

    Args:
        first: what is shown before anything is done.
    """

    def __init__(self, first: str = "Starting Airflow ...") -> None:
        self._first = first
        self._shown = sys.stderr is not None and sys.stderr.isatty()
        self._last = -1

    def __enter__(self) -> Progress:
        self._write(self._first)
        return self

    def __exit__(self, *_: object) -> None:
        self._write("")

    def show(self, done: int, total: int) -> None:
        """Show that so many scenarios of all are done."""
        percent = 100 * done // total
        if percent != self._last:
            self._last = percent
            full = WIDTH * done // total
            self._write(f"[{'#' * full}{'.' * (WIDTH - full)}] {done} of {total} done")

    def _write(self, text: str) -> None:
        if self._shown:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
