"""What the extraction reads is what Python sees when it imports the same twelve providers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from advisor.catalog.model import OperatorFacts
from advisor.catalog.source import read_environment
from tests.catalog.introspection.environment import (
    OLDEST_PYTHON,
    PROVIDERS,
    python_with_providers,
)
from tests.catalog.introspection.hand_read import ACTS, BASES, FIXED, WAIT_LIMITS

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.skipif(sys.version_info < OLDEST_PYTHON, reason="the newest releases need 3.11"),
]
SCRIPT: Final = Path(__file__).with_name("inspect_operators.py")
FIRST_HALF: Final = ("amazon", "airbyte", "dbt.cloud", "http", "standard", "snowflake")
"""The providers that the first of two processes imports; the second one imports the others."""
LEAST: Final = 0.99
MOST_UNKNOWN: Final = 0.03
DEFAULTS: Final = {"config": "config", "True": "yes", "False": "no", "missing": ""}
"""The defaults of `deferrable` as introspection and as OperatorFacts spell them."""

Introspected = Mapping[str, Mapping[str, Any]]
Extracted = Mapping[str, OperatorFacts]


@dataclass(frozen=True)
class Score:
    """How well a set of classes was found; `missed` and `wrong` name those that were not."""

    missed: Collection[str]
    wrong: Collection[str]
    right: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + len(self.wrong))

    @property
    def recall(self) -> float:
        return self.right / (self.right + len(self.missed))


@pytest.fixture(scope="module")
def python() -> Path:
    return python_with_providers()


@pytest.fixture(scope="module")
def running(
    python: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[subprocess.Popen[str]]]:
    """Start the introspection, so that it runs at the same time as the extraction."""
    home = str(tmp_path_factory.mktemp("airflow"))
    processes = [started(python, names, home) for names in halves()]
    yield processes
    for process in processes:
        if process.poll() is None:
            process.kill()
            process.communicate()


@pytest.fixture(scope="module")
def introspected(running: list[subprocess.Popen[str]], extracted: Extracted) -> Introspected:
    """Return the public classes that can be used as they are, by full name."""
    assert extracted
    classes: dict[str, Mapping[str, Any]] = {}
    for process in running:
        output, _ = process.communicate()
        assert process.returncode == 0
        classes |= json.loads(output.splitlines()[-1])
    return {name: facts for name, facts in classes.items() if usable(name, facts)}


def halves() -> Iterator[list[str]]:
    yield list(FIRST_HALF)
    yield [name for name in PROVIDERS if name not in FIRST_HALF]


def started(python: Path, providers: list[str], home: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [python, SCRIPT, *providers],
        env={**os.environ, "AIRFLOW_HOME": home},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def usable(name: str, facts: Mapping[str, Any]) -> bool:
    class_name = name.rpartition(".")[2]
    base = facts["abstract"] or class_name.startswith(("_", "Base"))
    return not base and name.removeprefix("airflow.providers.") not in (*BASES, *FIXED)


@pytest.fixture(scope="module")
def extracted(python: Path, running: list[subprocess.Popen[str]]) -> Extracted:
    """Return the operators of the twelve providers, by full name."""
    assert running
    (packages,) = (python.parents[1] / "lib").glob("python3.*/site-packages")
    providers = {name.replace(".", "-") for name in PROVIDERS}
    return {
        f"{each.module}.{each.name}": each
        for each in read_environment([packages], use_cache=False).operators
        if each.provider in providers
    }


def score(found: Collection[str], actual: Collection[str], among: Collection[str]) -> Score:
    """Compare what was found with what is; only classes that both sides can see count."""
    seen = {name for name in found if name in among}
    return Score(sorted(set(actual) - seen), sorted(seen - set(actual)), len(seen & set(actual)))


def assert_good(fact: str, result: Score) -> None:
    print(f"{fact}: precision {result.precision:.3f}, recall {result.recall:.3f} ({result.right})")
    assert result.precision >= LEAST, f"wrong: {' '.join(result.wrong)}"
    assert result.recall >= LEAST, f"missed: {' '.join(result.missed)}"


@pytest.mark.parametrize(("fact", "value"), [("deferrable", "parameter"), ("durable", "yes")])
def test_accepted_parameters_are_found(
    introspected: Introspected, extracted: Extracted, fact: str, value: str
) -> None:
    found = [name for name, facts in extracted.items() if getattr(facts, fact) == value]
    actual = [name for name, facts in introspected.items() if facts[fact] != "missing"]
    assert_good(fact, score(found, actual, introspected))


@pytest.mark.parametrize("default", ["config", "False", "True"])
def test_defaults_of_deferrable_are_found(
    introspected: Introspected, extracted: Extracted, default: str
) -> None:
    found = [
        name for name, facts in extracted.items() if facts.deferrable_default == DEFAULTS[default]
    ]
    actual = [name for name, facts in introspected.items() if facts["deferrable"] == default]
    if found or actual:
        assert_good(f"default {default}", score(found, actual, introspected))


def test_on_kill_is_found(introspected: Introspected, extracted: Extracted) -> None:
    waiting = [name for name in introspected if name in extracted]
    found = [name for name in waiting if extracted[name].on_kill == "yes"]
    actual = [name for name in waiting if introspected[name]["on_kill"]]
    assert_good("on_kill", score(found, actual, introspected))


@pytest.mark.parametrize(
    "fact",
    [
        "deferrable", "durable", "acts", "retry_finds_job_by", "on_kill", "trigger_on_kill",
        "wait_limit_s", "timeout_while_deferred",
    ],
)  # fmt: skip
def test_few_facts_are_unknown(extracted: Extracted, fact: str) -> None:
    unknown = [name for name, facts in extracted.items() if getattr(facts, fact) == "unknown"]
    print(f"{fact}: {len(unknown)} of {len(extracted)} unknown")
    assert len(unknown) <= MOST_UNKNOWN * len(extracted), " ".join(unknown)


def test_durable_is_read_by_hand_for_every_class_that_accepts_it(
    introspected: Introspected,
) -> None:
    accepting = [name for name, facts in introspected.items() if facts["durable"] != "missing"]
    assert sorted(accepting) == sorted(f"airflow.providers.{name}" for name in ACTS)


def test_acts_is_what_was_read_by_hand(extracted: Extracted) -> None:
    found = {name: extracted[f"airflow.providers.{name}"].acts for name in ACTS}
    missed = {name: found[name] for name, (acts, _) in ACTS.items() if found[name] != acts}
    print(f"acts: {len(found) - len(missed)} of {len(found)} right")
    assert missed == {}


def test_wait_limits_are_what_was_read_by_hand(extracted: Extracted) -> None:
    found = {name: extracted[f"airflow.providers.{name}"].wait_limit_s for name in WAIT_LIMITS}
    expected = {name: limit for name, (limit, _) in WAIT_LIMITS.items()}
    missed = {
        name: (found[name], expected[name]) for name in found if found[name] != expected[name]
    }
    print(f"wait limits: {len(found) - len(missed)} of {len(found)} right")
    assert missed == {}
