"""Reads releases, requirements and wheels of providers from the package index, through pip."""

from __future__ import annotations

import email
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advisor.knowledge.versions import parse_version

PREFIX = "apache-airflow-providers-"
STABLE = re.compile(r"[0-9]+\.[0-9]+(\.[0-9]+)?")
LOWER_BOUND = re.compile(r">=?\s*([0-9]+\.[0-9]+(?:\.[0-9]+)?)")
AIRFLOW = re.compile(r"apache-airflow(?![\w-])")


@dataclass(frozen=True)
class Requirement:
    """What a release requires: the lowest Airflow, and the specifier of Python."""

    airflow: str
    python: str


class Index:
    """The package index, with a folder that keeps everything that was read.

    The content of a release never changes; `refresh` reads the lists of releases again.
    """

    def __init__(self, folder: Path, *, refresh: bool = False) -> None:
        self.folder = folder
        self._refresh = refresh
        self._wheels = folder / "wheels"
        self._requirements = folder / "requirements.json"
        self._wheels.mkdir(parents=True, exist_ok=True)
        self._known: dict[str, list[str]] = _read_json(self._requirements)

    def releases(self, provider: str) -> list[str]:
        """Return the final releases of a provider, the oldest first."""
        file = self.folder / "releases" / f"{provider}.json"
        if self._refresh or not file.is_file():
            output = self._pip("index", "versions", "--ignore-requires-python", PREFIX + provider)
            listed = re.search(r"Available versions: (.*)", output)
            names = listed[1].split(", ") if listed else []
            stable = [name for name in names if STABLE.fullmatch(name)]
            file.parent.mkdir(exist_ok=True)
            file.write_text(json.dumps(sorted(stable, key=parse_version)), encoding="utf-8")
        found: list[str] = json.loads(file.read_text(encoding="utf-8"))
        return found

    def newest(self, providers: Iterable[str]) -> dict[str, str]:
        """Return the newest final release of each provider; downloads their wheels at once."""
        packages = [PREFIX + each for each in sorted(providers)]
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            self._pip(
                "download", "--no-deps", "--only-binary=:all:", "--ignore-requires-python",
                "--find-links", str(self._wheels), "--dest", folder, *packages,
            )  # fmt: skip
            files = sorted(Path(folder).iterdir())
            for file in files:
                file.replace(self._wheels / file.name)
        return dict(_provider_and_release(file.name) for file in files)

    def requirements(self, asked: Mapping[str, str]) -> dict[str, Requirement]:
        """Return what one release of each provider requires; one call of pip reads them all."""
        missing = {p: r for p, r in asked.items() if f"{p} {r}" not in self._known}
        if missing:
            self._read_requirements(missing)
        return {p: Requirement(*self._known[f"{p} {r}"]) for p, r in asked.items()}

    def _read_requirements(self, asked: Mapping[str, str]) -> None:
        report = self.folder / "report.json"
        pins = [f"{PREFIX}{provider}=={release}" for provider, release in sorted(asked.items())]
        # Pip reads only the metadata of a wheel if the index offers it separately.
        self._pip(
            "install", "--dry-run", "--ignore-installed", "--no-deps", "--ignore-requires-python",
            "--only-binary=:all:", "--report", str(report), *pins,
        )  # fmt: skip
        for each in _read_json(report)["install"]:
            metadata = each["metadata"]
            key = f"{metadata['name'].removeprefix(PREFIX)} {metadata['version']}"
            self._known[key] = [
                _lowest_airflow(metadata.get("requires_dist", ())),
                metadata.get("requires_python", ""),
            ]
        self._requirements.write_text(json.dumps(self._known, indent=0), encoding="utf-8")

    def wheel(self, package: str, release: str) -> Path:
        """Return the wheel of a release, downloaded if it is not in the folder."""
        pattern = f"{package.replace('-', '_')}-{release}-*.whl"
        found = next(self._wheels.glob(pattern), None)
        if found is None:
            self._pip(
                "download", "--no-deps", "--only-binary=:all:", "--ignore-requires-python",
                "--dest", str(self._wheels), f"{package}=={release}",
            )  # fmt: skip
            found = next(self._wheels.glob(pattern))
        return found

    def _pip(self, *arguments: str) -> str:
        command = [str(self._pip_program()), "-m", "pip", "--disable-pip-version-check"]
        done = subprocess.run(
            [*command, *arguments], capture_output=True, text=True, check=False, timeout=600
        )
        if done.returncode:
            raise SystemExit(f"pip {' '.join(arguments)}:\n{done.stderr[-2000:]}")
        return done.stdout

    def _pip_program(self) -> Path:
        """Return a Python with pip, because environments created by uv have none."""
        environment = self.folder / "pip"
        python = environment / "bin" / "python"
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
        return python


def _provider_and_release(wheel: str) -> tuple[str, str]:
    package, release, *_ = wheel.split("-")
    return package.replace("_", "-").removeprefix(PREFIX), release


def requirement_of(wheel: Path) -> Requirement:
    """Return what a downloaded wheel requires."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(archive.read(name))
    dependencies = [str(each) for each in metadata.get_all("Requires-Dist", ())]
    return Requirement(_lowest_airflow(dependencies), str(metadata.get("Requires-Python", "")))


def _lowest_airflow(dependencies: Iterable[str]) -> str:
    """Return the lowest Airflow that the dependencies of a release allow."""
    for each in dependencies:
        bound = LOWER_BOUND.search(each)
        if AIRFLOW.match(each) and "extra ==" not in each and bound:
            return bound[1]
    return ""


def _read_json(file: Path) -> Any:  # noqa: ANN401 - JSON values have no narrower type
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
