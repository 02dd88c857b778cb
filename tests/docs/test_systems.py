"""The pages about systems name every setting with its default, and show code that works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from advisor.scaffold.manifest import load_manifest
from tests.docs.pages import ROOT, blocks

PAGES = {"http": ROOT / "docs" / "job-api.md", "custom": ROOT / "docs" / "systems.md"}
ROW = re.compile(r"^\| `(\w+)` \| (?:`([^`]+)`)? ?\|", re.MULTILINE)
FILLED = ROOT / "tests" / "scaffold" / "filled" / "bodies.py.txt"


@pytest.mark.parametrize(("system", "page"), PAGES.items())
def test_pages_list_each_setting_with_its_default(system: str, page: Path) -> None:
    settings = load_manifest().systems[system].settings.values()
    defaults = {
        s.id: s.default if isinstance(s.default, str) else ",".join(s.default) for s in settings
    }
    documented = dict(ROW.findall(page.read_text(encoding="utf-8")))
    assert documented == defaults


def test_example_of_a_system_equals_the_tested_one() -> None:
    (example,) = blocks(PAGES["custom"], "python")
    assert example.text == FILLED.read_text(encoding="utf-8")
