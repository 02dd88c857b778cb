"""Every link between pages leads somewhere, and every page can be reached."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import LINK, PAGES, ROOT, anchors, name, prose


def targets(page: Path) -> Iterator[tuple[Path, str]]:
    """Yield the file and the anchor of each link of a page that leads to this repository."""
    for link in LINK.findall(prose(page)):
        if "://" not in link:
            path, _, anchor = link.partition("#")
            yield (page.parent / path).resolve() if path else page, anchor


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_each_link_leads_to_a_file_and_a_place_in_it(page: Path) -> None:
    broken = [
        f"{target}#{anchor}"
        for target, anchor in targets(page)
        if not target.exists() or (anchor and anchor not in anchors(target))
    ]
    assert not broken


def test_each_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached:
            reached.add(page)
            waiting += [target for target, _ in targets(page) if target.suffix == ".md"]
    assert reached >= set(PAGES)
