"""Validates a document: reads its fields by name and reports all issues in one error."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from advisor.documents.model import MOST_SHOWN, Document, Node, Path, kind_of, shown
from advisor.documents.read import Locator
from advisor.errors import InputError, Problem

T = TypeVar("T")


@dataclass(frozen=True)
class ValidationIssue:
    """An issue at a path of a document, or with the command line option named by `option`."""

    path: Path
    message: str
    hint: str = ""
    option: str = ""


def validation_error(document: Document | None, issues: Sequence[ValidationIssue]) -> InputError:
    """Return an error that lists the first MOST_SHOWN issues with positions and counts the rest."""
    listed, rest = issues[:MOST_SHOWN], len(issues) - MOST_SHOWN
    locator = Locator(document, [issue.path for issue in listed]) if document else None
    problems = []
    for issue in listed:
        where = issue.option or (locator.where(issue.path) if locator else "")
        problems.append(Problem(where, issue.message, issue.hint))
    if rest > 0:
        problems.append(Problem(document.name if document else "", f"{rest} more like these"))
    return InputError(problems)


class Fields:
    """Reads the fields of a mapping, and of the mappings nested in it, by name.

    Call `done` once on the outermost: it records an issue for each field that was never read.
    """

    def __init__(self, node: Node, path: Path, issues: list[ValidationIssue]) -> None:
        self.path = path
        self.issues = issues
        self.used: set[str] = set()
        self.inside: list[Fields] = []
        self.node: dict[str, Node] = {}
        if isinstance(node, dict):
            self.node = node
        else:
            self.add_issue(f"found {kind_of(node)}, accepted is a mapping")

    def add_issue(self, message: str, *steps: str | int) -> None:
        """Record an issue at a field of this mapping."""
        self.issues.append(ValidationIssue((*self.path, *steps), message))

    def has(self, key: str) -> bool:
        """Return whether a field is present."""
        return key in self.node

    def node_of(self, key: str) -> Node:
        """Return a field as it is, or "" if it is missing."""
        self.used.add(key)
        return self.node.get(key, "")

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text field. A missing field without a default is an issue."""
        value = self.node_of(key)
        if isinstance(value, str) and value:
            return value
        if default is not None and not value:
            return default
        missing = "is missing" if not value else f"found {kind_of(value)}, accepted is text"
        self.add_issue(f"{key}: {missing}", *([key] if key in self.node else []))
        return ""

    def choice(self, key: str, accepted: Iterable[str], default: str | None = None) -> str:
        """Return a text field that is one of `accepted`."""
        value = self.text(key, default)
        allowed = list(accepted)
        if value and value not in allowed:
            self.add_issue(f"{key}: found {shown(value)}, accepted are {', '.join(allowed)}", key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of text; a single text counts as a list of one."""
        value = self.node_of(key)
        items = value if isinstance(value, list) else [value] if value else []
        if all(isinstance(item, str) for item in items):
            return tuple(item for item in items if isinstance(item, str))
        self.add_issue(f"{key}: found {kind_of(value)}, accepted is a list of text", key)
        return ()

    def parsed(self, key: str, parse: Callable[[str], T], default: str) -> T:
        """Return a text field converted by `parse`, whose ValueError becomes an issue."""
        try:
            return parse(self.text(key, default))
        except ValueError as error:
            self.add_issue(f"{key}: {error}", key)
            return parse(default)

    def each(self, key: str) -> Iterator[Fields]:
        """Yield the fields of every mapping in a list."""
        value = self.node_of(key)
        if value and not isinstance(value, list):
            self.add_issue(f"{key}: found {kind_of(value)}, accepted is a list", key)
            return
        for index, item in enumerate(value):
            yield self._within(item, key, index)

    def inner(self, key: str) -> Fields:
        """Return the fields of a mapping inside this one; a missing mapping is empty."""
        value = self.node_of(key)
        return self._within(value or {}, key)

    def _within(self, node: Node, *steps: str | int) -> Fields:
        fields = Fields(node, (*self.path, *steps), self.issues)
        self.inside.append(fields)
        return fields

    def done(self) -> None:
        """Record an issue for every field, here and in nested mappings, that was not read."""
        for key in self.node:
            if key not in self.used:
                self.add_issue(f"the key {shown(key)} is not known here", key)
        for each in self.inside:
            each.done()
