"""Public questions of practitioners: the screen has the point that decided each of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.process import advisor_here

FOLDER = Path(__file__).parent
CASES: list[dict[str, Any]] = [
    case
    for file in sorted(FOLDER.glob("*.yaml"))
    for case in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
]


@pytest.fixture(autouse=True)
def _full_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")


def recommended(case: dict[str, Any], format_: str) -> str:
    stdin = json.dumps(case["answers"]).encode()
    ran = advisor_here("recommend", "--answers", "-", "-f", format_, stdin=stdin)
    assert ran.is_clean, ran.err
    return ran.out


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_screen_has_the_decisive_point(case: dict[str, Any]) -> None:
    screen = " ".join(recommended(case, "terminal").split())
    missing = [each for each in case.get("shows", ()) if not re.search(each, screen)]
    wrong = [each for each in case.get("hides", ()) if re.search(each, screen)]
    assert not missing, f"missing: {missing}\n{screen}"
    assert not wrong, f"wrong: {wrong}\n{screen}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_json_has_the_expected_pattern_and_use(case: dict[str, Any]) -> None:
    [job] = json.loads(recommended(case, "json"))["recommendations"]
    expected = {key: case[key] for key in ("pattern", "use", "retry_duplicates") if key in case}
    found = {key: job[key] or "null" for key in expected}
    assert found == expected
