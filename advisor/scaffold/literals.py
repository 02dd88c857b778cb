"""Values and names as Python source, formatted as ruff does: a user's text stays data."""

from collections.abc import Sequence

WIDTH = 88
"""Characters of a line of generated code: the default of ruff and black."""


def literal(value: str) -> str:
    """Return a text as the literal that ruff's formatter writes."""
    single = repr(f'{value}"')[1:-2]  # with a double quote in it, repr takes single ones
    if value.count('"') > value.count("'"):
        return f"'{single}'"
    return '"' + single.replace("\\'", "'").replace('"', '\\"') + '"'


def constant(indent: int, start: str, value: str) -> str:
    """Return an assignment of one text: in one line if it fits, else in brackets."""
    margin = " " * indent
    line = f"{margin}{start}{literal(value)}"
    if len(line) <= WIDTH:
        return line
    return f"{margin}{start}(\n{margin}    {literal(value)}\n{margin})"


def assigned(indent: int, start: str, opening: str, values: Sequence[str], closing: str) -> str:
    """Return an assignment of several texts: in one line if it fits, else one text a line.

    `opening` and `closing` surround the texts, such as `frozenset({` and `})`.
    """
    margin = " " * indent
    items = [literal(value) for value in values]
    line = f"{margin}{start}{opening}{', '.join(items)}{closing}"
    if len(line) <= WIDTH:
        return line
    return _exploded(margin, start, opening, items, closing)


def _exploded(margin: str, start: str, opening: str, items: list[str], closing: str) -> str:
    """Return the assignment with each bracket on a line of its own, as the formatter does."""
    heads = [f"{start}{opening[0]}"] if len(opening) == 1 else _heads(start, opening)
    lines = [f"{margin}{'    ' * depth}{head}" for depth, head in enumerate(heads)]
    lines += [f"{margin}{'    ' * len(heads)}{item}," for item in items]
    lines += [
        f"{margin}{'    ' * depth}{bracket}"
        for depth, bracket in zip(reversed(range(len(heads))), closing, strict=True)
    ]
    return "\n".join(lines)


def _heads(start: str, opening: str) -> list[str]:
    """Return the lines that open the brackets of `frozenset({`."""
    return [f"{start}{opening[:-1]}", opening[-1]]


def imported(module: str, *names: str) -> str:
    """Return an import of several names, sorted and wrapped as ruff does.

    A name may be followed by ` as ` and another one.
    """
    ordered = sorted(names, key=_import_key)
    line = f"from {module} import {', '.join(ordered)}"
    if len(line) <= WIDTH:
        return line
    return "\n".join([f"from {module} import (", *(f"    {name}," for name in ordered), ")"])


def _import_key(name: str) -> tuple[int, str]:
    """Return the sort key of an imported name: constants, then classes, then the rest."""
    kind = 0 if name.isupper() else 1 if name[0].isupper() else 2
    return kind, name.lower()
