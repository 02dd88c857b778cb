"""Renders hooks for the contract tests, and runs those tests in an environment with Airflow."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import yaml

from advisor.scaffold.manifest import load_manifest
from advisor.scaffold.render import render
from tests.airflow.environments import SERVICE_PROVIDERS, python_with
from tests.scaffold.rendering import spec
from tests.services.service import Service

ROOT = Path(__file__).parents[2]
CONTRACT = Path(__file__).with_name("contract")
MUTATIONS = Path(__file__).with_name("mutations")
AIRFLOW = "3.3.2"
PATTERNS = ("resumable", "deferrable", "async")
"""The ways to call a hook; `checkpoint` calls it as `resumable` does."""
MUTATED = "resumable"
"""The pattern whose hook is mutated."""
PYTEST = ("-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", "-p", "no:asyncio")
# The configuration and the conftest.py of this checkout need packages that are not installed there.
ISOLATED = ("-c", os.devnull, f"--rootdir={CONTRACT}", f"--confcutdir={CONTRACT}")
SECONDS = 600
SECONDS_TO_END = 60


@dataclass(frozen=True)
class Mutant:
    """A hook with a fault."""

    name: str
    text: str


@dataclass(frozen=True)
class Outcome:
    """How the contract tests ended: the names of the tests that failed, and the output."""

    tests: tuple[str, ...]
    failed: tuple[str, ...]
    output: str


def module_of(system: str) -> str:
    """Return the name of the files about a system."""
    return system.replace("-", "_")


def hook_of(pattern: str, service: Service) -> str:
    """Return the rendered hook of a pattern for a running service."""
    return _hook(pattern, service.system, service.settings)


def default_hook(pattern: str, system: str) -> str:
    """Return the rendered hook of a pattern with the default settings."""
    return _hook(pattern, system, {})


def _hook(pattern: str, system: str, given: Mapping[str, str]) -> str:
    rendered = render(spec(pattern, system=system, given=given), load_manifest())
    (text,) = (file.text for file in rendered if file.path.as_posix() == "hooks.py")
    return text


def mutants(service: Service) -> list[Mutant]:
    """Return the mutants of the hook for a running service."""
    original = hook_of(MUTATED, service)
    file = MUTATIONS / f"{module_of(service.system)}.yaml"
    listed = yaml.safe_load(file.read_text(encoding="utf-8"))
    for each in listed:
        assert original.count(each["old"]) == 1, f"{service.system}: {each['name']}"
    return [Mutant(each["name"], original.replace(each["old"], each["new"])) for each in listed]


def run_contract(
    service: Service, hooks: Mapping[str, str], folder: Path, *, once: bool = False
) -> Outcome:
    """Run the contract tests of a system with hooks.

    Args:
        service: the running service.
        hooks: the code of each hook by a name, which is the id of its tests; a name starts with
            the pattern.
        folder: an empty folder for files.
        once: whether to skip the tests of a hook after the first one that fails.
    """
    listed = []
    for name, text in hooks.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
        entry = {"file": f"{name}.py", "pattern": name.split("-")[0], "system": service.system}
        listed.append({**entry, "settings": dict(service.settings)})
    (folder / "subjects.json").write_text(json.dumps(listed), encoding="utf-8")
    report = folder / "report.xml"
    tests = CONTRACT / f"{module_of(service.system)}_hook.py"
    with subprocess.Popen(
        [airflow_python(), *PYTEST, *ISOLATED, f"--junit-xml={report}", tests],
        env={
            **{each: os.environ[each] for each in ("PATH", "HOME")},
            **service.environment,
            **{f"AIRFLOW_CONN_{id_.upper()}": each for id_, each in service.connections.items()},
            "AIRFLOW_HOME": str(folder / "airflow"),
            "PYTHONPATH": str(ROOT),
            "HOOKS": str(folder),
            "SKIP_AFTER_FAILURE": "yes" if once else "",
            "SERVICE_FACTS": json.dumps(dict(service.facts)),
            "NO_PROXY": "*",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        try:
            output = running.communicate(timeout=SECONDS)[0][-8000:]
        except BaseException:  # Ctrl-C too: let the tests stop what they started
            running.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                running.wait(SECONDS_TO_END)
            running.kill()
            raise
    assert report.exists(), output
    found = ElementTree.parse(report).getroot().iter("testcase")
    cases = [each for each in found if each.find("skipped") is None]
    failed = [each for each in cases if each.find("failure") is not None]
    broken = [each for each in cases if each.find("error") is not None]
    assert not broken, output
    return Outcome(names_of(cases), names_of(failed), output)


def names_of(cases: Iterable[ElementTree.Element]) -> tuple[str, ...]:
    """Return the names of test cases."""
    return tuple(each.get("name") or "" for each in cases)


def airflow_python() -> Path:
    """Return the Python of an Airflow with all providers that the systems need."""
    return python_with(AIRFLOW, SERVICE_PROVIDERS)
