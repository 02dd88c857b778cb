"""The pages about systems list every setting with its default."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from advisor.scaffold.manifest import load_manifest
from tests.docs.pages import ROOT

PAGES = {"http": ROOT / "docs" / "job-api.md", "custom": ROOT / "docs" / "systems.md"}
ROW = re.compile(r"^\| `(\w+)` \| (?:`([^`]+)`)? ?\|", re.MULTILINE)


@pytest.mark.parametrize(("system", "page"), PAGES.items())
def test_pages_list_each_setting_with_its_default(system: str, page: Path) -> None:
    settings = load_manifest().systems[system].settings.values()
    defaults = {
        s.id: s.default if isinstance(s.default, str) else ",".join(s.default) for s in settings
    }
    documented = dict(ROW.findall(page.read_text(encoding="utf-8")))
    assert documented == defaults
