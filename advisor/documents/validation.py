"""Validates a document: reads its fields by name and reports all issues in one error."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from advisor.documents.model import MOST_SHOWN, Document, Node, Path, hint_for, kind_of, shown
from advisor.documents.read import Locator
from advisor.errors import InputError, Problem

T = TypeVar("T")


@dataclass(frozen=True)
class ValidationIssue:
    """An issue at a path of a document or, if `option` is set, with a command-line option."""

    path: Path
    message: str
    hint: str = ""
    option: str = ""


def validation_error(document: Document | None, issues: Sequence[ValidationIssue]) -> InputError:
    """Return an error with the positions of the first MOST_SHOWN issues; it counts the rest."""
    listed, rest = issues[:MOST_SHOWN], len(issues) - MOST_SHOWN
    locator = Locator(document, [issue.path for issue in listed]) if document else None
    problems = []
    for issue in listed:
        where = issue.option or (locator.where(issue.path) if locator else "")
        problems.append(Problem(where, issue.message, issue.hint))
    if rest > 0:
        more = "1 more issue" if rest == 1 else f"{rest} more issues"
        problems.append(Problem(document.name if document else "", more))
    return InputError(problems)


class Fields:
    """Reads the fields of a mapping, and of the mappings nested in it, by name.

    Call `done` on the outermost object at the end: it records an issue for each unread field.
    """

    def __init__(
        self, node: Node, path: Path, issues: list[ValidationIssue], key: str = ""
    ) -> None:
        self.path = path
        self.issues = issues
        self.used: set[str] = set()
        self.known: dict[str, None] = {}
        self.inside: list[Fields] = []
        self.node: dict[str, Node] = {}
        if isinstance(node, dict):
            self.node = node
        else:
            prefix = f"{key}: " if key else ""
            self.add_issue(f"{prefix}expected a mapping, found {kind_of(node)}")
            self.issues = []  # so that its missing fields are not issues too

    def add_issue(self, message: str, *steps: str | int, hint: str = "") -> None:
        """Record an issue at a field of this mapping."""
        self.issues.append(ValidationIssue((*self.path, *steps), message, hint))

    def has(self, key: str) -> bool:
        """Return whether a field is present."""
        self.known[key] = None
        return key in self.node

    def node_of(self, key: str) -> Node:
        """Return a field as it is, or "" if it is missing."""
        self.used.add(key)
        self.known[key] = None
        return self.node.get(key, "")

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text field. A missing field without a default is an issue."""
        value = self.node_of(key)
        if isinstance(value, str) and value:
            if not value.replace("\n", " ").isprintable():
                self.add_issue(f"{key}: expected printable text, found {shown(value)}", key)
            return value
        if default is not None and not value:
            return default
        if value:
            self.add_issue(f"{key}: expected text, found {kind_of(value)}", key)
        elif key in self.node:
            self.add_issue(f"{key}: value is empty", key)
        else:
            self.add_issue(f"missing key '{key}'")
        return ""

    def choice(self, key: str, accepted: Iterable[str], default: str | None = None) -> str:
        """Return a text field that is one of `accepted`."""
        value = self.text(key, default)
        allowed = list(accepted)
        if value and value not in allowed:
            message = f"{key}: unknown value {shown(value)}"
            self.add_issue(message, key, hint=hint_for(value, allowed))
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of text; a single text is a list of one."""
        value = self.node_of(key)
        items = value if isinstance(value, list) else [value] if value else []
        if all(isinstance(item, str) for item in items):
            return tuple(item for item in items if isinstance(item, str))
        if not isinstance(value, list):
            self.add_issue(f"{key}: expected a list of text, found {kind_of(value)}", key)
        for index, item in enumerate(items if isinstance(value, list) else ()):
            if not isinstance(item, str):
                self.add_issue(f"{key}: expected text, found {kind_of(item)}", key, index)
        return ()

    def parsed(self, key: str, parse: Callable[[str], T], default: str) -> T:
        """Return a text field converted by `parse`; a ValueError is recorded as an issue."""
        text = self.text(key, default)
        if not text:
            return parse(default)
        try:
            return parse(text)
        except ValueError as error:
            self.add_issue(f"{key}: {error}", key)
            return parse(default)

    def each(self, key: str) -> Iterator[Fields]:
        """Yield the fields of each mapping in a list."""
        value = self.node_of(key)
        if value and not isinstance(value, list):
            self.add_issue(f"{key}: expected a list, found {kind_of(value)}", key)
            return
        for index, item in enumerate(value):
            yield self._within(item, key, index)

    def inner(self, key: str) -> Fields:
        """Return the fields of a nested mapping; a missing mapping is empty."""
        value = self.node_of(key)
        return self._within(value or {}, key)

    def _within(self, node: Node, key: str, *index: int) -> Fields:
        fields = Fields(node, (*self.path, key, *index), self.issues, key)
        self.inside.append(fields)
        return fields

    def done(self) -> None:
        """Record an issue for each unread field, in nested mappings too."""
        for key in self.node:
            if key not in self.used:
                self.add_issue(f"unknown key {shown(key)}", key, hint=hint_for(key, self.known))
        for each in self.inside:
            each.done()
