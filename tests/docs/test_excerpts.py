"""The code in pages equals the generated code, and the tests that pages name exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from textwrap import dedent

import pytest

from advisor.scaffold.manifest import load_manifest
from advisor.scaffold.render import render
from tests.docs.pages import ROOT, Block, blocks, name, prose, spans
from tests.scaffold.rendering import TARGETS, patterns_of, spec

PATTERNS = tuple(load_manifest().patterns)
PAGES = (
    *sorted((ROOT / "docs" / "patterns").glob("*.md")),
    *(ROOT / "docs" / each for each in ("scaffold.md", "systems.md", "templates.md")),
)
ARGUMENT = re.compile(r"^    :param (\w+):", re.MULTILINE)
LEFT_OUT = "..."
"""A line that stands for any lines."""


@cache
def generated(pattern: str) -> tuple[str, ...]:
    """Return the text of every file of a pattern, for every release that has the pattern."""
    releases = [each for each in TARGETS if pattern in patterns_of(each)]
    files = [
        file for each in releases for file in render(spec(pattern, airflow=each), load_manifest())
    ]
    return tuple(dict.fromkeys(file.text for file in files))


def sources(page: Path) -> list[str]:
    """Return the sources for the excerpts of a page: its own pattern, or all patterns."""
    about = [each for each in PATTERNS if each == page.stem] or PATTERNS
    return [text for each in about for text in generated(each)]


def stands_in(excerpt: str, source: str) -> bool:
    """Return whether the parts of an excerpt are in a source, with any indentation."""
    lines, start = source.splitlines(), 0
    for part in parts(excerpt):
        ends = range(start + len(part), len(lines) + 1)
        found = [end for end in ends if unindented(lines[end - len(part) : end]) == part]
        if not found:
            return False
        start = found[0]
    return True


def parts(excerpt: str) -> Iterator[list[str]]:
    lines = [LEFT_OUT, *excerpt.splitlines(), LEFT_OUT]
    gaps = [at for at, line in enumerate(lines) if line.strip() == LEFT_OUT]
    for one, other in pairwise(gaps):
        if one + 1 < other:
            yield unindented(lines[one + 1 : other])


def unindented(lines: list[str]) -> list[str]:
    return dedent("\n".join(lines)).splitlines()


def label(entry: tuple[Path, Block]) -> str:
    page, block = entry
    return f"{name(page)}:{block.line}"


EXCERPTS = [(page, block) for page in PAGES for block in blocks(page, "python")]


@pytest.mark.parametrize("entry", EXCERPTS, ids=label)
def test_excerpts_are_in_the_generated_code(entry: tuple[Path, Block]) -> None:
    page, block = entry
    assert any(stands_in(block.text, source) for source in sources(page))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_tests_named_in_pages_are_generated(page: Path) -> None:
    named = {each for each in spans(prose(page)) if re.fullmatch(r"test_\w+", each)}
    assert {each for each in named if not is_defined(each, sources(page))} == set()


def is_defined(test: str, texts: list[str]) -> bool:
    return any(f"def {test}(" in text for text in texts)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_pattern_pages_list_each_argument(pattern: str) -> None:
    text = (ROOT / "docs" / "patterns" / f"{pattern}.md").read_text(encoding="utf-8")
    table = text.partition("## Arguments\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    documented = {each for row in rows for each in spans(row)}
    assert arguments(pattern) == documented


def arguments(pattern: str) -> set[str]:
    """Return the documented arguments of a pattern's operator, in all releases."""
    operators = [
        text for text in generated(pattern) if "Operator(" in text and "def __init__" in text
    ]
    return {each for text in operators for each in ARGUMENT.findall(text)}
