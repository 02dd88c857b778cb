"""The hooks keep their contract with a running service, and mutants of them do not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.services.evidence import Evidence
from tests.services.hooks import MUTATED, PATTERNS, hook_of, mutants, run_contract
from tests.services.service import Service

FEWEST_TESTS = 60
"""Of all three hooks of a system."""
MUTANTS = 10
SAMPLED = 3
"""Every third mutant is tested, and all of them with --evidence."""


def test_hooks_keep_their_contract(service: Service, evidence: Evidence, tmp_path: Path) -> None:
    hooks = {pattern: hook_of(pattern, service) for pattern in PATTERNS}
    outcome = run_contract(service, hooks, tmp_path)
    evidence.of(service)["contract tests"] = len(outcome.tests) - len(outcome.failed)
    assert outcome.failed == (), outcome.output
    assert len(outcome.tests) >= FEWEST_TESTS


def test_every_mutant_breaks_the_contract(
    service: Service, evidence: Evidence, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    found = mutants(service)
    assert len(found) >= MUTANTS
    if not request.config.getoption("--evidence"):
        found = found[::SAMPLED]
    changed = {f"{MUTATED}-{n}": each for n, each in enumerate(found)}
    hooks = {id_: each.text for id_, each in changed.items()}
    outcome = run_contract(service, hooks, tmp_path, once=True)
    tests = {
        mutant.name: next((test for test in outcome.failed if id_ in parts_of(test)), None)
        for id_, mutant in changed.items()
    }
    evidence.of(service)["mutants"] = tests
    assert None not in tests.values(), tests


def parts_of(test: str) -> list[str]:
    """Return the ids of the parameters of a test."""
    return re.findall(rf"{MUTATED}-\d+|[^-\[\]]+", test)
