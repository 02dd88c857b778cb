"""The live drill finds the faults of the controls, and the scaffolds survive.

All tests share the result of one live drill of all targets.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from advisor.cli.app import run
from advisor.drill.command_line import read_target
from advisor.drill.live.api import LiveDrillOptions, LiveDrillResult, Row, run_live_drill
from advisor.drill.model import Finding
from advisor.drill.runtime.events import Cancelled, Polled, SignalSent
from advisor.drill.runtime.live import origin_of
from tests.airflow.environments import python_with

pytestmark = pytest.mark.airflow

CONTROLS = Path(__file__).parents[3] / "advisor" / "drill" / "controls"
PLAIN, DOCUMENTED = f"{CONTROLS}/plain.py:plain", f"{CONTROLS}/documented.py:documented"
JOBS = {"resumable": 1, "deferrable": 1, "checkpoint": 2, "async": 3}
"""The number of jobs that each scaffold submits in the baseline run."""
FAULTS_OF_RUNNING_TASKS = {
    "baseline",
    "worker-killed",
    "killed-unanswered",
    "worker-stopped",
    "worker-preempted",
    "cleared",
    "failed-by-user",
}
FAULTS_OF_DEFERRED_TASKS = {
    "baseline",
    "killed-unanswered",
    "cleared",
    "failed-by-user",
    "triggerer-lost",
}


@pytest.fixture(scope="module")
def poller(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("poller") / "poller.py"
    shutil.copy(Path(__file__).with_name("poller.py.txt"), file)
    return f"{file}:factory"


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory, poller: str) -> LiveDrillResult:
    folder = tmp_path_factory.mktemp("scaffolds")
    for pattern in JOBS:
        command = ["scaffold", pattern, f"drilled_{pattern}", "--airflow-version", "3.3"]
        assert run([*command, "--into", str(folder), "--dags", str(folder)]) == 0
    texts = [f"{folder}/drilled_{pattern}" for pattern in JOBS]
    python = str(python_with("3.3.2"))
    targets = [read_target(each, python) for each in (*texts, PLAIN, DOCUMENTED, poller)]
    return run_live_drill(targets, LiveDrillOptions())


def rows_of(result: LiveDrillResult, name: str) -> dict[str, Row]:
    return {row.fault.id: row for row in result.rows if row.target.text.endswith(name)}


def findings(row: Row) -> tuple[Finding, ...]:
    return row.outcome.findings


@pytest.mark.parametrize("pattern", JOBS)
def test_scaffold_survives_all_faults(result: LiveDrillResult, pattern: str) -> None:
    rows = rows_of(result, f"drilled_{pattern}")
    assert {id_: findings(row) for id_, row in rows.items()} == dict.fromkeys(rows, ())
    ended = rows.pop("failed-by-user")
    assert {row.outcome.submissions for row in rows.values()} == {JOBS[pattern]}
    assert {row.outcome.state for row in rows.values()} == {"success"}
    assert ended.outcome.state == "failed"


@pytest.mark.parametrize("pattern", JOBS)
def test_faults_depend_on_where_the_task_waits(result: LiveDrillResult, pattern: str) -> None:
    expected = FAULTS_OF_DEFERRED_TASKS if pattern == "deferrable" else FAULTS_OF_RUNNING_TASKS
    assert set(rows_of(result, f"drilled_{pattern}")) == expected


@pytest.mark.parametrize("pattern", [each for each in JOBS if each != "deferrable"])
@pytest.mark.parametrize("fault", ["worker-stopped", "worker-preempted"])
def test_next_try_resumes_the_jobs_of_a_stopped_worker(
    result: LiveDrillResult, pattern: str, fault: str
) -> None:
    # Do not assert the number of tries, because a late event of the executor can cost one more.
    events = rows_of(result, f"drilled_{pattern}")[fault].outcome.events
    stopped = next(n for n, event in enumerate(events) if isinstance(event, SignalSent))
    before = {origin_of(event).process for event in events[:stopped] if isinstance(event, Polled)}
    after = {origin_of(event).process for event in events[stopped:] if isinstance(event, Polled)}
    assert after - before
    assert not any(isinstance(event, Cancelled) for event in events)


def test_plain_control_has_duplicates_after_each_lost_worker(
    result: LiveDrillResult,
) -> None:
    rows = rows_of(result, "plain")
    for fault in ("worker-killed", "killed-unanswered", "worker-preempted", "cleared"):
        assert findings(rows[fault]) == (Finding.duplicate,)
    assert findings(rows["failed-by-user"]) == (Finding.orphan,)


def test_documented_control_has_a_duplicate_and_lost_results(result: LiveDrillResult) -> None:
    rows = rows_of(result, "documented")
    assert findings(rows["killed-unanswered"]) == (Finding.duplicate,)
    assert rows["killed-unanswered"].outcome.in_window
    for fault in ("worker-killed", "worker-preempted", "cleared"):
        assert findings(rows[fault]) == (Finding.result_lost,), rows[fault].outcome.events


def test_trigger_of_a_factory_calls_the_job_service_in_the_triggerer(
    result: LiveDrillResult,
) -> None:
    rows = rows_of(result, "poller.py:factory")
    assert set(rows) == FAULTS_OF_DEFERRED_TASKS
    assert findings(rows["triggerer-lost"]) == ()
    assert findings(rows["killed-unanswered"]) == (Finding.duplicate,)


def test_every_fault_was_injected(result: LiveDrillResult) -> None:
    assert Finding.not_reached not in result.counts
    assert len(result.rows) == 3 * len(FAULTS_OF_RUNNING_TASKS) + 2 * len(
        FAULTS_OF_RUNNING_TASKS
    ) + 2 * len(FAULTS_OF_DEFERRED_TASKS)
