"""Helpers that read answers as the command does: from the text of a file and from flags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pytest

from advisor.answers.batch import Batch, Draft, Reader
from advisor.documents.model import Document
from advisor.documents.yaml_text import parse_yaml
from advisor.errors import InputError, Problem
from advisor.knowledge.loader import load_knowledge

KNOWLEDGE: Final = load_knowledge()
REQUIRED: Final = "triggerer: yes\nduration: 3h\nduplicate_risk: costly\nasync_client: yes\n"
GIVEN: Final = {
    "triggerer": "yes",
    "duration": "3h",
    "duplicate_risk": "costly",
    "async_client": "yes",
}


def document(text: str, name: str = "a.yaml") -> Document:
    return Document(name, text.encode(), parse_yaml(text.encode()))


def read(
    text: str | None,
    flags: Mapping[str, str] | None = None,
    *,
    name: str = "a.yaml",
    refuse_missing: bool = True,
) -> Batch:
    """Return the batch in a text, or in the flags alone if the text is None."""
    file = None if text is None else document(text, name)
    return Reader(KNOWLEDGE).read(file, flags or {}, refuse_missing=refuse_missing)


def only(
    text: str | None, flags: Mapping[str, str] | None = None, *, name: str = "a.yaml"
) -> Draft:
    """Return the only draft in a text, which may be incomplete."""
    (draft,) = read(text, flags, name=name, refuse_missing=False).drafts
    return draft


def problems(
    text: str | None, flags: Mapping[str, str] | None = None, *, refuse_missing: bool = False
) -> list[Problem]:
    """Return the problems with a text and its flags."""
    with pytest.raises(InputError) as refused:
        read(text, flags, refuse_missing=refuse_missing)
    return refused.value.problems


def lines(text: str | None, flags: Mapping[str, str] | None = None, **options: bool) -> list[str]:
    """Return the problems as users see them."""
    return [problem.line() for problem in problems(text, flags, **options)]
