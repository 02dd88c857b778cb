"""Airflow versions: parsing, ranges, the supported releases, and the installed version."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import NamedTuple

from advisor.documents.model import shown

SPELLING = re.compile(
    r"v?([0-9]{1,4})\.([0-9]{1,4})(?:\.([0-9]{1,4}))?"
    r"(?:\.?(?:a|b|rc|dev|post)[0-9]{1,6})*(?:\+[A-Za-z0-9._-]{1,40})?"
)
METADATA_FOLDERS = ("apache_airflow_core-", "apache_airflow-")
"""Name prefixes of Airflow's metadata folders, the more specific one first."""


class Version(NamedTuple):
    """A release of Airflow; a pre-release counts as its final release.

    A tuple, so that versions can be compared.
    """

    major: int
    minor: int
    patch: int = 0

    def __str__(self) -> str:
        """Return `3.3` for the first release of a minor version, else `3.3.2`."""
        return f"{self.major}.{self.minor}" + (f".{self.patch}" if self.patch else "")


NO_UPPER_END = Version(9999, 0)


class VersionRange(NamedTuple):
    """All versions from `low` up to, but not including, `high`."""

    low: Version
    high: Version

    def __contains__(self, version: object) -> bool:
        """Return whether a version is in the range."""
        return isinstance(version, Version) and self.low <= version < self.high


ALL_VERSIONS = VersionRange(Version(0, 0), NO_UPPER_END)

TARGETS = (
    Version(2, 11),
    Version(3, 0),
    Version(3, 1),
    Version(3, 2),
    Version(3, 3),
    Version(3, 4),
)
"""The Airflow releases that operators can be scaffolded for."""
STABLE = Version(3, 4)
"""The latest target that is not a pre-release."""
STORE_SINCE = Version(3, 3)
"""The first release with a task state store. Source: Airflow 3.3.0, release notes."""
SUPERVISOR_SINCE = Version(3, 0)
"""The first release in which a task continues after SIGTERM has called its `on_kill`.

Source: 2.11.2, models/taskinstance.py:3121, and 3.0.6, sdk/execution_time/task_runner.py:891.
"""


def parse_version(text: str) -> Version:
    """Return the version that `3.3`, `3.3.2`, `v3.3.2` or `3.4.0b2` names.

    Raises ValueError if `text` is anything else.
    """
    match = SPELLING.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"expected a version such as 3.3, found {shown(text)}")
    return Version(int(match[1]), int(match[2]), int(match[3] or 0))


def parse_range(text: str) -> VersionRange:
    """Return the range that `>=3.2`, `<3.3` or `>=3.2, <3.4` names.

    Raises ValueError if `text` is anything else.
    """
    low, high = ALL_VERSIONS
    for part in text.split(","):
        bound = part.strip()
        if bound.startswith(">="):
            low = parse_version(bound[2:])
        elif bound.startswith("<"):
            high = parse_version(bound[1:])
        else:
            raise ValueError(f"expected a range such as '>=3.2, <3.4', found {shown(text)}")
    return VersionRange(low, high)


def say_range(versions: VersionRange) -> str:
    """Return a range as `3.3 or newer`, `before 3.3`, `3.2 to before 3.4` or `any version`."""
    if versions == ALL_VERSIONS:
        return "any version"
    if versions.high == NO_UPPER_END:
        return f"{versions.low} or newer"
    if versions.low == ALL_VERSIONS.low:
        return f"before {versions.high}"
    return f"{versions.low} to before {versions.high}"


def installed_airflow(search_path: list[str] | None = None) -> str | None:
    """Return the version of Airflow on the import path (default: sys.path), or None.

    Reads the names of the metadata folders and does not import Airflow. importlib.metadata would
    do the same, but takes 65 ms to import.
    """
    for entry in sys.path if search_path is None else search_path:
        for prefix in METADATA_FOLDERS:
            for folder in _folders(Path(entry or "."), prefix):
                version = folder.name.removeprefix(prefix).removesuffix(".dist-info")
                if SPELLING.fullmatch(version):
                    return version
    return None


def _folders(entry: Path, prefix: str) -> list[Path]:
    try:
        return sorted(entry.glob(f"{prefix}*.dist-info"))
    except OSError:
        return []
