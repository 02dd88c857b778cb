"""The environment with twelve providers, for runtime introspection and for drills."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.airflow.environments import AIRFLOWS, _uv, cache_folder, locked

PROVIDERS: Final = {
    "airbyte": "6.2.0",
    "amazon": "9.39.0",
    "apache.livy": "4.6.4",
    "apache.spark": "6.3.4",
    "cncf.kubernetes": "10.25.0",
    "databricks": "7.23.0",
    "dbt.cloud": "4.11.1",
    "google": "22.8.0",
    "http": "6.3.0",
    "microsoft.azure": "15.2.1",
    "snowflake": "6.20.0",
    "standard": "1.21.0",
}
"""The newest releases, by the name of the package below airflow.providers."""
FOR_LINES: Final = {"sftp": "7.0.0"}
"""Also needed to create an operator from every printed line of code."""
ALONE: Final = {"apache.beam": "6.3.1", "apache.flink": "1.9.1"}
"""Installed without their clients, which nothing here needs."""
CLIENTS: Final = ("aiobotocore==3.10.0",)
"""Needed by the triggers of the Amazon provider, which does not require it."""
AIRFLOW: Final = "3.3.2"
OLDEST_PYTHON: Final = (3, 11)
"""The oldest Python that all of these releases support."""


def python_with_providers() -> Path:
    """Return the Python of the environment, which is created if it does not exist.

    Raises:
        RuntimeError: uv could not create it.
    """
    providers = _packages({**PROVIDERS, **FOR_LINES})
    requirements = [*AIRFLOWS[AIRFLOW], *providers, *CLIENTS]
    alone = _packages(ALONE)
    content = repr((sys.base_prefix, sys.version_info[:2], requirements, alone))
    digest = hashlib.sha256(content.encode()).hexdigest()[:8]
    environment = cache_folder() / f"providers-{sys.implementation.cache_tag}-{digest}"
    python, stamp = environment / "bin" / "python", environment / "complete"
    with locked(environment):
        if not stamp.exists():
            _uv("venv", "--clear", "--python", sys.executable, str(environment))
            # Compile the modules, which makes importing all of them several times as fast.
            _uv("pip", "install", "--compile-bytecode", "--python", str(python), *requirements)
            _uv("pip", "install", "--no-deps", "--python", str(python), *alone)
            stamp.touch()
    return python


def _packages(providers: Mapping[str, str]) -> list[str]:
    return [
        f"apache-airflow-providers-{name.replace('.', '-')}=={release}"
        for name, release in providers.items()
    ]
