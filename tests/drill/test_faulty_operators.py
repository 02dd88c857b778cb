"""The drill finds the fault of each faulty operator, in the stage in which it shows."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from advisor.cli.app import run
from advisor.drill.api import DrillOptions, drill_target
from advisor.drill.command_line import read_target, repeat_command, text_of
from advisor.drill.model import DrillResult, Finding, Outcome, Pattern, Signal, Stage
from advisor.errors import DONE
from tests.airflow.environments import python_with

pytestmark = pytest.mark.airflow

OPERATORS = Path(__file__).with_name("faulty_operators.py")


def drilled(factory: str, *signals: Signal) -> DrillResult:
    target = read_target(f"{OPERATORS}:{factory}", str(python_with("3.3.2")))
    return drill_target(target, DrillOptions(signals))


def findings(result: DrillResult, *stages: Stage) -> set[Finding]:
    """Return what was found after signals (in some stages)."""
    return {
        finding
        for each in signalled(result)
        if not stages or each.moments[0].stage in stages
        for finding in each.findings
    }


def signalled(result: DrillResult) -> list[Outcome]:
    return [each for each in result.outcomes if each.moments and not each.scenario.service_fault]


def faults(result: DrillResult) -> dict[str, tuple[Finding, ...]]:
    """Return the findings of each service fault that has any."""
    return {
        each.scenario.service_fault: each.findings
        for each in result.outcomes
        if each.scenario.service_fault and each.findings
    }


def test_cancelled_job_and_a_success_is_a_success_without_a_job() -> None:
    result = drilled("cancelling", Signal.TERM)
    assert findings(result, Stage.polling) == {Finding.no_job}
    assert faults(result)["the job fails"] == (Finding.no_job,)


def test_success_that_is_reported_after_the_end_of_task_and_job_is_false() -> None:
    result = drilled("cancelling", Signal.END)
    assert Finding.false_success in findings(result, Stage.polling)
    assert findings(result, Stage.after) == set()
    assert findings(result, Stage.before) == {Finding.orphan}


def test_job_that_sigterm_destroys_is_a_warning() -> None:
    result = drilled("restarting", Signal.TERM)
    assert findings(result, Stage.polling) == {Finding.work_lost}
    assert Finding.work_lost not in findings(result, Stage.before, Stage.after)
    warned = [each for each in result.noteworthy if each not in result.violations]
    assert {each.moments[0].stage for each in warned} == {Stage.submitting, Stage.polling}


def test_task_that_skips_after_a_kill_is_skipped() -> None:
    result = drilled("skipping", Signal.KILL)
    assert {Finding.skipped} <= findings(result, Stage.polling) <= {Finding.skipped, Finding.orphan}


def test_retries_that_get_a_failed_job_back_fail() -> None:
    result = drilled("token", Signal.TERM)
    assert faults(result)["the job fails"] == (Finding.failed,)
    assert findings(result, Stage.polling) == {Finding.failed}
    assert all(
        not found
        for fault, found in faults(drilled("token", Signal.KILL)).items()
        if fault.startswith("the first ")
    )


def test_numbers_and_urls_of_other_jobs_are_no_lost_results() -> None:
    result = drilled("numbers", Signal.KILL)
    assert result.pattern is Pattern.durable
    assert result.counts[Finding.duplicate] > 0
    assert result.counts[Finding.result_lost] == 0


def test_every_xcom_is_compared() -> None:
    result = drilled("url_losing", Signal.KILL)
    lost = [each for each in signalled(result) if Finding.result_lost in each.findings]
    assert lost
    assert {each.lost_keys for each in lost} == {("url",)}


def test_deferrable_operator_that_stores_nothing_has_its_own_stages() -> None:
    result = drilled("deferring", Signal.KILL, Signal.END)
    assert result.pattern is Pattern.deferrable
    assert {each.moments[0].stage for each in signalled(result)} == {*Stage} - {Stage.polling}
    orphans = {job.left for each in signalled(result) for job in each.jobs if job.left}
    assert {Stage.before, Stage.submitting, Stage.deferred} <= orphans
    assert findings(result, Stage.deferred) == {Finding.orphan}
    assert findings(result, Stage.resuming) == {Finding.duplicate}


def test_operator_that_does_not_wait_leaves_no_orphans() -> None:
    result = drilled("starting")
    assert result.pattern is Pattern.no_wait
    assert result.counts[Finding.orphan] == 0
    assert result.counts[Finding.duplicate] > 0
    assert any("does not wait" in note for note in result.notes)


def test_what_looks_wrong_in_an_adapter_is_noted() -> None:
    result = drilled("random_spec", Signal.TERM)
    spec, cancelled = result.notes
    assert "submitted a job with a spec that the baseline run does not have; if " in spec
    assert "(first: TERM:faulty_operators.py:" in cancelled
    assert "cancelled a job that never existed; check " in cancelled
    assert {Finding.no_job} <= findings(result) <= {Finding.no_job, Finding.orphan}


def test_each_command_repeats_the_run_that_it_stands_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    result = drilled("cancelling", Signal.TERM)
    found = [each for each in result.outcomes if each.findings]
    of_faults = [each for each in found if each.scenario.service_fault]
    for outcome in [*of_faults, *found[:: len(found) // 2]]:
        arguments = shlex.split(repeat_command(result, outcome))[1:]
        assert run([*arguments, "--format", "json"]) == DONE + bool(outcome.findings)
        document = json.loads(capsys.readouterr().out)
        assert document["scenario"] == text_of(outcome.scenario)
        assert document["findings"] == [each.value for each in outcome.findings]
        assert document["state"] == outcome.state
