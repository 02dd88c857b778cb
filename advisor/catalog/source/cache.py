"""Facts that were read before, in the user's cache folder."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from advisor.catalog.model import OperatorFacts

EXTRACTOR_VERSION = 2
"""Changes whenever the extraction can give other facts for the same source."""


@dataclass(frozen=True)
class Entry:
    """The facts of one unit, and the fingerprints of it and the units that they depend on."""

    fingerprints: Mapping[str, str]
    operators: tuple[OperatorFacts, ...]
    notes: tuple[str, ...]


def cache_folder() -> Path:
    """Return the folder of the user's caches, by the rules of the platform."""
    configured = Path(os.environ.get("XDG_CACHE_HOME", ""))
    # The specification says to ignore a relative path.
    if configured.is_absolute():
        return configured / "advisor"
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return (Path(base) if base else Path.home() / "AppData" / "Local") / "advisor" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "advisor"
    return Path.home() / ".cache" / "advisor"


def load_entry(unit: str, fingerprint: str) -> Entry | None:
    """Return what was stored for a unit, None if there is nothing that can be read."""
    try:
        stored = json.loads(_path(unit, fingerprint).read_text("utf-8"))
        operators = tuple(_operator(row) for row in stored["operators"])
        return Entry(dict(stored["fingerprints"]), operators, tuple(stored["notes"]))
    except (OSError, RuntimeError, ValueError, LookupError, TypeError, AttributeError):
        return None


def store_entry(unit: str, fingerprint: str, entry: Entry) -> None:
    """Store the facts of a unit; a folder that cannot be written is ignored."""
    content = {
        "fingerprints": dict(entry.fingerprints),
        "operators": [asdict(row) for row in entry.operators],
        "notes": list(entry.notes),
    }
    try:
        path = _path(unit, fingerprint)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Two processes can store the same entry.
        partial = path.with_suffix(f".{os.getpid()}")
        partial.write_text(json.dumps(content), "utf-8")
        partial.replace(path)
    except (OSError, RuntimeError):
        return


def _path(unit: str, fingerprint: str) -> Path:
    digest = hashlib.sha256(f"{unit} {fingerprint}".encode()).hexdigest()[:32]
    return cache_folder() / f"operators-{EXTRACTOR_VERSION}" / f"{digest}.json"


def _operator(row: dict[str, object]) -> OperatorFacts:
    parameters = row.pop("parameters")
    if not isinstance(parameters, list):
        raise TypeError(parameters)
    return OperatorFacts(parameters=tuple(parameters), **row)  # type: ignore[arg-type]
