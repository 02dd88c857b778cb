"""The stories of a drill on an Airflow that is up: told beside each other, and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from itertools import compress
from typing import Final, NamedTuple

from advisor.documents.model import printable
from advisor.drill.inside.journal import Event
from advisor.drill.inside.ledger import Ledger, behaviour
from advisor.drill.inside.points import KILL
from advisor.drill.judge import judge
from advisor.drill.model import Scenario, Target
from advisor.drill.real.board import Board
from advisor.drill.real.model import Row
from advisor.drill.real.project import dag_of
from advisor.drill.real.stories import STORIES, TRIGGERER_LOST, UNDISTURBED, Story
from advisor.drill.real.throwaway import RealAirflow
from advisor.drill.real.trial import Trial
from advisor.drill.real.waiting import NotReady
from advisor.errors import InputError

ORDER: Final = (UNDISTURBED, *STORIES)
AT_A_TIME: Final = 8
"""Runs beside each other. Its executor runs twice as many tasks: a killed one holds its place."""

Progress = Callable[[int, int], None]
"""Told how many runs are done, and of how many."""


class Wish(NamedTuple):
    """How to drill."""

    honours_keys: bool | None = None
    """Whether the service honours keys; None for what the hook says of the system."""
    only: Sequence[str] = ()
    """The ids of the stories beside the undisturbed run; () for all."""


class Run(NamedTuple):
    """A story and the run that it happens to."""

    target: Target
    story: Story
    trial: Trial


class Session:
    """The runs of a drill.

    Args:
        airflow: where they run; it is up.
        ledger: what the jobs are written to, and what is done to the runs.
        targets: what is drilled.
        wish: how.
    """

    def __init__(
        self, airflow: RealAirflow, ledger: Ledger, targets: Sequence[Target], wish: Wish
    ) -> None:
        self._airflow = airflow
        self._ledger = ledger
        self._targets = targets
        self._wish = wish
        self._board = Board(airflow)
        self._behaviour = behaviour(honours_keys=wish.honours_keys is not False, finds_keys=True)

    def rows(self, progress: Progress) -> list[Row]:
        """Tell every story of every target that it can happen to; return what came out.

        Raises:
            InputError: an operator does not wait, or does not succeed undisturbed.
            NotReady: Airflow does not do what it should.
        """
        with self._threads() as threads:
            runs = [*threads.map(self._undisturbed, self._targets)]
            rows = [self._row(run, state, run.trial.events()) for run, state in runs]
            for (run, _), row in zip(runs, rows, strict=True):
                _refuse_failure(row, run)
            first = {row.target: row.outcome.events for row in rows}
            wanted = self._wanted({run.target: run.trial.where for run, _ in runs})
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

    def _wanted(self, where: dict[Target, str]) -> list[tuple[Target, Story]]:
        """Return what is to happen, given where each target waits."""
        return [
            (target, story)
            for target in self._targets
            for story in STORIES
            if where[target] in story.where and (not self._wish.only or story.id in self._wish.only)
        ]

    def _each_told(
        self, wanted: Sequence[tuple[Target, Story]], threads: Executor
    ) -> Iterator[tuple[Run, str]]:
        """Let everything happen; yield each run with the final state of its task."""
        together = [each for each in wanted if each[1] is not TRIGGERER_LOST]
        for told in as_completed([threads.submit(self._told, *each) for each in together]):
            yield told.result()
        yield from self._triggerer_lost(
            [target for target, story in wanted if story is TRIGGERER_LOST], threads
        )

    def _undisturbed(self, target: Target) -> tuple[Run, str]:
        run = self._run(target, UNDISTURBED)
        try:
            run.story.begin(run.trial)
        except NotReady as error:
            raise _refusal(run, f"cannot be drilled: {error}") from None
        return run, run.story.end(run.trial)

    def _told(self, target: Target, story: Story) -> tuple[Run, str]:
        run = self._run(target, story)
        if _begun(run):
            story.disturb(run.trial)
        return run, story.end(run.trial)

    def _triggerer_lost(
        self, targets: Sequence[Target], threads: Executor
    ) -> Iterator[tuple[Run, str]]:
        """Lose the Triggerer while all targets wait in it: there is only one."""
        if not targets:
            return
        runs = [self._run(target, TRIGGERER_LOST) for target in targets]
        begun = [*threads.map(_begun, runs)]
        for run in compress(runs, begun):
            run.trial.note_signal(KILL)
        self._airflow.kill_triggerer()
        self._airflow.start_triggerer()
        yield from zip(runs, threads.map(lambda run: run.story.end(run.trial), runs), strict=True)

    def _run(self, target: Target, story: Story) -> Run:
        dag = dag_of(self._targets.index(target))
        trial = Trial(self._airflow, self._board, self._ledger, dag, f"{dag}-{story.id}")
        return Run(target, story, trial)

    def _row(self, run: Run, state: str, undisturbed: Sequence[Event]) -> Row:
        scenario = Scenario(run.story.aims, self._behaviour, run.story.title)
        leaves_jobs = run.target.leaves_jobs
        events = run.trial.events()
        outcome = judge(scenario, state, events, undisturbed, leaves_jobs=leaves_jobs)
        outcome = outcome._replace(in_window=run.story.held)
        return Row(run.target, run.story, outcome, run.trial.standing.try_number)

    def _place(self, row: Row) -> tuple[int, int]:
        return self._targets.index(row.target), ORDER.index(row.story)


def _begun(run: Run) -> bool:
    """Wait for the moment of a story; return whether it came, which is a finding if not."""
    try:
        run.story.begin(run.trial)
    except NotReady:
        return False
    return True


def _refuse_failure(row: Row, run: Run) -> None:
    found = [finding.value for finding in row.outcome.findings]
    if row.outcome.state != "success" or found:
        what = ", ".join([row.outcome.state, *found])
        raise _refusal(run, f"does not succeed undisturbed: {what}")


def _refusal(run: Run, said: str) -> InputError:
    """Return the error of an operator that does not do what it has to for a drill."""
    said = "; ".join(each for each in (said, run.trial.last_words()) if each)
    return InputError.of(printable(run.target.text), printable(said))
