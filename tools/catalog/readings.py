"""Reads releases of providers with the extraction, and remembers what it found."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import advisor.catalog.source
from advisor.catalog.model import OperatorFacts
from advisor.catalog.source import read_environment
from catalog.index import PREFIX, Index

EXTRACTION = Path(advisor.catalog.source.__file__).parent
Row = Mapping[str, object]


class Releases:
    """Releases of providers, each as it is read next to the newest releases of the others.

    `newest` are the releases of the snapshot, by provider, and `airflow` those of the packages
    with the base classes of operators.
    """

    def __init__(self, index: Index, newest: Mapping[str, str], airflow: Mapping[str, str]) -> None:
        self._index = index
        self._newest = newest
        self._airflow = [index.wheel(*each) for each in airflow.items()]
        self._folder = index.folder / f"readings-{_digest_of_extraction()}"
        self._folder.mkdir(parents=True, exist_ok=True)

    def read(self, provider: str, release: str) -> dict[str, OperatorFacts]:
        """Return the waiting operators of a release, by full name."""
        file = self._folder / f"{provider}-{release}-all.json"
        if not file.is_file():
            rows = [asdict(each) for each in self._read(provider, release, None)]
            file.write_text(json.dumps(rows), encoding="utf-8")
        return _by_name(json.loads(file.read_text(encoding="utf-8")))

    def read_modules(
        self, provider: str, release: str, modules: Collection[str]
    ) -> dict[str, OperatorFacts]:
        """Return the waiting operators in these modules of a release, by full name."""
        file = self._folder / f"{provider}-{release}.json"
        known: dict[str, list[Row]] = (
            json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        )
        missing = sorted(set(modules) - set(known))
        if missing:
            known |= {each: [] for each in missing}
            for found in self._read(provider, release, missing):
                known[found.module].append(asdict(found))
            file.write_text(json.dumps(known), encoding="utf-8")
        return _by_name(row for module in modules for row in known[module])

    def wheel(self, provider: str, release: str) -> Path:
        """Return the wheel of a release."""
        return self._index.wheel(PREFIX + provider, release)

    def _read(
        self, provider: str, release: str, modules: Collection[str] | None
    ) -> list[OperatorFacts]:
        others = [self.wheel(each, self._newest[each]) for each in self._used(provider, release)]
        own = self.wheel(provider, release)
        wanted = _modules_in(own) if modules is None else modules
        wheels = [own, *others, *self._airflow]
        return list(read_environment(wheels, modules=wanted).operators)

    def _used(self, provider: str, release: str) -> list[str]:
        """Return the other providers that a release imports, directly or through others."""
        found, open_ = {provider}, [(provider, release)]
        while open_:
            named = self._named_in(self.wheel(*open_.pop())) - found
            open_ += [(each, self._newest[each]) for each in named]
            found |= named
        return sorted(found - {provider})

    def _named_in(self, wheel: Path) -> set[str]:
        with zipfile.ZipFile(wheel) as archive:
            names = [name for name in archive.namelist() if name.endswith(".py")]
            text = b"\n".join(archive.read(name) for name in names)
        return {each for each in self._newest if _package(each).encode() in text}


def _package(provider: str) -> str:
    return f"airflow.providers.{provider.replace('-', '.')}."


def _modules_in(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        files = [name for name in archive.namelist() if name.endswith(".py")]
    return [each.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for each in files]


def _by_name(rows: Iterable[Row]) -> dict[str, OperatorFacts]:
    return {f"{row['module']}.{row['name']}": _facts(row) for row in rows}


def _facts(row: Row) -> OperatorFacts:
    parameters: Sequence[str] = row["parameters"]  # type: ignore[assignment]
    return OperatorFacts(**{**row, "parameters": tuple(parameters)})  # type: ignore[arg-type]


def _digest_of_extraction() -> str:
    """Return a digest of the code of the extraction, so that readings of older code are unused."""
    sources = b"".join(file.read_bytes() for file in sorted(EXTRACTION.rglob("*.py")))
    return hashlib.sha256(sources).hexdigest()[:12]
