"""YAML scalars keep the text that was written; anything but plain text is rejected."""

from __future__ import annotations

from inspect import cleandoc

import pytest

from advisor.documents.model import Node, ParseError, Place
from advisor.documents.yaml_text import MAX_DEPTH, parse_yaml

pytestmark = pytest.mark.usefixtures("loader")

DEEP = 100_000


def read(text: str) -> Node:
    return parse_yaml(text.encode())


def refusal(text: str) -> ParseError:
    with pytest.raises(ParseError) as refused:
        read(text)
    return refused.value


@pytest.mark.parametrize(
    "scalar",
    [
        *("no", "off", "n", "yes", "on", "true", "False", "NULL", "~", "null"),
        *("3.10", "010", "0x1F", "1e3", "1_000", ".inf", ".nan", "-0", "12:30:45"),
        *("2026-11-22", "2026-11-22T10:00:00Z", "=", "<<", "été", "日本", "😀"),
    ],
)
def test_parse_yaml_keeps_the_spelling_of_plain_scalars(scalar: str) -> None:
    assert read(f"answer: {scalar}") == {"answer": scalar}
    assert read(f"{{answer: [{scalar}]}}") == {"answer": [scalar]}


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("'no'", "no"),
        ('"3.10"', "3.10"),
        (r'"\u00e9\x21"', "é!"),
        ("'it''s'", "it's"),
        ("|\n  two\n  lines\n", "two\nlines\n"),
        (">-\n  one\n  line\n", "one line"),
        ("", ""),
        ("# nothing but a comment", ""),
        ("! no", "no"),
        ("!!str 3.10", "3.10"),
    ],
)
def test_parse_yaml_reads_scalars_in_other_styles(written: str, text: str) -> None:
    assert read(f"answer: {written}") == {"answer": text}


@pytest.mark.parametrize("key", ["no", "3.10", "null", "<<", "2026-11-22", '""'])
def test_parse_yaml_reads_keys_as_text(key: str) -> None:
    assert read(f"{key}: x") == {key.strip('"'): "x"}


@pytest.mark.parametrize("text", ["# only\n# comments\n", "---\n", "--- # nothing\n...\n", "''"])
def test_empty_document_is_empty_text(text: str) -> None:
    assert read(text) == ""


@pytest.mark.parametrize(
    ("text", "first", "place"),
    [
        ("a: 1\nb: 2\na: 3\n", 1, Place(3, 1)),
        ("a: 1\n'a': 2\n", 1, Place(2, 1)),
        ("{a: 1, b: {c: 1, c: 2}}", 1, Place(1, 18)),
        ("jobs:\n  - name: x\n    name: y\n", 2, Place(3, 5)),
    ],
)
def test_duplicate_key_is_rejected_at_the_second_one(text: str, first: int, place: Place) -> None:
    error = refusal(text)
    assert error.message.endswith(f"is given twice (first at line {first})")
    assert error.place == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("? [a]\n: 1\n", Place(1, 3)),
        ("x: &a [1]\n*a : 2\n", Place(2, 1)),
        ("{{a: 1}: 2}", Place(1, 2)),
    ],
)
def test_key_that_is_not_text_is_rejected(text: str, place: Place) -> None:
    error = refusal(text)
    assert (error.message, error.place) == ("key must be text", place)


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ("!!python/object/apply:os.system", "[echo]"),
        ("!!python/name:os.system", ""),
        ("!!python/object:advisor.errors.Problem", "{where: x}"),
        ("!!int", "3"),
        ("!!binary", "aGk="),
        ("!!map", "{}"),
        ("!!set", "{a}"),
        ("!mine", "3"),
        ("!<tag:example.org,2026:x>", "3"),
    ],
)
def test_tag_is_rejected_and_runs_nothing(tag: str, value: str) -> None:
    error = refusal(f"name: x\nanswer: {tag} {value}\n")
    assert error.message.startswith("unsupported tag '")
    assert error.message.endswith(": values must be plain text")
    assert error.place == Place(2, 9)


def test_tag_on_the_document_is_rejected() -> None:
    assert refusal("!!python/dict\na: 1\n").place == Place(1, 1)


def test_alias_is_replaced_by_its_anchor() -> None:
    text = cleandoc(
        """
        base: &base {duration: 3h}
        risk: &risk costly
        jobs: [*base, *base]
        again: *risk
        """
    )
    assert read(text) == {
        "base": {"duration": "3h"},
        "risk": "costly",
        "jobs": [{"duration": "3h"}] * 2,
        "again": "costly",
    }


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: *nobody", Place(1, 4)),
        ("a: &a [*a]", Place(1, 8)),
        ("&a {x: {y: *a}}", Place(1, 12)),
        ("a: *later\nb: &later 1\n", Place(1, 4)),
        (f"a: *{'x' * 5000}", Place(1, 4)),
    ],
)
def test_unknown_or_recursive_alias_is_rejected(text: str, place: Place) -> None:
    error = refusal(text)
    assert error.message.endswith(": its anchor must come before it")
    assert len(error.message) < 100
    assert error.place == place


def test_nested_aliases_use_little_memory() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 20)]
    bomb = read("\n".join(lines))
    assert isinstance(bomb, dict)
    top, below = bomb["a19"], bomb["a18"]
    assert isinstance(top, list)
    assert all(each is below for each in top)


@pytest.mark.parametrize("opening", ["[", "{", "- ", "? ", "{a: ", "[{a: "])
def test_deep_nesting_is_rejected_early(opening: str) -> None:
    assert refusal(opening * DEEP).message == f"nested deeper than {MAX_DEPTH} levels"


def test_nesting_is_accepted_up_to_the_limit() -> None:
    read("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    with pytest.raises(ParseError):
        read("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: 1\n---\nb: 2\n", Place(2, 1)),
        ("---\n---\n", Place(2, 1)),
        ("x\n...\n---\ny\n", Place(3, 1)),
    ],
)
def test_second_document_is_rejected(text: str, place: Place) -> None:
    error = refusal(text)
    assert (error.message, error.place) == ("expected one YAML document, found a second one", place)


@pytest.mark.parametrize(
    "text",
    [
        "a: b: c",
        "a: 'x",
        "[a",
        "a:\n\t- b",
        "%YAML 1.1\n%YAML 1.1\n---\na",
        "&a &b c",
        "@a",
        "a: !e!x 1",
        "%YAML 1." + "9" * 5000 + "\n---\na",
        r'a: "\UFFFFFFFF"',
        r'a: "\U00110000"',
        "a: !<%ff> 1",
        "a: * ",
        "a: \x01",
        "'" * 9999,
    ],
)
def test_bad_syntax_is_rejected_in_one_line(text: str) -> None:
    error = refusal(text)
    assert error.message.startswith("invalid YAML: ")
    assert "\n" not in error.message


def test_bad_syntax_is_rejected_with_its_position() -> None:
    assert refusal("a: 1\nb: 'x\n").place is not None
    assert refusal("a: 1\nb:\n  - c\n  d: e\n").place == Place(4, 3)
