"""Reads the versions of Airflow and its providers from a requirements or constraints file."""

from __future__ import annotations

import codecs
import errno
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from advisor.documents.model import printable, shown
from advisor.errors import InputError
from advisor.knowledge.versions import Version, parse_version

AIRFLOW = ("apache-airflow", "apache-airflow-core")
"""The distributions whose version is that of Airflow."""
PROVIDER_PREFIX = "apache-airflow-providers-"
LARGEST_FILE = 5_000_000
"""Bytes; a constraints file of Airflow has about 30,000."""
NESTED = re.compile(r"(?:-r|-c|--requirement|--constraint)(?:\s*=\s*|\s+|(?=[^\s-]))(?P<file>.+)")
REQUIREMENT = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(?P<bounds>[^;]*)(?:;.*)?"
)
EXACT = re.compile(r"===?\s*(?P<version>[^\s,*]+)")
COMMENT = re.compile(r"(?:^|\s)#.*")
OPTIONS_AFTER = re.compile(r"\s--?[a-z].*")
"""What may follow a requirement, such as `--hash=sha256:...`."""
URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


@dataclass(frozen=True)
class Requirements:
    """The exact versions in a file: of Airflow, and of providers by their short names.

    `notes` say which lines about Airflow or a provider were not used, and why.
    """

    airflow: Version | None
    releases: Mapping[str, Version]
    notes: tuple[str, ...]


@dataclass
class _Reading:
    """What was read so far. `pins` has the distributions, with the place of each."""

    pins: dict[str, tuple[Version, str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)


def read_requirements(path: Path) -> Requirements:
    """Return the versions that a file and the files that it names pin exactly.

    Raises:
        InputError: the file cannot be read.
    """
    reading = _Reading()
    try:
        _read_file(path, reading)
    except OSError as error:
        raise InputError.of(printable(str(path)), f"cannot be read: {_reason(error)}") from None
    releases = {
        name.removeprefix(PROVIDER_PREFIX): version
        for name, (version, _) in reading.pins.items()
        if name.startswith(PROVIDER_PREFIX)
    }
    airflow = next((reading.pins[name][0] for name in AIRFLOW if name in reading.pins), None)
    if not reading.pins:
        reading.notes.append(
            f"{printable(str(path))}: no exact version (==) of Airflow or a provider"
        )
    return Requirements(airflow, MappingProxyType(releases), tuple(reading.notes))


def short_name(distribution: str) -> str:
    """Return the short name of a provider: `amazon` for `Apache_Airflow_Providers_Amazon`."""
    return _normalized(distribution).removeprefix(PROVIDER_PREFIX)


def _read_file(path: Path, reading: _Reading) -> None:
    resolved = os.path.realpath(path)
    if resolved in reading.files:
        return
    reading.files.add(resolved)
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise OSError(errno.EFBIG, f"larger than {LARGEST_FILE // 1_000_000} MB")
    for number, line in _logical_lines(_decoded(content)):
        _read_line(line, f"{printable(str(path))}:{number}", path.parent, reading)


def _decoded(content: bytes) -> str:
    """Return text in UTF-8, or in UTF-16, which PowerShell writes."""
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    # Other encodings are the same for names and versions, which are ASCII.
    return content.decode("utf-16" if utf16 else "utf-8-sig", "replace")


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the number and the text of each line that has a requirement or an option."""
    start, parts = 0, list[str]()
    for number, raw in enumerate(text.splitlines(), 1):
        start = start or number
        line = COMMENT.sub("", raw)
        if line.endswith("\\"):
            parts.append(line[:-1])
            continue
        joined = "".join([*parts, line]).strip()
        if joined:
            yield start, joined
        start, parts = 0, []
    if parts:
        yield start, "".join(parts).strip()


def _read_line(line: str, where: str, folder: Path, reading: _Reading) -> None:
    if nested := NESTED.fullmatch(line):
        _read_nested(nested["file"].strip().strip("\"'"), where, folder, reading)
    elif not line.startswith("-") and (match := REQUIREMENT.match(OPTIONS_AFTER.sub("", line))):
        _read_requirement(match["name"], match["bounds"].strip(), where, reading)


def _read_nested(name: str, where: str, folder: Path, reading: _Reading) -> None:
    if URL.match(name):
        reading.notes.append(f"{where}: {shown(name)} was not read: it is a URL")
        return
    try:
        _read_file(folder / name, reading)
    except (OSError, ValueError) as error:
        reading.notes.append(f"{where}: {shown(name)} was not read: {_reason(error)}")


def _read_requirement(name: str, bounds: str, where: str, reading: _Reading) -> None:
    distribution = _normalized(name)
    if distribution not in AIRFLOW and not distribution.startswith(PROVIDER_PREFIX):
        return
    exact = EXACT.fullmatch(bounds.strip("()").strip())
    try:
        version = parse_version(exact["version"]) if exact else None
    except ValueError:
        version = None
    if version is None:
        found = f"found {shown(bounds)}" if bounds else "found no version"
        reading.notes.append(f"{where}: {distribution}: expected an exact version (==), {found}")
        return
    _pin(distribution, version, where, reading)


def _pin(distribution: str, version: Version, where: str, reading: _Reading) -> None:
    """Keep the first version of a distribution."""
    first, place = reading.pins.setdefault(distribution, (version, where))
    if first != version:
        reading.notes.append(
            f"{where}: {distribution} {version} was not used, because {place} has {first}"
        )


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", "") or str(error)
