"""The cheapest measurement done again: what a release has of each pattern, by importing it."""

from __future__ import annotations

import json

import pytest

from measure_comparison import EVIDENCE, MEASURED
from measuring.evidence_file import recorded
from measuring.facts import Installed
from measuring.installed import release_of
from measuring.scenarios import RUNS
from tests.airflow.environments import python_with

pytestmark = pytest.mark.airflow


@pytest.mark.parametrize("airflow", MEASURED)
def test_a_release_has_of_each_pattern_what_was_recorded(airflow: str) -> None:
    told = json.loads((EVIDENCE / f"comparison-{airflow}.json").read_text(encoding="utf-8"))
    release = release_of(python_with(airflow))
    assert (release.airflow, release.task_sdk) == (told["airflow"], told["task_sdk"])
    facts = {each.form: each.facts for each in recorded(told) if each.scenario == RUNS}
    for pattern in release.parts:
        found = facts[pattern]
        assert isinstance(found, Installed)
        assert (found.has, found.lacks) == (release.has(pattern), release.lacks(pattern))
