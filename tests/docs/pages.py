"""Reads the pages of the documentation: code blocks, code spans and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
ANCHOR = re.compile(r'<a id="([^"]+)">')


class Block(NamedTuple):
    """A fenced code block, and the line where it begins."""

    language: str
    text: str
    line: int


class Command(NamedTuple):
    """A command in a console block, with its documented output and exit code."""

    line: int
    text: str
    output: tuple[str, ...]
    exit_code: int
    asks: bool


def name(page: Path) -> str:
    """Return the name of a page for test ids."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, language: str) -> list[Block]:
    """Return the blocks in one language."""
    text = page.read_text(encoding="utf-8")
    found = [
        Block(match[1], match[2], text.count("\n", 0, match.start()) + 1)
        for match in FENCE.finditer(text)
    ]
    return [block for block in found if block.language == language]


def prose(page: Path) -> str:
    """Return a page without its code blocks."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def spans(text: str) -> list[str]:
    """Return the texts between backquotes."""
    return SPAN.findall(text)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page: its headings, as GitHub spells them, and its ids."""
    text = prose(page)
    words = (re.sub(r"[^\w\- ]", "", each.lower()) for each in HEADING.findall(text))
    return {*(each.replace(" ", "-") for each in words), *ANCHOR.findall(text)}


def commands(page: Path) -> Iterator[Command]:
    """Yield the commands of a page's console blocks that run advisor."""
    for block in blocks(page, "console"):
        lines = list(enumerate(block.text.splitlines(), start=block.line + 1))
        starts = [at for at, (_, text) in enumerate(lines) if text.startswith("$ ")]
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            yield _command(lines[start][0], [text for _, text in lines[start:end]])


def _command(line: int, texts: list[str]) -> Command:
    """Return the command after a prompt, with the lines that continue it after a backslash."""
    end = next(at for at, text in enumerate(texts) if not text.endswith("\\")) + 1
    message = texts[end:]
    codes = [int(each.rpartition(" ")[2]) for each in message if each.startswith("# exit code: ")]
    return Command(
        line=line,
        text="\n".join(texts[:end])[2:],
        output=tuple(each for each in message if not each.startswith("# ")),
        exit_code=codes[0] if codes else 0,
        asks="# asks its questions at a terminal" in message,
    )
