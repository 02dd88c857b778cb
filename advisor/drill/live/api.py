"""The live drill: injects every fault into every target on a temporary Airflow."""

from __future__ import annotations

import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from itertools import compress
from pathlib import Path
from typing import Final

from advisor.documents.model import printable
from advisor.drill.judge import judge
from advisor.drill.live.faults import BASELINE, FAULTS, TRIGGERER_LOST, FaultScenario
from advisor.drill.live.live_run import LiveRun
from advisor.drill.live.project import (
    Project,
    airflow_version,
    check_imports,
    check_module_names,
    dag_id,
    modules_to_preload,
)
from advisor.drill.live.rest_api import ApiError, TaskStatePoller
from advisor.drill.live.services import NotReady, ServiceEnded
from advisor.drill.live.temporary_airflow import TemporaryAirflow
from advisor.drill.model import FAIL_ON, Finding, Outcome, Scenario, Target
from advisor.drill.runner import raise_if_blocked
from advisor.drill.runtime.events import KILL, Event
from advisor.drill.runtime.live import Ledger, behaviour
from advisor.errors import InputError

ORDER: Final = (BASELINE, *FAULTS)
MAX_CONCURRENT_RUNS: Final = 8
"""Half of the executor's slots, because a killed task keeps its slot for a while."""
LINES_SHOWN: Final = 12
"""Maximum number of lines shown of an error of the temporary Airflow."""

Progress = Callable[[int, int], None]
"""Called with the number of finished runs and the number of all runs."""


@dataclass(frozen=True)
class LiveDrillOptions:
    """The options of a live drill."""

    honours_keys: bool | None = None
    """Whether the service honours idempotency keys (default: as the hook declares)."""
    faults: Sequence[str] = ()
    """The ids of the faults to inject (default: all)."""
    fail_on: frozenset[Finding] = FAIL_ON
    """The findings that are violations."""


@dataclass(frozen=True)
class Row:
    """The outcome of one fault for one target."""

    target: Target
    fault: FaultScenario
    outcome: Outcome
    tries: int
    """The number of tries of the task."""


@dataclass(frozen=True)
class LiveDrillResult:
    """The result of a live drill."""

    targets: Sequence[Target]
    airflow: str
    """The version of Airflow."""
    rows: Sequence[Row]
    seconds: float
    """Duration of the whole drill, including starting and stopping Airflow."""
    honours_keys: bool | None = None
    """Whether the service honours idempotency keys (default: as the hooks declare)."""
    fail_on: frozenset[Finding] = FAIL_ON
    """The findings that are violations."""

    @property
    def violations(self) -> list[Row]:
        """The rows with a finding that is a violation."""
        return [row for row in self.rows if not self.fail_on.isdisjoint(row.outcome.findings)]

    @property
    def counts(self) -> Counter[Finding]:
        """The number of rows with each finding."""
        return Counter(finding for row in self.rows for finding in row.outcome.findings)


def run_live_drill(
    targets: Sequence[Target], options: LiveDrillOptions, progress: Progress = lambda *_: None
) -> LiveDrillResult:
    """Drill operators on a temporary Airflow, which is removed afterwards.

    Raises:
        InputError: the system is not Linux; Airflow is missing, too old or does not start; or an
            operator cannot be loaded, does not wait for a job, or fails in the baseline run.
    """
    check_module_names(targets)
    start = time.monotonic()
    given = targets[0].python or sys.executable
    version = airflow_version(targets[0].python)
    # Absolute, because the services run in another folder.
    python = Path(shutil.which(given) or given).absolute()
    with _running_airflow(python, targets, options) as (airflow, ledger):
        rows = _LiveDrill(airflow, ledger, targets, options).run(progress)
    seconds = time.monotonic() - start
    return LiveDrillResult(targets, version, rows, seconds, options.honours_keys, options.fail_on)


@contextmanager
def _running_airflow(
    python: Path, targets: Sequence[Target], options: LiveDrillOptions
) -> Iterator[tuple[TemporaryAirflow, Ledger]]:
    try:
        with closing(TemporaryAirflow(python, preload=modules_to_preload(targets))) as airflow:
            project = Project(airflow.home, targets)
            project.write()
            airflow.environment.update(project.environment(options.honours_keys))
            with _guarded(airflow.home, targets):
                check_imports(python, targets, airflow.environment, airflow.home)
                with airflow:
                    yield airflow, Ledger(project.ledger)
    except (NotReady, ApiError, ServiceEnded, TimeoutError) as error:
        message = printable("; ".join(str(error).splitlines()[:LINES_SHOWN]))
        raise InputError.of("--live", f"the temporary Airflow failed: {message}") from None


@contextmanager
def _guarded(home: Path, targets: Sequence[Target]) -> Iterator[None]:
    """Report a blocked call instead of the error that it leads to."""
    where = printable(", ".join(each.text for each in targets))
    try:
        yield
    except Exception:
        raise_if_blocked(home, where)
        raise
    raise_if_blocked(home, where)


@dataclass(frozen=True)
class _FaultRun:
    """A fault, and the run that it is injected into."""

    target: Target
    fault: FaultScenario
    live_run: LiveRun


class _LiveDrill:
    """Runs a live drill on a running Airflow."""

    def __init__(
        self,
        airflow: TemporaryAirflow,
        ledger: Ledger,
        targets: Sequence[Target],
        options: LiveDrillOptions,
    ) -> None:
        self._airflow = airflow
        self._ledger = ledger
        self._targets = targets
        self._faults = [each for each in FAULTS if not options.faults or each.id in options.faults]
        self._task_states = TaskStatePoller(airflow.api, airflow.services.check)
        self._behaviour = behaviour(honours_keys=options.honours_keys is not False, finds_keys=True)

    def run(self, progress: Progress) -> list[Row]:
        """Inject every fault into every target that it applies to; return the outcomes."""
        with self._threads() as threads:
            baselines = [*threads.map(self._run_baseline, self._targets)]
            rows = [self._row(run, state, run.live_run.events()) for run, state in baselines]
            for (run, _), row in zip(baselines, rows, strict=True):
                _raise_if_failed(row, run)
            events = {row.target: row.outcome.events for row in rows}
            planned = self._plan({run.target: run.live_run.waiting_state for run, _ in baselines})
            for run, state in self._run_all(planned, threads):
                rows.append(self._row(run, state, events[run.target]))
                progress(len(rows) - len(baselines), len(planned))
        return sorted(rows, key=self._place)

    @contextmanager
    def _threads(self) -> Iterator[Executor]:
        """Yield a thread pool that shuts down soon after an error in the main thread."""
        threads = ThreadPoolExecutor(MAX_CONCURRENT_RUNS)
        try:
            yield threads
        except BaseException:  # Ctrl-C too
            self._airflow.api.close()
            threads.shutdown(cancel_futures=True)
            raise
        threads.shutdown()

    def _plan(self, waiting_states: dict[Target, str]) -> list[tuple[Target, FaultScenario]]:
        """Return the faults to inject into each target, given the state in which it waits."""
        return [
            (target, fault)
            for target in self._targets
            for fault in self._faults
            if waiting_states[target] in fault.states
        ]

    def _run_all(
        self, planned: Sequence[tuple[Target, FaultScenario]], threads: Executor
    ) -> Iterator[tuple[_FaultRun, str]]:
        """Run all planned faults; yield each run with the final state of its task."""
        concurrent = [each for each in planned if each[1] is not TRIGGERER_LOST]
        for future in as_completed([threads.submit(self._run_fault, *each) for each in concurrent]):
            yield future.result()
        yield from self._lose_triggerer(
            [target for target, fault in planned if fault is TRIGGERER_LOST], threads
        )

    def _run_baseline(self, target: Target) -> tuple[_FaultRun, str]:
        run = self._new_run(target, BASELINE)
        try:
            run.fault.start(run.live_run)
        except NotReady as error:
            raise _input_error(run, f"cannot be drilled: {error}") from None
        return run, run.fault.finish(run.live_run)

    def _run_fault(self, target: Target, fault: FaultScenario) -> tuple[_FaultRun, str]:
        run = self._new_run(target, fault)
        if _is_started(run):
            fault.inject(run.live_run)
        return run, fault.finish(run.live_run)

    def _lose_triggerer(
        self, targets: Sequence[Target], threads: Executor
    ) -> Iterator[tuple[_FaultRun, str]]:
        """Kill the only Triggerer while it runs the triggers of all targets."""
        if not targets:
            return
        runs = [self._new_run(target, TRIGGERER_LOST) for target in targets]
        started = [*threads.map(_is_started, runs)]
        for run in compress(runs, started):
            run.live_run.record_fault(KILL)
        self._airflow.kill_triggerer()
        self._airflow.start_triggerer()
        states = threads.map(lambda run: run.fault.finish(run.live_run), runs)
        yield from zip(runs, states, strict=True)

    def _new_run(self, target: Target, fault: FaultScenario) -> _FaultRun:
        dag = dag_id(self._targets.index(target))
        live_run = LiveRun(self._airflow, self._task_states, self._ledger, dag, f"{dag}-{fault.id}")
        return _FaultRun(target, fault, live_run)

    def _row(self, run: _FaultRun, state: str, baseline: Sequence[Event]) -> Row:
        raise_if_blocked(self._airflow.home, run.target.text)
        scenario = Scenario(run.fault.aims, self._behaviour, run.fault.title)
        leaves_jobs = run.target.leaves_jobs
        events = run.live_run.events()
        outcome = judge(scenario, state, events, baseline, leaves_jobs=leaves_jobs)
        outcome = replace(outcome, in_window=run.fault.in_submission)
        return Row(run.target, run.fault, outcome, run.live_run.task_state.try_number)

    def _place(self, row: Row) -> tuple[int, int]:
        return self._targets.index(row.target), ORDER.index(row.fault)


def _is_started(run: _FaultRun) -> bool:
    """Start a run and wait for the moment of its fault; return False if the moment never comes.

    The outcome of that run then has the finding `not reached`.
    """
    try:
        run.fault.start(run.live_run)
    except NotReady:
        return False
    return True


def _raise_if_failed(row: Row, run: _FaultRun) -> None:
    findings = [finding.value for finding in row.outcome.findings]
    if row.outcome.state != "success" or findings:
        problems = ", ".join([row.outcome.state, *findings])
        raise _input_error(run, f"the baseline run must succeed: {problems}")


def _input_error(run: _FaultRun, message: str) -> InputError:
    message = "; ".join(each for each in (message, run.live_run.last_error()) if each)
    return InputError.of(printable(run.target.text), printable(message))
