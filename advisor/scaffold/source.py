"""Writes Python source code for templates, formatted as by ruff."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

WIDTH = 88
"""Maximum line length of generated code: the default of ruff and black."""


class _Expression(str):
    """Source code that stands for itself among values."""

    __slots__ = ()


def literal(value: str) -> str:
    """Return a text as a Python literal, quoted as by ruff's formatter."""
    single = repr(f'{value}"')[1:-2]  # the added double quote makes repr use single quotes
    if value.count('"') > value.count("'"):
        return f"'{single}'"
    return '"' + single.replace("\\'", "'").replace('"', '\\"') + '"'


def constant(indent: int, start: str, value: str) -> str:
    """Return an assignment of one text: on one line if it fits, otherwise in parentheses."""
    margin = " " * indent
    line = f"{margin}{start}{literal(value)}"
    if len(line) <= WIDTH:
        return line
    return f"{margin}{start}(\n{margin}    {literal(value)}\n{margin})"


def assigned(indent: int, start: str, opening: str, values: Iterable[str], closing: str) -> str:
    """Return an assignment of several expressions: on one line if it fits, otherwise one per line.

    `opening` and `closing` surround the expressions, such as `frozenset({` and `})`.
    """
    margin = " " * indent
    items = [*values]
    line = f"{margin}{start}{opening}{', '.join(items)}{closing}"
    if len(line) <= WIDTH:
        return line
    heads = [f"{start}{opening}"]
    if len(opening) > 1:
        heads = [f"{start}{opening[:-1]}", opening[-1]]
    lines = [f"{margin}{'    ' * depth}{head}" for depth, head in enumerate(heads)]
    lines += [f"{margin}{'    ' * len(heads)}{item}," for item in items]
    lines += [
        f"{margin}{'    ' * depth}{bracket}"
        for depth, bracket in zip(reversed(range(len(heads))), closing, strict=True)
    ]
    return "\n".join(lines)


def imported(module: str, *names: str) -> str:
    """Return an import of several names, sorted and wrapped as by ruff.

    A name may be followed by ` as ` and another one.
    """

    def key(name: str) -> tuple[int, str]:
        """Sort constants first, then classes, then the rest."""
        return 0 if name.isupper() else 1 if name[0].isupper() else 2, name.lower()

    ordered = sorted(names, key=key)
    line = f"from {module} import {', '.join(ordered)}"
    if len(line) <= WIDTH:
        return line
    return "\n".join([f"from {module} import (", *(f"    {name}," for name in ordered), ")"])


def sample(spec: Mapping[str, Any], indent: int, start: str) -> str:
    """Return an argument with a job as its value, indented: `spec={...},`."""
    return "\n".join(_lines(spec, indent, start, ","))


def samples(
    spec: Mapping[str, Any], part: Sequence[str], indent: int, start: str, count: int
) -> str:
    """Return an argument with several jobs, whose values at the keys `part` differ."""
    job = varied(spec, part, lambda old: _Expression("str(n)" if isinstance(old, str) else "n"))
    margin, loop = " " * indent, f"for n in range({count})"
    line = f"{margin}{start}[{_inline(job)} {loop}],"
    if len(line) <= WIDTH:
        return line
    inner = [f"{margin}    {_inline(job)} {loop}"]
    if len(inner[0]) > WIDTH:
        inner = [*_lines(job, indent + 4, "", ""), f"{margin}    {loop}"]
    return "\n".join([f"{margin}{start}[", *inner, f"{margin}],"])


def varied(value: object, part: Sequence[str], change: Callable[[object], object]) -> Any:  # noqa: ANN401 - any JSON
    """Return a value in which the one at the keys and indices `part` is changed."""
    if not part:
        return change(value)
    if isinstance(value, list):
        index = int(part[0])
        return [*value[:index], varied(value[index], part[1:], change), *value[index + 1 :]]
    fields = value if isinstance(value, dict) else {}
    return {**fields, part[0]: varied(fields.get(part[0]), part[1:], change)}


def _lines(value: object, indent: int, start: str, end: str) -> list[str]:
    """Return a value on one line if it fits, otherwise with one item per line."""
    margin = " " * indent
    line = f"{margin}{start}{_inline(value)}{end}"
    if start and len(line) > WIDTH and isinstance(value, str):
        return [f"{margin}{start}(", f"{margin}    {_inline(value)}", f"{margin}){end}"]
    if len(line) <= WIDTH or not value or not isinstance(value, dict | list):
        return [line]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    if isinstance(value, dict):
        items = [(f"{literal(key)}: ", each) for key, each in value.items()]
    else:
        items = [("", each) for each in value]
    inner = [line for key, each in items for line in _lines(each, indent + 4, key, ",")]
    return [f"{margin}{start}{opening}", *inner, f"{margin}{closing}{end}"]


def _inline(value: object) -> str:
    if isinstance(value, _Expression):
        return str(value)
    if isinstance(value, str):
        return literal(value)
    if isinstance(value, dict):
        return f"{{{', '.join(f'{literal(key)}: {_inline(each)}' for key, each in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    return repr(value)
