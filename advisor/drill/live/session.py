"""The stories of a drill on an Airflow that is up: told beside each other, and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import replace
from itertools import compress
from typing import Final, NamedTuple

from advisor.documents.model import printable
from advisor.drill.judge import judge
from advisor.drill.live.faults import BASELINE, FAULTS, TRIGGERER_LOST, FaultScenario
from advisor.drill.live.live_run import LiveRun
from advisor.drill.live.model import Row
from advisor.drill.live.project import dag_of
from advisor.drill.live.task_states import TaskStatePoller
from advisor.drill.live.temporary_airflow import TemporaryAirflow
from advisor.drill.live.waiting import NotReady
from advisor.drill.model import Scenario, Target
from advisor.drill.runtime.events import Event
from advisor.drill.runtime.ledger import Ledger, behaviour
from advisor.drill.runtime.points import KILL
from advisor.errors import InputError

ORDER: Final = (BASELINE, *FAULTS)
AT_A_TIME: Final = 8
"""Runs beside each other. Its executor runs twice as many tasks: a killed one holds its place."""

Progress = Callable[[int, int], None]
"""Told how many runs are done, and of how many."""


class LiveDrillOptions(NamedTuple):
    """How to drill."""

    honours_keys: bool | None = None
    """Whether the service honours keys; None for what the hook says of the system."""
    only: Sequence[str] = ()
    """The ids of the stories beside the undisturbed run; () for all."""


class Run(NamedTuple):
    """A story and the run that it happens to."""

    target: Target
    fault: FaultScenario
    live_run: LiveRun


class Session:
    """The runs of a drill.

    Args:
        airflow: where they run; it is up.
        ledger: what the jobs are written to, and what is done to the runs.
        targets: what is drilled.
        wish: how.
    """

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
        self._wish = options
        self._task_states = TaskStatePoller(airflow)
        self._behaviour = behaviour(honours_keys=options.honours_keys is not False, finds_keys=True)

    def rows(self, progress: Progress) -> list[Row]:
        """Tell every story of every target that it can happen to; return what came out.

        Raises:
            InputError: an operator does not wait, or does not succeed undisturbed.
            NotReady: Airflow does not do what it should.
        """
        with self._threads() as threads:
            runs = [*threads.map(self._baseline, self._targets)]
            rows = [self._row(run, state, run.live_run.events()) for run, state in runs]
            for (run, _), row in zip(runs, rows, strict=True):
                _refuse_failure(row, run)
            first = {row.target: row.outcome.events for row in rows}
            wanted = self._wanted({run.target: run.live_run.where for run, _ in runs})
            for run, state in self._each_told(wanted, threads):
                rows.append(self._row(run, state, first[run.target]))
                progress(len(rows) - len(first), len(wanted))
        return sorted(rows, key=self._place)

    @contextmanager
    def _threads(self) -> Iterator[Executor]:
        """Yield threads that do not go on once somebody has given up."""
        threads = ThreadPoolExecutor(AT_A_TIME)
        try:
            yield threads
        except BaseException:  # Ctrl-C too
            self._airflow.api.close()
            threads.shutdown(cancel_futures=True)
            raise
        threads.shutdown()

    def _wanted(self, where: dict[Target, str]) -> list[tuple[Target, FaultScenario]]:
        """Return what is to happen, given where each target waits."""
        return [
            (target, fault)
            for target in self._targets
            for fault in FAULTS
            if where[target] in fault.where and (not self._wish.only or fault.id in self._wish.only)
        ]

    def _each_told(
        self, wanted: Sequence[tuple[Target, FaultScenario]], threads: Executor
    ) -> Iterator[tuple[Run, str]]:
        """Let everything happen; yield each run with the final state of its task."""
        together = [each for each in wanted if each[1] is not TRIGGERER_LOST]
        for told in as_completed([threads.submit(self._told, *each) for each in together]):
            yield told.result()
        yield from self._triggerer_lost(
            [target for target, fault in wanted if fault is TRIGGERER_LOST], threads
        )

    def _baseline(self, target: Target) -> tuple[Run, str]:
        run = self._run(target, BASELINE)
        try:
            run.fault.begin(run.live_run)
        except NotReady as error:
            raise _refusal(run, f"cannot be drilled: {error}") from None
        return run, run.fault.end(run.live_run)

    def _told(self, target: Target, fault: FaultScenario) -> tuple[Run, str]:
        run = self._run(target, fault)
        if _begun(run):
            fault.disturb(run.live_run)
        return run, fault.end(run.live_run)

    def _triggerer_lost(
        self, targets: Sequence[Target], threads: Executor
    ) -> Iterator[tuple[Run, str]]:
        """Lose the Triggerer while all targets wait in it: there is only one."""
        if not targets:
            return
        runs = [self._run(target, TRIGGERER_LOST) for target in targets]
        begun = [*threads.map(_begun, runs)]
        for run in compress(runs, begun):
            run.live_run.note_signal(KILL)
        self._airflow.kill_triggerer()
        self._airflow.start_triggerer()
        yield from zip(
            runs, threads.map(lambda run: run.fault.end(run.live_run), runs), strict=True
        )

    def _run(self, target: Target, fault: FaultScenario) -> Run:
        dag = dag_of(self._targets.index(target))
        live_run = LiveRun(self._airflow, self._task_states, self._ledger, dag, f"{dag}-{fault.id}")
        return Run(target, fault, live_run)

    def _row(self, run: Run, state: str, baseline: Sequence[Event]) -> Row:
        scenario = Scenario(run.fault.aims, self._behaviour, run.fault.title)
        leaves_jobs = run.target.leaves_jobs
        events = run.live_run.events()
        outcome = judge(scenario, state, events, baseline, leaves_jobs=leaves_jobs)
        outcome = replace(outcome, in_window=run.fault.held)
        return Row(run.target, run.fault, outcome, run.live_run.task_state.try_number)

    def _place(self, row: Row) -> tuple[int, int]:
        return self._targets.index(row.target), ORDER.index(row.fault)


def _begun(run: Run) -> bool:
    """Wait for the moment of a story; return whether it came, which is a finding if not."""
    try:
        run.fault.begin(run.live_run)
    except NotReady:
        return False
    return True


def _refuse_failure(row: Row, run: Run) -> None:
    found = [finding.value for finding in row.outcome.findings]
    if row.outcome.state != "success" or found:
        what = ", ".join([row.outcome.state, *found])
        raise _refusal(run, f"does not succeed undisturbed: {what}")


def _refusal(run: Run, message: str) -> InputError:
    """Return the error of an operator that does not do what it has to for a drill."""
    message = "; ".join(each for each in (message, run.live_run.last_words()) if each)
    return InputError.of(printable(run.target.text), printable(message))
