"""What a release of Airflow has: asked of the interpreter that it is installed for."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

PROBE: Final = Path(__file__).resolve().parent / "probe.py"


class Release(NamedTuple):
    """The versions that are installed, and for each pattern which of its parts are there."""

    airflow: str
    task_sdk: str
    python: str
    parts: Mapping[str, Mapping[str, bool]]

    def has(self, pattern: str) -> tuple[str, ...]:
        """Return the parts of a pattern that are there."""
        return tuple(part for part, there in self.parts[pattern].items() if there)

    def lacks(self, pattern: str) -> tuple[str, ...]:
        """Return the parts of a pattern that are not there."""
        return tuple(part for part, there in self.parts[pattern].items() if not there)


def release_of(python: Path) -> Release:
    """Ask an interpreter what it has; Airflow writes into a home that goes with the question."""
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [python, PROBE],
            env={"PATH": os.environ.get("PATH", os.defpath), "AIRFLOW_HOME": home},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return Release(**json.loads(done.stdout.splitlines()[-1]))
