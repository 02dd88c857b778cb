"""Mapped generated operators are drilled as the task instance of their first map index."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.drill.api import DrillOptions, drill_target
from advisor.drill.command_line import text_of
from advisor.drill.model import Target
from tests.airflow.environments import python_with
from tests.scaffold.rendering import put_all, spec

pytestmark = pytest.mark.airflow

FACTORY = """\
from advisor.drill.runtime.loader import wired
from nightly_report import PATTERN_MODULE, hooks, operators


def mapped(service):
    class Hook(wired(hooks.NightlyReportHook, service)):
        def status(self, job_id):
            status = super().status(job_id)
            not_found = hooks.JobStatus.NOT_FOUND
            return not_found if status == "NOT_FOUND" else hooks.JobStatus(status)

        async def astatus(self, job_id):
            return self.status(job_id)

    operators.NightlyReportHook = PATTERN_MODULE.NightlyReportHook = Hook
    partial = operators.NightlyReportOperator.partial(task_id="mapped", retries=2, poll_interval=1)
    return partial.expand(spec=[{"part": 1}, {"part": 2}])
"""
MODULES = {"resumable": "operators", "deferrable": "triggers"}
"""A module that uses the hook, in addition to operators.py."""


@pytest.mark.parametrize("pattern", ["resumable", "deferrable"])
def test_mapped_operator_survives_every_signal(pattern: str, tmp_path: Path) -> None:
    (package,) = put_all([spec(pattern)], tmp_path)
    factory = package.parent / "mapped.py"
    factory.write_text(FACTORY.replace("PATTERN_MODULE", MODULES[pattern]), encoding="utf-8")
    python = str(python_with("3.3.2"))
    target = Target(f"{factory}:mapped", str(factory), factory="mapped", python=python)
    result = drill_target(target, DrillOptions())
    assert [text_of(each.scenario) for each in result.violations] == []
    assert len(result.outcomes) > 100
