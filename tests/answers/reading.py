"""Helpers that read answers as the command does: from the text of a file and from flags."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

import pytest

from advisor.answers.batch import Batch, Draft, Reader
from advisor.catalog import lookup
from advisor.catalog.entries import FOLDER
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


CLASSES: Final = [
    "airflow.providers.amazon.aws.operators.glue.GlueJobOperator",
    "airflow.providers.other.operators.glue.GlueJobOperator",
]
"""The operators of the same name in `with_two_providers`."""


def with_two_providers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add a provider to the catalogue that also has a GlueJobOperator."""
    monkeypatch.setattr(lookup, "FOLDER", copy_with_other_provider(folder))
    # A cache of its own, so that nothing of it is found afterwards.
    monkeypatch.setattr(lookup, "find_targets", lru_cache(lookup.find_targets.__wrapped__))


def copy_with_other_provider(folder: Path) -> Path:
    """Copy the catalogue to a folder, and add a provider that also has a GlueJobOperator."""
    facts = shutil.copytree(FOLDER, folder / "facts")
    text = (facts / "amazon.yaml").read_text(encoding="utf-8")
    other = text.replace("providers.amazon.aws", "providers.other").replace("Sensor", "Waiter")
    (facts / "other.yaml").write_text(other, encoding="utf-8")
    return facts


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
