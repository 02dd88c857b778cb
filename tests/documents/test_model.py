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
    [
        ("harmles", "did you mean 'harmless'? accepted: harmless, costly"),
        ("xyz", "accepted: harmless, costly"),
    ],
)
def test_hint_for_lists_a_few_accepted_texts(text: str, hint: str) -> None:
    assert hint_for(text, iter(["harmless", "costly"])) == hint


def test_hint_for_counts_the_rest_of_many_accepted_texts() -> None:
    many = [f"key{number:02}" for number in range(15)]
    assert hint_for("key14x", many) == "did you mean 'key14'?"
    assert hint_for("xyz", many) == f"accepted: {', '.join(many[:12])} and 3 more"
