"""Asking at a terminal what is to become of a file that was edited."""

from __future__ import annotations

import sys
from collections.abc import Callable

YES, NO, ALL, DIFF, QUIT = "y", "n", "a", "d", "q"
MEANS = {
    YES: "overwrite it",
    NO: "keep it as it is",
    ALL: "overwrite it and all the rest",
    DIFF: "show the difference",
    QUIT: "stop, and write nothing",
}


def ask_overwrite(path: str, show_diff: Callable[[], str]) -> str:
    """Return YES, NO, ALL or QUIT for an edited file; the difference is shown as often as asked.

    Raises KeyboardInterrupt or EOFError where the user gives up.
    """
    while True:
        typed = _line(f"Overwrite {path}, which was edited? [{'/'.join(MEANS)}] ")[:1].lower()
        if typed == DIFF:
            sys.stderr.write(show_diff())
        elif typed in MEANS:
            return typed
        else:
            sys.stderr.write("".join(f"  {key}  {what}\n" for key, what in MEANS.items()))


def ask_yes(question: str) -> bool:
    """Return whether the answer is yes; anything else is no."""
    return _line(f"{question} (y/N) ").lower() in ("y", "yes")


def _line(question: str) -> str:
    sys.stderr.write(question)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.strip()
