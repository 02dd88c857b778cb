"""Inserts generated files into the pages of the patterns, below markers: `<!-- file: x.py -->`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from tests.scaffold.mutants import whole

FOLDER: Final = Path(__file__).parents[2] / "docs" / "patterns"
INSERTED: Final = re.compile(
    r"(<!-- file: (\S+) -->\n)(?:```python\n.*?^```\n)?", re.MULTILINE | re.DOTALL
)
"""A marker, and the block below it."""


def pattern_page(pattern: str) -> str:
    """Return the page of a pattern with the current text of each file that it shows.

    Raises KeyError if the pattern does not have such a file.
    """
    files = {str(file.path): file.text for file in whole(pattern)}
    text = (FOLDER / f"{pattern}.md").read_text(encoding="utf-8")
    return INSERTED.sub(lambda found: f"{found[1]}```python\n{files[found[2]]}```\n", text)
