"""Every line of code that a recommendation prints creates an operator of the released provider."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.catalog.entries import load_operators, providers
from advisor.catalog.lookup import find_target
from advisor.catalog.snapshot import load_snapshot
from advisor.catalog.systems import load_systems
from advisor.decision.operators import Situation, existing_operators, split_task, with_arguments
from advisor.knowledge.operators import Candidate, Mode, Operator
from advisor.knowledge.versions import parse_version
from tests.catalog.introspection.environment import AIRFLOW, OLDEST_PYTHON, python_with_providers

SCRIPT = Path(__file__).with_name("construct_lines.py")
LONG = 30 * 24 * 3600
OPERATORS = [each for provider in providers() for each in load_operators(provider)]

Line = tuple[str, str, str]
"""The name of a class, its module, and a line that creates it."""


def is_current(operator: Operator, mode: Mode) -> bool:
    """Return whether a mode exists in the releases of the environment."""
    newest = load_snapshot().newest(operator.provider)
    return parse_version(AIRFLOW) in mode.airflow and (newest is None or newest in mode.provider)


def lines() -> Iterator[Line]:
    """Yield each line of each mode, with a raised wait limit, and those of two tasks."""
    for operator in OPERATORS:
        for mode in operator.modes:
            if is_current(operator, mode):
                line = with_arguments(operator.line, mode.arguments)
                yield operator.name, operator.module, line
    for event in (False, True):
        situation = Situation(parse_version(AIRFLOW), LONG, "costly", {}, event, triggerer=True)
        candidates = [Candidate(e, load_snapshot().newest(e.provider)) for e in OPERATORS]
        for each in existing_operators(candidates, situation):
            yield each.name, each.operator.module, each.line
    for system in load_systems():
        target = find_target(system.id, parse_version(AIRFLOW))
        if target and (split := split_task(target, situation)):
            yield split.operator.name, split.operator.module, split.submit
            yield split.sensor.name, split.sensor.operator.module, split.sensor.line


@pytest.mark.airflow
@pytest.mark.skipif(sys.version_info < OLDEST_PYTHON, reason="the newest releases need 3.11")
def test_each_line_creates_an_operator() -> None:
    python = python_with_providers()
    done = subprocess.run(
        [python, str(SCRIPT)],
        input=json.dumps(sorted(set(lines()))),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {}
