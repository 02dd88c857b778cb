"""Parses what users expect of a recommendation, and the releases of their providers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from advisor.answers.parse import YES, InvalidAnswer
from advisor.catalog.entries import providers
from advisor.catalog.lookup import class_named, known_classes, similar_names
from advisor.catalog.requirements import short_name
from advisor.catalog.snapshot import load_snapshot
from advisor.catalog.systems import plain
from advisor.documents.model import Node, hint_for, kind_of, nearest, shown
from advisor.knowledge.versions import Version, parse_version

SAFE_CHOICES = ("yes", "window")
"""`yes`: a retry never starts a second job; `window`: at most in the submit-persist window."""


def parse_expectation(text: str, patterns: Sequence[str], own: Iterable[str] = ()) -> str:
    """Return an expected pattern, or the class of an expected operator as the catalogue spells it.

    `own` are the classes that the user has installed.

    Raises:
        InvalidAnswer: there is no such pattern or class.
    """
    spelling = text.strip().lower()
    if spelling in patterns:
        return spelling
    if found := class_named(text):
        return found
    similar = similar_names(text, [*known_classes(), *own])
    if similar and plain(similar[0]) == plain(text.rpartition(".")[2]):
        return similar[0]
    if similar and not nearest(text, patterns):
        raise InvalidAnswer(f"unknown operator {shown(text)}", f"did you mean '{similar[0]}'?")
    hint = f"{hint_for(text, patterns)}, or the class of an operator"
    raise InvalidAnswer(f"unknown pattern or operator {shown(text)}", hint)


def parse_safe(text: str) -> str:
    """Return the expected safety of a retry. Raises InvalidAnswer if it is not accepted."""
    spelling = text.strip().lower()
    answer = "yes" if spelling in YES else spelling
    if answer not in SAFE_CHOICES:
        raise InvalidAnswer(f"unknown value {shown(text)}", hint_for(spelling, SAFE_CHOICES))
    return answer


def parse_provider(text: str) -> str:
    """Return the short name of a provider, which may be given as a distribution.

    Raises:
        InvalidAnswer: the catalogue has no such provider.
    """
    name, known = short_name(text.strip()), known_providers()
    if name not in known:
        raise InvalidAnswer(f"unknown provider {shown(text)}", hint_for(name, known))
    return name


def known_providers() -> list[str]:
    """Return the short names of the providers in the catalogue."""
    return sorted({*providers(), *load_snapshot().inputs})


def parse_release(node: Node) -> Version:
    """Return the release of a provider. Raises InvalidAnswer if it is not a version."""
    try:
        return parse_version(node if isinstance(node, str) else "")
    except ValueError:
        message = f"expected a version such as 9.24.0, found {kind_of(node)}"
        raise InvalidAnswer(message) from None
