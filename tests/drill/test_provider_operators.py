"""The drill finds what is true of five operators of providers, and nothing else.

The releases are those of the environment. Where an operator has a defect, a comment says what the
source shows; when a release fixes it, the test must change with the release.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from advisor.drill.api import DrillOptions, drill_target
from advisor.drill.command_line import read_target
from advisor.drill.model import DrillResult, Finding, Outcome, Pattern, ServiceFault, Signal, Stage
from tests.catalog.introspection.environment import python_with_providers

pytestmark = pytest.mark.airflow

OPERATORS = Path(__file__).with_name("operators")
KILL, TERM, END = Signal.KILL, Signal.TERM, Signal.END

Causes = dict[Signal, set[Stage]]


def drilled(file: str, factory: str, *signals: Signal) -> DrillResult:
    target = read_target(f"{OPERATORS / file}:{factory}", str(python_with_providers()))
    return drill_target(target, DrillOptions(signals or tuple(Signal)))


def causes(result: DrillResult) -> dict[Finding, Causes]:
    """Return the signals that led to each finding, and the stages in which they were sent."""
    found: dict[Finding, Causes] = {}
    for each in signalled(result):
        for finding in each.findings:
            signal = Signal(each.moments[0].signal)
            found.setdefault(finding, {}).setdefault(signal, set()).add(each.moments[0].stage)
    return found


def faults(result: DrillResult) -> dict[str, tuple[Finding, ...]]:
    """Return the findings of each service fault that has any."""
    return {
        each.scenario.service_fault: each.findings
        for each in result.outcomes
        if each.scenario.service_fault and each.findings
    }


def shares(result: DrillResult, signal: Signal, stage: Stage) -> Counter[tuple[Finding, ...]]:
    """Return how many crash points of a stage have which findings."""
    return Counter(
        each.findings
        for each in signalled(result)
        if (each.moments[0].signal, each.moments[0].stage) == (signal.value, stage)
    )


def signalled(result: DrillResult) -> list[Outcome]:
    return [each for each in result.outcomes if each.moments and not each.scenario.service_fault]


UNREMEMBERED = {
    ServiceFault.answer_lost: (Finding.duplicate,),
    ServiceFault.status_fails: (Finding.duplicate,),
    ServiceFault.unseen_end: (Finding.duplicate,),
    ServiceFault.forgotten: (Finding.duplicate,),
}
"""What an operator that waits in the worker and stores nothing cannot survive."""


def test_airbyte_sync_is_repeated_after_most_kills() -> None:
    result = drilled("airbyte_sync.py", "sync")
    assert result.pattern is Pattern.plain
    assert causes(result) == {
        Finding.duplicate: {
            KILL: {Stage.submitting, Stage.polling, Stage.after},
            # `on_kill` reads `job_id`, which `execute` has not set yet, and raises AttributeError.
            TERM: {Stage.submitting},
        },
        Finding.orphan: {END: {Stage.submitting}},
        Finding.work_lost: {TERM: {Stage.submitting, Stage.polling}},
    }
    assert faults(result) == UNREMEMBERED


def test_deferrable_airbyte_sync_is_repeated_if_sigterm_interrupts_its_success() -> None:
    result = drilled("airbyte_sync.py", "deferrable_sync")
    assert result.pattern is Pattern.deferrable
    assert causes(result) == {
        Finding.duplicate: {
            KILL: {Stage.submitting, Stage.resuming},
            # Only `execute` sets `job_id`, so `on_kill` raises in the resumed method.
            TERM: {Stage.submitting, Stage.resuming},
        },
        # The trigger has no `on_kill`.
        Finding.orphan: {END: {Stage.submitting, Stage.deferred}},
        Finding.work_lost: {TERM: {Stage.submitting}},
    }
    assert set(shares(result, TERM, Stage.resuming)) == {(Finding.duplicate,)}


def test_dbt_cloud_run_is_repeated_after_most_kills() -> None:
    result = drilled("dbt_cloud_run.py", "run")
    assert result.pattern is Pattern.plain
    assert causes(result) == {
        Finding.duplicate: {
            KILL: {Stage.submitting, Stage.polling, Stage.after},
            # `on_kill` does nothing until `run_id` is set, and the worker waits until it is killed.
            TERM: {Stage.before, Stage.submitting},
        },
        Finding.orphan: {END: {Stage.before, Stage.submitting}},
        Finding.work_lost: {TERM: {Stage.submitting, Stage.polling}},
    }
    assert faults(result) == UNREMEMBERED


def test_deferrable_dbt_cloud_run_continues_if_a_user_ends_the_task() -> None:
    result = drilled("dbt_cloud_run.py", "deferrable_run")
    assert result.pattern is Pattern.deferrable
    assert causes(result) == {
        Finding.duplicate: {KILL: {Stage.submitting, Stage.polling, Stage.resuming}},
        # The trigger has no `on_kill`.
        Finding.orphan: {END: {Stage.before, Stage.submitting, Stage.deferred}},
        Finding.work_lost: {TERM: {Stage.submitting, Stage.polling}},
    }


def test_deferrable_glue_run_is_found_again_until_it_has_succeeded() -> None:
    result = drilled("amazon_jobs.py", "deferrable_glue", KILL)
    assert result.pattern is Pattern.deferrable
    # A retry looks for a run with the UUID of its task, but takes only one that is active.
    assert causes(result) == {Finding.duplicate: {KILL: {Stage.resuming}}}
    assert set(shares(result, KILL, Stage.submitting)) == {()}
    assert shares(result, KILL, Stage.resuming) == {(Finding.duplicate,): 5}
    assert faults(result) == {ServiceFault.forgotten: (Finding.duplicate,)}


def test_emr_serverless_job_is_repeated_because_each_attempt_has_its_own_token() -> None:
    result = drilled("amazon_jobs.py", "emr_serverless", KILL, TERM)
    assert result.pattern is Pattern.plain
    # `__init__` draws the client token, and Airflow parses the Dag in each attempt.
    stages = {Stage.submitting, Stage.polling, Stage.after}
    assert causes(result) == {
        # `on_kill` does nothing until `job_id` is set, and the worker waits until it is killed.
        Finding.duplicate: {KILL: stages, TERM: {Stage.before, Stage.submitting}},
        Finding.work_lost: {TERM: {Stage.submitting, Stage.polling}},
    }
    for stage in stages:
        assert set(shares(result, KILL, stage)) == {(Finding.duplicate,)}
    assert faults(result) == UNREMEMBERED


def test_emr_serverless_job_with_a_token_survives_kill_but_not_sigterm() -> None:
    result = drilled("amazon_jobs.py", "emr_serverless_with_token", KILL, TERM)
    # `on_kill` cancels the job, and each retry gets the cancelled job back for its token.
    assert causes(result) == {Finding.failed: {TERM: {Stage.submitting, Stage.polling}}}


def test_kubernetes_pod_that_sigterm_deletes_is_a_success_without_a_job() -> None:
    result = drilled("kubernetes_pod.py", "pod", TERM)
    assert result.pattern is Pattern.durable
    # https://github.com/apache/airflow/issues/73006: `on_kill` deletes the pod, and `cleanup`
    # returns without a look at it.
    assert causes(result) == {
        Finding.no_job: {TERM: {Stage.polling}},
        # A pod that has ended is deleted at once, so that the operator cannot read it any more.
        Finding.duplicate: {TERM: {Stage.after}},
    }
    assert shares(result, TERM, Stage.polling)[Finding.no_job,] > 100
    assert faults(result) == {
        ServiceFault.unseen_end: (Finding.duplicate,),
        ServiceFault.forgotten: (Finding.duplicate,),
    }
