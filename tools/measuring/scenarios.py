"""What is done to the patterns on a real Airflow, each scenario a run of its own.

Every kill is of a process that has the job of this very run in its hands: it waits for an answer
that is held back, or has just asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from signal import SIGTERM
from typing import Final, NamedTuple

from advisor.drill.live.workers import KillMode
from measuring.facts import NO_DAG, Alone, Facts, Fanned, Finding, Hurt, Installed, Unsteady, Waited
from measuring.ledger import most_at_once
from measuring.stage import TASK, Stage

PATTERNS: Final = ("deferrable", "resumable", "async")
DEFERRING: Final = ("deferrable", "deferrable_storing")
STORING: Final = ("deferrable_storing", "async_storing")
LONG: Final = 3600
"""Seconds of a job that runs until what is to happen meanwhile has happened."""
SHORT: Final = 3
"""Seconds of a job that is only to be waited for, and what a long one runs on."""
WATCHED: Final = 45
"""Seconds for which a task without a Triggerer is watched, after its job has ended."""
LOOKS: Final = 5
"""How often a pool is looked at while its task waits."""
REQUESTS: Final = 10
SECONDS_PER_REQUEST: Final = 2


class Scenario(NamedTuple):
    """What is done to one form of a pattern, whose Dag has its name."""

    form: str
    name: str
    play: Callable[[Stage, str], Facts]


def play_what_is_there(stage: Stage) -> list[Finding]:
    """Play what needs no more than a release has."""
    return _together(stage, IF_THERE)


def play_all(stage: Stage) -> list[Finding]:
    """Play every scenario, those of a group at the same time."""
    findings = [finding for group in WITH_TRIGGERER for finding in _together(stage, group)]
    stage.airflow.kill_triggerer(SIGTERM)
    return findings + _together(stage, WITHOUT_TRIGGERER)


def _together(stage: Stage, group: Sequence[Scenario]) -> list[Finding]:
    with ThreadPoolExecutor(len(group)) as threads:
        return [*threads.map(partial(_timed, stage), group)]


def _timed(stage: Stage, scenario: Scenario) -> Finding:
    begun = time.monotonic()
    facts = scenario.play(stage, scenario.form)
    seconds = round(time.monotonic() - begun, 1)
    return Finding(scenario.form, scenario.name, facts, (seconds,))


# ---- the wait itself


def look_at_the_pool(stage: Stage, dag: str) -> Facts:
    """Let a task wait, and look at its pool meanwhile."""
    run = stage.start(dag, seconds=LONG)
    stage.wait_until_polled(run)
    stage.wait_for_task(dag, run, "running", "deferred")
    looks = {_slots(stage, dag) for _ in range(LOOKS)}
    if len(looks) > 1:
        raise Unsteady(f"{dag}: the pool did not stay as it was: {looks}")
    stage.ledger.finish(run, SHORT)
    stage.end(dag, run)
    return looks.pop()


def _slots(stage: Stage, pool: str) -> Waited:
    time.sleep(1)
    told = stage.pool(pool)
    return Waited(**{name: told[name] for name in Waited.__slots__})


def run_if_there(stage: Stage, dag: str) -> Facts:
    """Run a task, where its Dag can be imported at all."""
    end = NO_DAG
    if stage.has_dag(dag):
        end = stage.end(dag, stage.start(dag, seconds=SHORT))
    return Installed(stage.release.has(dag), stage.release.lacks(dag), end)


def wait_alone(stage: Stage, dag: str) -> Facts:
    """Let a task wait while there is no Triggerer, and watch it where it does not end."""
    run = stage.start(dag, seconds=SHORT)
    task = stage.wait_for_task(dag, run, "success", "failed", "deferred")
    if task.state != "deferred":
        return Alone(str(task.state), 0)
    states = {_state_a_second_later(stage, dag, run) for _ in range(SHORT + WATCHED)}
    return Alone(" and ".join(sorted(states)), WATCHED)


def _state_a_second_later(stage: Stage, dag: str, run: str) -> str:
    time.sleep(1)
    return str(stage.task(dag, run).state)


def fan_out(stage: Stage, dag: str) -> Facts:
    """Let one task instance make many requests."""
    run = stage.start(dag, seconds=SECONDS_PER_REQUEST, requests=REQUESTS)
    end = stage.end(dag, run)
    requests = stage.ledger.requests(run)
    return Fanned(end, len(requests), most_at_once(requests))


# ---- kills


def kill_while_it_waits(stage: Stage, dag: str) -> Facts:
    """Kill the worker once the task polls its job."""
    run = stage.start(dag, seconds=LONG)
    stage.wait_until_polled(run)
    stage.airflow.signal_worker(dag, run, TASK, KillMode.WORKER)
    return _what_became_of(stage, dag, run, time.monotonic())


def kill_at(stage: Stage, dag: str, call: str) -> Facts:
    """Kill the worker while it waits for the answer to its first such call."""
    run = stage.start(dag, seconds=SHORT if call == "result" else LONG, hold=call)
    stage.wait_until_held(run)
    stage.airflow.signal_worker(dag, run, TASK, KillMode.WORKER)
    stage.ledger.release(run)
    return _what_became_of(stage, dag, run, time.monotonic())


def kill_the_triggerer(stage: Stage, dag: str) -> Facts:
    """Kill the Triggerer once the trigger polls the job, and start another."""
    run = stage.start(dag, seconds=LONG)
    stage.wait_until_polled(run)
    stage.wait_for_task(dag, run, "deferred")
    stage.airflow.kill_triggerer()
    killed = time.monotonic()
    stage.airflow.start_triggerer()
    return _what_became_of(stage, dag, run, killed)


def _what_became_of(stage: Stage, dag: str, run: str, killed: float) -> Hurt:
    stage.wait_until_taken_up(run, killed)
    stage.ledger.finish(run, SHORT)
    end = stage.end(dag, run)
    jobs = stage.ledger.jobs(run)
    asked = {each.job for each in stage.ledger.calls(run, since=killed)}
    results = [{"result_of": job.id} for job in jobs]
    return Hurt(
        end=end,
        tries=stage.task(dag, run).try_number,
        jobs=len(jobs),
        went_on=jobs[0] in asked,
        result="reported" if stage.result(dag, run) in results else "lost",
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

IF_THERE: Final = [Scenario(pattern, RUNS, run_if_there) for pattern in PATTERNS]
"""What can be played on a release that lacks some of the patterns."""
WITH_TRIGGERER: Final = (
    IF_THERE,
    [
        *(Scenario(pattern, WAITS, look_at_the_pool) for pattern in PATTERNS),
        *(Scenario(f"{pattern}_requests", FANS_OUT, fan_out) for pattern in PATTERNS),
    ],
    [
        *(Scenario(pattern, SUBMITTING, partial(kill_at, call="submit")) for pattern in PATTERNS),
        *(Scenario(pattern, WAITING, kill_while_it_waits) for pattern in ("resumable", "async")),
    ],
    [
        *(Scenario(form, BEFORE_DEFERRING, partial(kill_at, call="status")) for form in DEFERRING),
        *(Scenario(form, RESUMING, partial(kill_at, call="result")) for form in DEFERRING),
        Scenario("async_storing", WAITING, kill_while_it_waits),
        *(Scenario(form, SUBMITTING, partial(kill_at, call="submit")) for form in STORING),
    ],
    [Scenario("deferrable", NO_TRIGGERER, kill_the_triggerer)],
)
"""In groups, each of which leaves the machine room to breathe."""
WITHOUT_TRIGGERER: Final = [Scenario(pattern, WAITS_ALONE, wait_alone) for pattern in PATTERNS]
