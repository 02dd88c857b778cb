"""Lists the providers of the snapshot, and those whose older releases are recorded."""

from __future__ import annotations

import re
import zipfile

from catalog.index import PREFIX, Index
from catalog.tracked import tracked_operators

AIRFLOW = "3.3.2"
"""The release that lists the providers, and whose base classes are read."""
AIRFLOW_PACKAGES = {"apache-airflow-core": AIRFLOW, "apache-airflow-task-sdk": "1.3.2"}
UNLISTED = ("apache-beam",)
"""Providers that Airflow lists only for some versions of Python."""
WITHOUT_ENTRIES = ("celery", "common-sql", "ftp", "sftp")
"""Providers without hand-written operators whose requirements are recorded all the same."""


def newest_releases(index: Index) -> dict[str, str]:
    """Return the newest release of every provider that Airflow lists."""
    with zipfile.ZipFile(index.wheel("apache-airflow", AIRFLOW)) as archive:
        name = f"apache_airflow-{AIRFLOW}.dist-info/METADATA"
        metadata = archive.read(name).decode()
    listed = re.findall(rf"^Requires-Dist: {PREFIX}([a-z0-9-]+)", metadata, re.MULTILINE)
    return index.newest({*listed, *UNLISTED})


def recorded_providers() -> list[str]:
    """Return the providers whose older releases are recorded."""
    return sorted({*tracked_operators(), *WITHOUT_ENTRIES})
