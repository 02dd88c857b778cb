"""The installed release of Airflow: its versions, and which parts of each pattern it has.

The module needs only the standard library: run as a script, by the Python of an environment with
Airflow, it prints the release as JSON.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "deferrable": ("airflow.sdk.BaseOperator", "airflow.triggers.base.BaseTrigger"),
    "resumable": ("airflow.sdk.ResumableJobMixin", "airflow.sdk.Context task_state_store"),
    "async": ("airflow.sdk.BaseAsyncOperator",),
}
"""What each pattern is built from: names to import, and keys of the context that a task gets."""


@dataclass(frozen=True)
class Release:
    """The installed versions, and for each pattern which of its parts can be imported."""

    airflow: str
    task_sdk: str
    python: str
    parts: Mapping[str, Mapping[str, bool]]

    def has(self, pattern: str) -> tuple[str, ...]:
        """Return the parts of a pattern that exist."""
        return tuple(part for part, exists in self.parts[pattern].items() if exists)

    def lacks(self, pattern: str) -> tuple[str, ...]:
        """Return the parts of a pattern that are missing."""
        return tuple(part for part, exists in self.parts[pattern].items() if not exists)


def release_of(python: Path) -> Release:
    """Return the release installed for an interpreter, using a temporary home for Airflow."""
    with tempfile.TemporaryDirectory() as home:
        process = subprocess.run(
            [python, Path(__file__).resolve()],
            env={"PATH": os.environ.get("PATH", os.defpath), "AIRFLOW_HOME": home},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    # Airflow itself may print while it is imported.
    return Release(**json.loads(process.stdout.splitlines()[-1]))


def _installed_release() -> Release:
    """Return the release that this interpreter has installed."""
    return Release(
        version("apache-airflow-core"),
        version("apache-airflow-task-sdk"),
        platform.python_version(),
        {pattern: {part: _exists(part) for part in parts} for pattern, parts in PARTS.items()},
    )


def _exists(part: str) -> bool:
    """Return whether a name can be imported and, if it is followed by a key, has that key."""
    name, _, key = part.partition(" ")
    module, _, attribute = name.rpartition(".")
    value = getattr(importlib.import_module(module), attribute, None)
    return value is not None and (not key or key in value.__annotations__)


if __name__ == "__main__":
    json.dump(asdict(_installed_release()), sys.stdout)
