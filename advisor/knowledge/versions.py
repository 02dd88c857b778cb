"""Airflow versions and half-open ranges of them."""

import re
from typing import NamedTuple

from advisor.documents.model import shown

SPELLING = re.compile(
    r"v?([0-9]{1,4})\.([0-9]{1,4})(?:\.([0-9]{1,4}))?"
    r"(?:\.?(?:a|b|rc|dev|post)[0-9]{1,6})*(?:\+[A-Za-z0-9._-]{1,40})?"
)


class Version(NamedTuple):
    """A release of Airflow. A pre-release counts as the release that it leads to."""

    major: int
    minor: int
    patch: int = 0

    def __str__(self) -> str:
        """Return `3.3` for the first release of a minor version, else `3.3.2`."""
        return f"{self.major}.{self.minor}" + (f".{self.patch}" if self.patch else "")


NO_UPPER_END = Version(9999, 0)


class VersionRange(NamedTuple):
    """All versions from `low` up to, but not with, `high`."""

    low: Version
    high: Version

    def __contains__(self, version: object) -> bool:
        """Return whether a version lies in the range."""
        return isinstance(version, Version) and self.low <= version < self.high


ALL_VERSIONS = VersionRange(Version(0, 0), NO_UPPER_END)


def parse_version(text: str) -> Version:
    """Return the version that `3.3`, `3.3.2`, `v3.3.2` or `3.4.0b2` names.

    Raises ValueError for anything else.
    """
    match = SPELLING.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{shown(text)} is no version")
    return Version(int(match[1]), int(match[2]), int(match[3] or 0))


def parse_range(text: str) -> VersionRange:
    """Return the range that `>=3.2`, `<3.3` or `>=3.2, <3.4` names.

    Raises ValueError for anything else.
    """
    low, high = ALL_VERSIONS
    for part in text.split(","):
        bound = part.strip()
        if bound.startswith(">="):
            low = parse_version(bound[2:])
        elif bound.startswith("<"):
            high = parse_version(bound[1:])
        else:
            raise ValueError(f"{shown(bound)} begins with neither >= nor <")
    return VersionRange(low, high)
