"""Runs the cases with another installed advisor, and prints which screens lack the decisive point.

Usage: python tests/questions/compare.py PATH_TO_OTHER_ADVISOR
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
PUBLIC = "public question"
"""The kind of the cases in ten.yaml, which name none."""
TIMEOUT = 60
"""Seconds for a run."""


def cases() -> Iterator[dict[str, Any]]:
    """Return the cases of all files of this folder."""
    for file in sorted(FOLDER.glob("*.yaml")):
        yield from yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def screen(advisor: str, case: dict[str, Any]) -> str:
    """Return what an advisor prints for a case, on one line; errors are part of it."""
    done = subprocess.run(
        [advisor, "recommend", "--answers", "-", "--format", "terminal"],
        input=json.dumps(case["answers"]),
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1"},
        timeout=TIMEOUT,
        check=False,
    )
    return " ".join((done.stdout + done.stderr).split())


def problems(case: dict[str, Any], text: str) -> list[str]:
    """Return the expressions that a screen lacks, and those that it must not have."""
    lacks = [f"lacks {each}" for each in case.get("shows", ()) if not re.search(each, text)]
    has = [f"has {each}" for each in case.get("hides", ()) if re.search(each, text)]
    return lacks + has


def main(advisor: str) -> None:
    """Print the cases that fail with an advisor, by kind."""
    by_kind: dict[str, dict[str, list[str]]] = {}
    for case in cases():
        results = by_kind.setdefault(case.get("kind", PUBLIC), {})
        results[case["id"]] = problems(case, screen(advisor, case))
    for kind, results in by_kind.items():
        print(f"{kind}: {sum(map(bool, results.values()))} of {len(results)} fail")
        for name, found in results.items():
            print(f"  {'fails ' if found else 'passes'} {name}", *found, sep="\n           ")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
