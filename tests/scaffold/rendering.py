"""Scaffolds for tests: specs of every combination, rendered and written."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from advisor.knowledge.versions import STORE_SINCE, parse_version
from advisor.naming import Name
from advisor.scaffold.manifest import load_manifest
from advisor.scaffold.model import Folder, RenderedFile, ScaffoldSpec
from advisor.scaffold.render import render
from advisor.scaffold.specs import resolve_settings

TARGETS: Final = ("3.2", "3.3", "3.4")
POLICIES: Final = ("auto", "cancel", "leave")
RUNNER: Final = Path(__file__).with_name("run_suites.py")
PLAIN_SYSTEMS: Final = ("custom", "http")
"""The systems whose hooks need nothing that the environments of all releases lack."""
OTHER_SETTINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "nested": {"id_field": "job.id", "status_field": "job.state.name", "submit_path": "/v2/run"},
    "listed": {"find_path": "/jobs?key={key}", "key_closes": "no"},
    "keyless": {"key_header": ""},
    "words": {"active": "waiting in the queue,being worked on,nearly there,almost done by now"},
}
"""Settings of `http` other than the defaults, by subject."""


def spec(
    pattern: str,
    stem: str = "NightlyReport",
    package: str = "nightly_report",
    system: str = "http",
    airflow: str = "3.3",
    on_kill: str = "auto",
    on_missing: str = "fail",
    given: Mapping[str, str] | None = None,
) -> ScaffoldSpec:
    """Return a complete spec."""
    settings = resolve_settings(load_manifest().systems[system].settings, given or {})
    return ScaffoldSpec(
        pattern, Name(stem, package), system, airflow, on_kill, on_missing, settings
    )


def patterns_of(airflow: str) -> list[str]:
    """Return the patterns that are available in an Airflow release."""
    return [
        each.id
        for each in load_manifest().patterns.values()
        if each.since <= parse_version(airflow)
    ]


def systems_with_services() -> list[str]:
    """Return the systems whose hooks need a provider; tests/services checks their types."""
    return [each for each in load_manifest().systems if each not in PLAIN_SYSTEMS]


def every_spec(airflow: str, systems: Sequence[str] = PLAIN_SYSTEMS) -> Iterator[ScaffoldSpec]:
    """Yield a spec for each combination available in an Airflow release, with unique names."""
    release = airflow.replace(".", "")
    for pattern in patterns_of(airflow):
        for system in systems:
            for policy in POLICIES:
                if policy == "auto" and parse_version(airflow) < STORE_SINCE:
                    continue
                words = (pattern, *system.split("-"), release, policy)
                yield spec(
                    pattern,
                    "".join(map(str.capitalize, words)),
                    "_".join(words),
                    system,
                    airflow,
                    policy,
                    "resubmit" if policy == "leave" else "fail",
                )


def other_specs(pattern: str, airflow: str) -> Iterator[ScaffoldSpec]:
    """Yield specs with settings other than the defaults, and one with the longest name."""
    for about, given in OTHER_SETTINGS.items():
        name = (f"{pattern.capitalize()}{about.capitalize()}", f"{pattern}_{about}")
        yield spec(pattern, *name, airflow=airflow, on_kill="leave", given=given)
    words = ("extraordinarily", "long", "name", pattern[:4], "of", "a", "job")
    longest = ("".join(map(str.capitalize, words)), "_".join(words))
    yield spec(pattern, *longest, airflow=airflow, on_kill="leave")


def put(files: Iterable[RenderedFile], name: Name, top: Path) -> Path:
    """Write rendered files below `top`, as plugins/ and dags/, and return the package's folder."""
    package = top / "plugins" / name.package
    for file in files:
        path = (package if file.folder is Folder.package else top / "dags") / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    return package


def put_all(specs: Iterable[ScaffoldSpec], top: Path) -> list[Path]:
    """Render specs, write them, and return the folders of the packages."""
    manifest = load_manifest()
    return [put(render(each, manifest), each.name, top) for each in specs]


def run_suites(
    python: Path, packages: Iterable[Path], home: Path, *options: str
) -> list[dict[str, Any]]:
    """Run packages' generated tests with a Python that has Airflow; see run_suites.py."""
    folders = "".join(f"{package}\n" for package in packages)
    # Airflow creates its configuration there. The dev environment's pytest options are not its.
    environment = {**os.environ, "AIRFLOW_HOME": str(home), "PYTHONPATH": "", "NO_COLOR": "1"}
    command = [str(python), str(RUNNER), *options]
    done = subprocess.run(
        command,
        input=folders,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=home,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
