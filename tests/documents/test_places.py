"""Positions of values: counted as in an editor, in every style, and without ever failing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from inspect import cleandoc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor.documents.model import Document, Node, Path
from advisor.documents.read import Locator

pytestmark = pytest.mark.usefixtures("loader")

BLOCK = """
# a comment
triggerer: yes
"async_client" : no

jobs:
  - name: été 😀
    duration: 3h
  -   name: b
  - *x
sources: {page: a, list: [1, {k: v}],
          more: x}
"""

INDENTED = """{
  "triggerer": true,
  "jobs": [
    {"name": "a"},
    {
      "work": 1
    }
  ]
}"""


def where(text: str, path: Path, around: Iterable[Path] = ()) -> str:
    document = Document("f.yaml", text.encode(), "")
    return Locator(document, [path, *around]).where(path)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("triggerer",), "2:1"),
        (("async_client",), "3:1"),
        (("jobs",), "5:1"),
        (("jobs", 0), "6:5"),
        (("jobs", 0, "name"), "6:5"),
        (("jobs", 0, "duration"), "7:5"),
        (("jobs", 1), "8:7"),
        (("jobs", 1, "name"), "8:7"),
        (("jobs", 2), "9:5"),
        (("sources", "page"), "10:11"),
        (("sources", "list"), "10:20"),
        (("sources", "list", 0), "10:27"),
        (("sources", "list", 1), "10:30"),
        (("sources", "list", 1, "k"), "10:31"),
        (("sources", "more"), "11:11"),
    ],
)
def test_where_returns_line_and_column_of_keys_and_items(path: Path, place: str) -> None:
    assert where(cleandoc(BLOCK), path) == f"f.yaml:{place}"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("jobs", 0, "expect"), "6:5"),
        (("jobs", 2, "name"), "9:5"),
        (("jobs", 9, "name"), "5:1"),
        (("triggerer", "x", 3), "2:1"),
    ],
)
def test_where_falls_back_to_the_nearest_enclosing_value(path: Path, place: str) -> None:
    assert where(cleandoc(BLOCK), path) == f"f.yaml:{place}"


@pytest.mark.parametrize("path", [(), ("nothing",), (0,)])
def test_where_falls_back_to_the_name_alone(path: Path) -> None:
    assert where(cleandoc(BLOCK), path) == "f.yaml"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("triggerer",), "2:3"),
        (("jobs",), "3:3"),
        (("jobs", 0), "4:5"),
        (("jobs", 0, "name"), "4:6"),
        (("jobs", 1, "work"), "6:7"),
    ],
)
@pytest.mark.parametrize("indent", ["  ", "\t\t"])
@pytest.mark.parametrize("name", ["a", "\\ud83d\\ude00", "\\ud800", "\\/"])
def test_where_accepts_json_in_any_style(path: Path, place: str, indent: str, name: str) -> None:
    text = INDENTED.replace("  ", indent).replace('"a"', f'"{name}"')
    assert where(text, path, [("jobs", 1, "work")]) == f"f.yaml:{place}"


def test_where_accepts_json_on_one_line() -> None:
    text = '{"a":[1,{"b":true}],"😀":{"c":null}}'
    assert where(text, ("a", 1, "b")) == "f.yaml:1:10"
    assert where(text, ("😀", "c")) == "f.yaml:1:26"


@pytest.mark.parametrize("text", ["? ?", "{{a: b}: c}", "? [a, b]\n: c\nd: e", "a: 1\n---\nb: 2"])
def test_where_accepts_documents_that_the_reader_rejects(text: str) -> None:
    assert where(text, ("d", 1)).startswith("f.yaml")


def test_where_finds_keys_after_a_key_that_is_not_text() -> None:
    assert where("? [a, b]\n: {c: d}\ne: f", ("e",)) == "f.yaml:3:1"


steps = st.text(max_size=3) | st.integers(0, 3)
paths = st.lists(steps, max_size=4).map(tuple)
fixture_is_constant = settings(
    max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@fixture_is_constant
@given(st.text(alphabet="ab:-? []{}&*!'\"#|>%@`\n\t0\ufeff😀\x01", max_size=40), st.lists(paths))
def test_where_accepts_any_text(text: str, paths_: list[Path]) -> None:
    locator = Locator(Document("f", text.encode(), ""), paths_)
    assert all(locator.where(path).startswith("f") for path in paths_)


words = st.text(st.characters(exclude_categories=["C"], max_codepoint=0xFFFF), max_size=5)
nodes: st.SearchStrategy[Node] = st.recursive(
    words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner),
    max_leaves=10,
)


@fixture_is_constant
@given(nodes, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_where_finds_every_value_of_json(
    root: Node, ascii_only: bool, indent: int | str | None
) -> None:
    text = json.dumps(root, ensure_ascii=ascii_only, indent=indent)
    for path in _paths_of(root):
        assert where(text, path).startswith("f.yaml:")


def _paths_of(node: Node, so_far: Path = ()) -> list[Path]:
    if isinstance(node, str):
        return []
    steps = list(node.items()) if isinstance(node, dict) else list(enumerate(node))
    found: list[Path] = []
    for step, inner in steps:
        path = (*so_far, step)
        found += [path, *_paths_of(inner, path)]
    return found
