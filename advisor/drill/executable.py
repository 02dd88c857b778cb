"""Which lines of a source can be executed while its functions run."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import CO_NEWLOCALS, CO_OPTIMIZED
from types import CodeType


def executable_lines(source: str) -> set[int]:
    """Return the numbers of the lines inside functions that execute."""
    return {line for code in _codes(compile(source, "", "exec")) for line in _lines(code)}


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _codes(each)


def _lines(code: CodeType) -> Iterator[int]:
    """Yield the lines of a function; those of a module or a class are reached by importing it."""
    if code.co_flags & (CO_OPTIMIZED | CO_NEWLOCALS) != CO_OPTIMIZED | CO_NEWLOCALS:
        return
    for _, _, line in code.co_lines():
        # The line of `def` is where a frame begins, before anything in it is executed.
        if line is not None and line != code.co_firstlineno:
            yield line
