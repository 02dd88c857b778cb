"""Records what was run with each service, for the files in docs/evidence."""

from __future__ import annotations

import hashlib
import json
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

from tests.services.hooks import AIRFLOW, PATTERNS, default_hook
from tests.services.service import Service

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "evidence"


class Evidence:
    """What was run, by system."""

    def __init__(self) -> None:
        self._systems: dict[str, dict[str, Any]] = {}

    def of(self, service: Service) -> dict[str, Any]:
        """Return the record of a system, which is created if there is none."""
        return self._systems.setdefault(
            service.system,
            {
                "system": service.system,
                "versions": {"apache-airflow": AIRFLOW, **service.versions()},
                "hooks": {each: digest(default_hook(each, service.system)) for each in PATTERNS},
                "runs": [],
            },
        )

    def add_run(self, service: Service, scenario: str, pattern: str, **outcome: object) -> None:
        """Add a run of a Dag and how it ended."""
        self.of(service)["runs"].append({"scenario": scenario, "pattern": pattern, **outcome})

    def write(self) -> None:
        """Write a file for each system."""
        commit = ["git", "rev-parse", "--short", "HEAD"]
        made = {
            "date": date.today().isoformat(),  # noqa: DTZ011 - the day is meant
            "commit": subprocess.check_output(commit, cwd=ROOT, text=True).strip(),
        }
        for system, record in self._systems.items():
            text = json.dumps({**record, **made}, indent=2, sort_keys=True)
            (FOLDER / f"system-{system}.json").write_text(text + "\n", encoding="utf-8")


def digest(text: str) -> str:
    """Return a short hash of a file."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
