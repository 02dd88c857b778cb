"""Errors about a document share their phrases: how to name a value, and what to suggest."""

from __future__ import annotations

import pytest

from advisor.documents.model import hint_for, nearest


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Costly", "did you mean 'costly'?"),
        ("harmles", "did you mean 'harmless'?"),
        ("xyz", ""),
        ("", ""),
        ("c" * 100_000, ""),
    ],
)
def test_nearest_suggests_only_similar_texts(text: str, hint: str) -> None:
    assert nearest(text, ["harmless", "costly"]) == hint


@pytest.mark.parametrize(
    ("text", "hint"),
    [("harmles", "did you mean 'harmless'?"), ("xyz", "accepted: harmless, costly")],
)
def test_hint_for_lists_all_accepted_texts_if_none_is_similar(text: str, hint: str) -> None:
    assert hint_for(text, iter(["harmless", "costly"])) == hint
