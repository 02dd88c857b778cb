"""The generated code of every pattern, system, Airflow release and policy passes its checks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.knowledge.versions import STORE_SINCE, parse_version
from tests.airflow.environments import python_with
from tests.scaffold.rendering import (
    every_spec,
    other_specs,
    patterns_of,
    put_all,
    run_suites,
    systems_with_services,
)

RULES = Path(__file__).with_name("generated_ruff.toml")
RELEASES = {
    "2.11": "2.11.2",
    "3.0": "3.0.6",
    "3.1": "3.1.8",
    "3.2": "3.2.2",
    "3.3": "3.3.2",
    "3.4": "3.4.0b2",
}
"""The Airflow that each target is tested with."""
FEWEST_TESTS = 10
"""Of a generated suite."""
STRICT = ("--config", str(RULES))
DEFAULT = ("--isolated",)

pytestmark = pytest.mark.airflow


@pytest.fixture(scope="module", params=RELEASES)
def scaffolds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every scaffold for one release."""
    top = tmp_path_factory.mktemp(f"for_{request.param}", numbered=False)
    put_all(every_spec(request.param), top)
    # Their types and tests are checked in tests/services, with the providers that they need.
    put_all(every_spec(request.param, systems_with_services()), top / "with_providers")
    for pattern in patterns_of(request.param):
        put_all(other_specs(pattern, request.param), top)
    return top


def packages(scaffolds: Path) -> list[Path]:
    return sorted(file.parent for file in scaffolds.glob("plugins/*/__init__.py"))


def python_for(scaffolds: Path) -> Path:
    return python_with(RELEASES[release_of(scaffolds)])


def release_of(scaffolds: Path) -> str:
    return scaffolds.name.removeprefix("for_")


def ruff(scaffolds: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", "."]
    done = subprocess.run(command, cwd=scaffolds, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout[-3000:] + done.stderr


@pytest.mark.parametrize("rules", [DEFAULT, STRICT], ids=["default", "strict"])
def test_ruff_check_finds_nothing(scaffolds: Path, rules: tuple[str, ...]) -> None:
    assert ruff(scaffolds, "check", *rules) == ""


@pytest.mark.parametrize("rules", [DEFAULT, STRICT], ids=["default", "strict"])
def test_ruff_format_changes_nothing(scaffolds: Path, rules: tuple[str, ...]) -> None:
    assert ruff(scaffolds, "format", "--check", "--diff", *rules) == ""


def test_mypy_finds_no_errors(scaffolds: Path) -> None:
    names = [option for each in packages(scaffolds) for option in ("-p", each.name)]
    strict = ["--strict", "--python-executable", str(python_for(scaffolds)), *names]
    command = [sys.executable, "-m", "mypy", "--python-version", "3.10", *strict]
    done = subprocess.run(
        command, cwd=scaffolds / "plugins", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_generated_tests_pass(scaffolds: Path, tmp_path: Path) -> None:
    suites = run_suites(python_for(scaffolds), packages(scaffolds), tmp_path)
    assert len(suites) == len(packages(scaffolds)) > 0
    for suite in suites:
        assert suite["code"] == 0, f"{suite['package']}\n{suite['output']}"
        assert suite["passed"] >= FEWEST_TESTS
        assert suite["skipped"] == [why_no_crash_test(release_of(scaffolds))]


def why_no_crash_test(release: str) -> str:
    """Return why the one test that needs advisor is skipped if only Airflow is installed."""
    if parse_version(release) < STORE_SINCE:
        return f"Airflow {release} has no store, so each retry submits again"
    return "needs advisor"


def lines_of(folder: Path) -> Iterator[str]:
    for file in folder.rglob("*.py"):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield line.replace("{{ run_id }}", "")  # a template of Airflow's


def test_generated_code_has_no_template_syntax(scaffolds: Path) -> None:
    left = [line for line in lines_of(scaffolds) if "{%" in line or "{{" in line or "{#" in line]
    assert left == []


def test_every_pattern_is_generated_from_its_release_on(scaffolds: Path) -> None:
    patterns = {package.name.split("_")[0] for package in packages(scaffolds)} - {"extraordinarily"}
    release = parse_version(release_of(scaffolds))
    since_3_2 = {"async"} if release >= parse_version("3.2") else set()
    since_3_3 = {"resumable", "checkpoint"} if release >= STORE_SINCE else set()
    assert patterns == {"deferrable"} | since_3_2 | since_3_3
