"""Describes errors of an operator with the file and line that caused them."""

from __future__ import annotations

import traceback
from collections.abc import Container, Iterator, Sequence
from pathlib import Path
from traceback import FrameSummary


def describe(error: BaseException, files: Container[str]) -> str:
    """Return an error, its place and its cause: `KeyError: 'deep' (operators.py:57)`.

    Args:
        error: the error that ended a process.
        files: paths of the files of the operator and its adapter; the place is the last line of
            these files, or the last line of all if none of them is involved.
    """
    return ", caused by ".join(_described(each, files) for each in _causes(error))


def _described(error: BaseException, files: Container[str]) -> str:
    text = f"{type(error).__name__}: {error}"
    place = _place(traceback.extract_tb(error.__traceback__), files)
    return f"{text} ({place})" if place else text


def _place(frames: Sequence[FrameSummary], files: Container[str]) -> str:
    own = [frame for frame in frames if frame.filename in files]
    for frame in (own or frames)[-1:]:
        return f"{Path(frame.filename).name}:{frame.lineno}"
    return ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and the errors that it was explicitly raised from."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__
