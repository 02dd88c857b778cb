"""The scenarios that are run on a temporary Airflow, each as a separate Dag run.

A process is only killed while it handles the job of this run: while it waits for an answer that is
held back, or right after a poll.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from functools import partial
from signal import SIGTERM
from typing import Final

from advisor.drill.live.processes import KillMode
from measuring.deployment import TASK, Deployment
from measuring.facts import (
    NO_DAG,
    ConcurrentRequests,
    Facts,
    InconsistentFacts,
    InstalledParts,
    KilledRun,
    Measurement,
    PoolSlots,
    WithoutTriggerer,
)
from measuring.job_service import most_at_once

PATTERNS: Final = ("deferrable", "resumable", "async")
DEFERRING: Final = ("deferrable", "deferrable_storing")
STORING: Final = ("deferrable_storing", "async_storing")
LONG: Final = 3600
"""Duration in seconds of a job that the scenario ends."""
SHORT: Final = 3
"""Duration of a job that ends by itself, and time left to a long job after a kill, in seconds."""
WATCHED: Final = 45
"""Seconds for which a task without a Triggerer is watched after the end of its job."""
READINGS: Final = 5
"""How often the figures of a pool are read while its task waits."""
REQUESTS: Final = 10
SECONDS_PER_REQUEST: Final = 2


@dataclass(frozen=True)
class Scenario:
    """A scenario for one form of a pattern; the Dag has the name of the form."""

    form: str
    name: str
    run: Callable[[Deployment, str], Facts]


def run_installed(deployment: Deployment) -> list[Measurement]:
    """Run the scenarios that work on a release without some of the patterns."""
    return _run_group(deployment, IF_INSTALLED)


def run_all(deployment: Deployment) -> list[Measurement]:
    """Run all scenarios, those of a group at the same time."""
    measurements = [each for group in WITH_TRIGGERER for each in _run_group(deployment, group)]
    deployment.airflow.kill_triggerer(SIGTERM)
    return measurements + _run_group(deployment, WITHOUT_TRIGGERER)


def _run_group(deployment: Deployment, group: Sequence[Scenario]) -> list[Measurement]:
    with ThreadPoolExecutor(len(group)) as threads:
        return [*threads.map(partial(_measure, deployment), group)]


def _measure(deployment: Deployment, scenario: Scenario) -> Measurement:
    start = time.monotonic()
    facts = scenario.run(deployment, scenario.form)
    seconds = round(time.monotonic() - start, 1)
    return Measurement(scenario.form, scenario.name, facts, (seconds,))


# ---- waiting


def read_pool(deployment: Deployment, dag: str) -> Facts:
    """Let a task wait, and read the figures of its pool while it does."""
    run = deployment.start(dag, seconds=LONG)
    deployment.wait_until_polled(run)
    deployment.wait_for_task(dag, run, "running", "deferred")
    readings = {_slots(deployment, dag) for _ in range(READINGS)}
    if len(readings) > 1:
        raise InconsistentFacts(f"{dag}: the figures of the pool changed: {readings}")
    deployment.job_service.finish(run, SHORT)
    deployment.wait_for_end(dag, run)
    return readings.pop()


def _slots(deployment: Deployment, pool: str) -> PoolSlots:
    time.sleep(1)
    figures = deployment.pool(pool)
    return PoolSlots(**{field.name: figures[field.name] for field in fields(PoolSlots)})


def run_if_installed(deployment: Deployment, dag: str) -> Facts:
    """Run a task if its Dag can be imported."""
    end = NO_DAG
    if deployment.has_dag(dag):
        end = deployment.wait_for_end(dag, deployment.start(dag, seconds=SHORT))
    release = deployment.release
    return InstalledParts(release.has(dag), release.lacks(dag), end)


def wait_without_triggerer(deployment: Deployment, dag: str) -> Facts:
    """Let a task wait without a Triggerer, and watch it if it does not end."""
    run = deployment.start(dag, seconds=SHORT)
    task = deployment.wait_for_task(dag, run, "success", "failed", "deferred")
    if task.state != "deferred":
        return WithoutTriggerer(str(task.state), 0)
    states = {_state_a_second_later(deployment, dag, run) for _ in range(SHORT + WATCHED)}
    return WithoutTriggerer(" and ".join(sorted(states)), WATCHED)


def _state_a_second_later(deployment: Deployment, dag: str, run: str) -> str:
    time.sleep(1)
    return str(deployment.task(dag, run).state)


def fan_out(deployment: Deployment, dag: str) -> Facts:
    """Let one task instance make many requests."""
    run = deployment.start(dag, seconds=SECONDS_PER_REQUEST, requests=REQUESTS)
    end = deployment.wait_for_end(dag, run)
    requests = deployment.job_service.requests(run)
    return ConcurrentRequests(end, len(requests), most_at_once(requests))


# ---- kills


def kill_while_waiting(deployment: Deployment, dag: str) -> Facts:
    """Kill the worker once the task polls its job."""
    run = deployment.start(dag, seconds=LONG)
    deployment.wait_until_polled(run)
    deployment.airflow.signal_worker(dag, run, TASK, KillMode.WORKER)
    return _finish(deployment, dag, run, time.monotonic())


def kill_at(deployment: Deployment, dag: str, call: str) -> Facts:
    """Kill the worker while it waits for the answer to its first call of a kind."""
    run = deployment.start(dag, seconds=SHORT if call == "result" else LONG, hold=call)
    deployment.wait_until_held(run)
    deployment.airflow.signal_worker(dag, run, TASK, KillMode.WORKER)
    deployment.job_service.release(run)
    return _finish(deployment, dag, run, time.monotonic())


def kill_triggerer_while_waiting(deployment: Deployment, dag: str) -> Facts:
    """Kill the Triggerer once the trigger polls the job, and start another."""
    run = deployment.start(dag, seconds=LONG)
    deployment.wait_until_polled(run)
    deployment.wait_for_task(dag, run, "deferred")
    deployment.airflow.kill_triggerer()
    killed = time.monotonic()
    deployment.airflow.start_triggerer()
    return _finish(deployment, dag, run, killed)


def _finish(deployment: Deployment, dag: str, run: str, killed: float) -> KilledRun:
    """Wait until a run is resumed after a kill; let its jobs and the run end."""
    deployment.wait_until_resumed(run, killed)
    deployment.job_service.finish(run, SHORT)
    end = deployment.wait_for_end(dag, run)
    jobs = deployment.job_service.jobs(run)
    called = {each.job for each in deployment.job_service.calls(run, since=killed)}
    results = [{"result_of": job.id} for job in jobs]
    return KilledRun(
        end=end,
        tries=deployment.task(dag, run).try_number,
        jobs=len(jobs),
        went_on=jobs[0] in called,
        result="reported" if deployment.result(dag, run) in results else "lost",
    )


RUNS: Final = "runs"
WAITS: Final = "waits"
FANS_OUT: Final = f"makes {REQUESTS} requests of {SECONDS_PER_REQUEST} s"
WAITS_ALONE: Final = "waits without a Triggerer"
SUBMITTING: Final = "worker killed while submitting"
BEFORE_DEFERRING: Final = "worker killed before deferring"
WAITING: Final = "worker killed while waiting"
RESUMING: Final = "worker killed while resuming"
NO_TRIGGERER: Final = "Triggerer killed while waiting"

IF_INSTALLED: Final = [Scenario(pattern, RUNS, run_if_installed) for pattern in PATTERNS]
"""Scenarios that work on a release without some of the patterns."""
WITH_TRIGGERER: Final = (
    IF_INSTALLED,
    [
        *(Scenario(pattern, WAITS, read_pool) for pattern in PATTERNS),
        *(Scenario(f"{pattern}_requests", FANS_OUT, fan_out) for pattern in PATTERNS),
    ],
    [
        *(Scenario(pattern, SUBMITTING, partial(kill_at, call="submit")) for pattern in PATTERNS),
        *(Scenario(pattern, WAITING, kill_while_waiting) for pattern in ("resumable", "async")),
    ],
    [
        *(Scenario(form, BEFORE_DEFERRING, partial(kill_at, call="status")) for form in DEFERRING),
        *(Scenario(form, RESUMING, partial(kill_at, call="result")) for form in DEFERRING),
        Scenario("async_storing", WAITING, kill_while_waiting),
        *(Scenario(form, SUBMITTING, partial(kill_at, call="submit")) for form in STORING),
    ],
    [Scenario("deferrable", NO_TRIGGERER, kill_triggerer_while_waiting)],
)
"""Groups of scenarios that are run at the same time without overloading the machine."""
WITHOUT_TRIGGERER: Final = [
    Scenario(pattern, WAITS_ALONE, wait_without_triggerer) for pattern in PATTERNS
]
