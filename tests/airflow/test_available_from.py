"""Each release of Airflow has the parts of the patterns that the evidence records."""

from __future__ import annotations

import json

import pytest

from measure_comparison import EVIDENCE, MEASURED
from measuring.evidence import recorded_measurements
from measuring.facts import InstalledParts
from measuring.release import release_of
from measuring.scenarios import RUNS
from tests.airflow.environments import python_with

pytestmark = pytest.mark.airflow


@pytest.mark.parametrize("airflow", MEASURED)
def test_release_has_the_recorded_parts_of_each_pattern(airflow: str) -> None:
    document = json.loads((EVIDENCE / f"comparison-{airflow}.json").read_text(encoding="utf-8"))
    release = release_of(python_with(airflow))
    assert (release.airflow, release.task_sdk) == (document["airflow"], document["task_sdk"])
    facts = {
        each.form: each.facts for each in recorded_measurements(document) if each.scenario == RUNS
    }
    for pattern in release.parts:
        parts = facts[pattern]
        assert isinstance(parts, InstalledParts)
        assert (parts.has, parts.lacks) == (release.has(pattern), release.lacks(pattern))
