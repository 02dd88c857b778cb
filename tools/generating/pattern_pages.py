"""Inserts generated files into the pages of the patterns, below markers: `<!-- file: x.py -->`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from advisor.naming import Name
from advisor.scaffold.manifest import load_manifest
from advisor.scaffold.model import ScaffoldSpec
from advisor.scaffold.render import render
from advisor.scaffold.specs import resolve_settings

FOLDER: Final = Path(__file__).parents[2] / "docs" / "patterns"
INSERTED: Final = re.compile(
    r"(<!-- file: (\S+) -->\n)(?:```python\n.*?^```\n)?", re.MULTILINE | re.DOTALL
)
"""A marker, and the block below it."""


def pattern_page(pattern: str) -> str:
    """Return the page of a pattern with the current text of each file that it shows.

    Raises KeyError if the pattern does not have such a file.
    """
    files = _generated(pattern)
    text = (FOLDER / f"{pattern}.md").read_text(encoding="utf-8")
    return INSERTED.sub(lambda found: f"{found[1]}```python\n{files[found[2]]}```\n", text)


def _generated(pattern: str) -> dict[str, str]:
    """Return the files that `advisor scaffold PATTERN NightlyReport` writes, by path."""
    manifest = load_manifest()
    settings = resolve_settings(manifest.systems["http"].settings, {})
    name = Name("NightlyReport", "nightly_report")
    spec = ScaffoldSpec(pattern, name, "http", "3.3", "auto", "fail", settings)
    return {str(file.path): file.text for file in render(spec, manifest)}
