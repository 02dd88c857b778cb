"""Run by the Python of an Airflow: prints its releases and what it has of each pattern, as JSON."""

from __future__ import annotations

import importlib
import json
import platform
import sys
from importlib.metadata import version

PARTS = {
    "deferrable": ("airflow.sdk.BaseOperator", "airflow.triggers.base.BaseTrigger"),
    "resumable": ("airflow.sdk.ResumableJobMixin", "airflow.sdk.Context task_state_store"),
    "async": ("airflow.sdk.BaseAsyncOperator",),
}
"""What each pattern is made from: names to import, and keys of the context that a task gets."""


def has(part: str) -> bool:
    """Return whether a name can be imported, and has the key if one stands after it."""
    name, _, key = part.partition(" ")
    module, _, attribute = name.rpartition(".")
    found = getattr(importlib.import_module(module), attribute, None)
    return found is not None and (not key or key in found.__annotations__)


def main() -> None:
    """Print what is found; Airflow itself may say things while it is imported."""
    told = {
        "airflow": version("apache-airflow-core"),
        "task_sdk": version("apache-airflow-task-sdk"),
        "python": platform.python_version(),
        "parts": {pattern: {part: has(part) for part in parts} for pattern, parts in PARTS.items()},
    }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
