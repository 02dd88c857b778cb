"""JSON scalars are read as text: a number keeps its spelling."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.documents.model import ParseError, Place
from advisor.documents.read import parse_json

DEEP = 100_000
LONG = "9" * 5000


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("3.10", "3.10"),
        ("3", "3"),
        ("-0", "-0"),
        ("1e400", "1e400"),
        ("1E+2", "1E+2"),
        (LONG, LONG),
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ("true", "true"),
        ("false", "false"),
        ("null", ""),
        ('"3.10"', "3.10"),
        (r'"\u00e9"', "é"),
        (r'"\ud83d\ude00"', "😀"),
        (r'"\ud800"', "\ud800"),
        ('"été"', "été"),
    ],
)
def test_parse_json_keeps_the_spelling_of_scalars(written: str, text: str) -> None:
    for around, inside in [
        (f"{written}", text),
        (f'{{"a": {written}}}', {"a": text}),
        (f"[{written}]", [text]),
        (f'[[{written}], {{"a": [[{written}]]}}]', [[text], {"a": [[text]]}]),
    ]:
        assert parse_json(around.encode()) == inside


def test_parse_json_accepts_tabs_and_line_ends_as_white_space() -> None:
    assert parse_json(b'\r\n{\t"a":\t[\r\n\t1\t]\t}\n') == {"a": ["1"]}


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', '[{"b": {"a": 1, "\\u0061": 2}}]'])
def test_parse_json_rejects_duplicate_keys(text: str) -> None:
    with pytest.raises(ParseError, match="'a' is given twice"):
        parse_json(text.encode())


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
@pytest.mark.parametrize("closing", ["", "]"])
def test_parse_json_rejects_deep_nesting(opening: str, closing: str) -> None:
    with pytest.raises(ParseError):
        parse_json(((opening * DEEP) + (closing * DEEP)).encode())


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("{", Place(1, 2)),
        ('{"a": }', Place(1, 7)),
        ('{\n  "a": 1\n  "b": 2\n}', Place(3, 3)),
        ("{'a': 1}", Place(1, 2)),
        ('{"a": 1} {}', Place(1, 10)),
        ('["a\nb"]', Place(1, 4)),
        ('["\\x"]', Place(1, 3)),
    ],
)
def test_parse_json_rejects_bad_syntax_with_its_position(text: str, place: Place) -> None:
    with pytest.raises(ParseError) as refused:
        parse_json(text.encode())
    assert refused.value.message.startswith("invalid JSON: ")
    assert refused.value.place == place


trees = st.recursive(
    st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(trees, st.booleans(), st.sampled_from([None, 2, "\t"]))
def test_parse_json_reads_back_what_json_writes(
    tree: object, ascii_only: bool, indent: int | str | None
) -> None:
    text = json.dumps(tree, ensure_ascii=ascii_only, indent=indent)
    assert parse_json(text.encode()) == tree
