"""Faults have a required recovery for each pattern; the pattern is observed in the baseline run."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.drill.model import Finding, Pattern, Scenario, ServiceFault, Signal
from advisor.drill.recovery import REQUIRED, Recovery, pattern_of, required, table_rows
from advisor.drill.runtime.events import TRIGGER, Event
from advisor.drill.runtime.service import Behaviour
from tests.drill.events import (
    BASELINE,
    POINT,
    SUCCEEDS,
    ended,
    judged,
    polled,
    pushed,
    started,
    stored,
    submitted,
)

DOCS = Path(__file__).parents[2] / "docs" / "drill.md"
FAILS = Behaviour(first_ends="failed")
NOT_FOUND = Behaviour(first_ends="not_found")


@pytest.mark.parametrize(
    ("baseline", "pattern"),
    [
        ([started(), submitted("job-1"), *SUCCEEDS], Pattern.plain),
        ([started(), stored(), submitted("job-1"), *SUCCEEDS], Pattern.plain),
        (BASELINE, Pattern.durable),
        ([started(), submitted("job-1"), started(TRIGGER), *SUCCEEDS], Pattern.deferrable),
        ([started(), submitted("job-1"), stored(), pushed("r")], Pattern.no_wait),
        ([started(), polled("job-9", "succeeded")], Pattern.no_submission),
    ],
)
def test_pattern_is_observed_in_the_baseline_run(baseline: list[Event], pattern: Pattern) -> None:
    assert pattern_of(baseline, Behaviour()) is pattern


def test_docs_have_the_table() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert " | ".join(pattern.value for pattern in Pattern) in text
    assert "\n".join(table_rows()) in text


def test_every_pattern_has_a_recovery_from_every_fault() -> None:
    assert {pattern: set(faults) for pattern, faults in REQUIRED.items()} == {
        pattern: set(ServiceFault) for pattern in Pattern
    }


@pytest.mark.parametrize("pattern", Pattern)
def test_task_must_succeed_after_a_lost_worker_in_every_pattern(pattern: Pattern) -> None:
    assert required(Scenario(((POINT, Signal.KILL),)), pattern) is Recovery.success
    assert required(Scenario(((POINT, Signal.TERM),)), pattern) is Recovery.success
    assert required(Scenario(((POINT, Signal.END),)), pattern) is Recovery.unspecified
    assert required(Scenario(), pattern) is Recovery.unspecified


def test_fault_of_a_live_drill_is_judged_by_its_signal() -> None:
    cleared = Scenario(((POINT, Signal.TERM),), service_fault="cleared by a user")
    assert required(cleared, Pattern.plain) is Recovery.success


@pytest.mark.parametrize("fault", ["the job fails", "the job vanishes"])
def test_operator_that_uses_up_its_retries_on_a_lost_job_fails(fault: str) -> None:
    again = [ended("up_for_retry"), started(attempt=2), polled("job-1", "failed"), ended("failed")]
    events = [started(), submitted("job-1"), stored(), polled("job-1", "failed")]
    behaviour = FAILS if fault == "the job fails" else NOT_FOUND
    outcome = judged([*events, *again], "failed", None, behaviour=behaviour, service_fault=fault)
    assert outcome.findings == (Finding.failed,)


def test_operator_may_give_up_at_once_if_its_job_fails() -> None:
    events = [started(), submitted("job-1"), polled("job-1", "failed"), ended("failed")]
    outcome = judged(events, "failed", None, behaviour=FAILS, service_fault="the job fails")
    assert outcome.findings == ()


@pytest.mark.parametrize("state", ["failed", "skipped"])
def test_operator_must_survive_a_call_that_fails_once(state: str) -> None:
    events = [started(), ended("up_for_retry"), started(attempt=2), ended(state)]
    outcome = judged(events, state, None, service_fault="the first submit call fails")
    assert outcome.findings == (Finding(state),)


@pytest.mark.parametrize(
    "fault", ["the first submit call fails", "the answer to the submission is lost"]
)
def test_operator_may_leave_an_unanswered_submission_to_a_person_only_without_keys(
    fault: str,
) -> None:
    for honours_keys, findings in ((True, (Finding.failed,)), (False, ())):
        outcome = judged(
            [started(), ended("failed")],
            "failed",
            None,
            behaviour=Behaviour(honours_keys=honours_keys),
            service_fault=fault,
        )
        assert outcome.findings == findings


def test_operator_that_submits_nothing_may_fail_with_the_job_of_others() -> None:
    baseline = [started(), polled("job-9", "succeeded"), pushed("r")]
    events = [started(), polled("job-9", "failed"), ended("failed")]
    outcome = judged(events, "failed", None, baseline=baseline, service_fault="the job fails")
    assert outcome.findings == ()
