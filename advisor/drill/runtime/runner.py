"""The runner, which imports Airflow once and answers each line of JSON with one or more lines."""

from __future__ import annotations

import fcntl
import importlib
import os
import platform
import sys
import traceback
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from advisor.drill.runtime import guard, loader, messages, probe, sdk
from advisor.drill.runtime.attempts import AttemptSequence, ProcessEnd
from advisor.drill.runtime.clock import Clock
from advisor.drill.runtime.error_places import describe
from advisor.drill.runtime.events import Journal
from advisor.drill.runtime.forks import PreparedForks, in_fork
from advisor.drill.runtime.messages import (
    Loaded,
    LoadRequest,
    Message,
    NotLoaded,
    RunRequest,
    RunResult,
)
from advisor.drill.runtime.operator_facts import OperatorFacts, facts_of
from advisor.drill.runtime.processes import ForkedProcesses, Watched
from advisor.drill.runtime.recordings import Recordings
from advisor.drill.runtime.retry_cache import RetryCache
from advisor.drill.runtime.service import Behaviour, JobService, RunContext
from advisor.drill.runtime.stand_ins import FakeTaskBackend


class Runner:
    """Runs one operator once per request.

    Args:
        subject: the operator.
        folder: the folder for the journals.
    """

    def __init__(self, subject: loader.Subject, folder: Path) -> None:
        self._clock = Clock()
        self._clock.install()
        self._folder = folder
        self._retry_cache = RetryCache()
        self._recordings = Recordings()
        self._prepared = PreparedForks()
        self._context = RunContext(self._new_journal(), Behaviour(), lambda _: None)
        self._service = JobService(self._context, self._clock, subject.statuses)
        self._subject = subject
        sdk.warm_up(FakeTaskBackend(self._context))
        self.facts = self._facts()
        facts = self.facts
        self._watched = Watched(facts.files, facts.lines, subject.adapter)
        self._is_warm = False

    def run(self, request: RunRequest) -> RunResult:
        """Run the operator once."""
        self._context.behaviour = request.behaviour
        self._context.journal.close()
        self._context.journal = journal = self._new_journal()
        self._clock.reset()
        processes = ForkedProcesses(
            self._make,
            self._context,
            self._service,
            self._clock,
            self._watched,
            request,
            self._retry_cache,
            self._recordings,
            self._prepared,
        )
        retries, delays = request.retries, self.facts.retry_delays
        state = AttemptSequence(processes, self._context, self._clock, retries, delays).run()
        self._warm_up(processes.imported)
        events, reached = journal.read(), processes.reached
        return RunResult(request.number, state, events, reached, processes.left)

    def close(self) -> None:
        """End the process that is prepared for further runs."""
        self._prepared.close()

    def detach(self) -> None:
        """Stop sharing the clock and the journal with the process that forked this one."""
        self._clock.detach()
        self._context.journal = self._new_journal()

    def _make(self) -> Any:
        self._context.in_factory = True
        try:
            return sdk.operator_of(lambda: self._subject.make(self._service))
        finally:
            self._context.in_factory = False

    def _facts(self) -> OperatorFacts:
        """Return the facts of the operator, which is made in a fork only.

        So whatever a factory changes globally is reset before each attempt.
        """

        def work() -> ProcessEnd:
            facts = facts_of(self._make(), self._subject, self._service)
            return ProcessEnd("success", event=asdict(facts))

        adapter = self._subject.adapter
        end = in_fork(work, lambda error: describe(error, {*self._subject.files, adapter}))
        if end.state != "success":
            raise loader.UnsupportedTarget(
                end.error or f"the operator was {end.state} at its start"
            )
        warm_up(end.imported)
        return OperatorFacts(**end.event)

    def _warm_up(self, modules: Iterable[str]) -> None:
        """Import what the first run has imported, so that later forks do not import it again."""
        if not self._is_warm:
            self._is_warm = True
            warm_up(modules)

    def _new_journal(self) -> Journal:
        path = self._folder / f"journal-{os.getpid()}"
        path.unlink(missing_ok=True)
        return Journal(path, self._clock.time)


def warm_up(modules: Iterable[str]) -> None:
    """Import modules; those that cannot be imported here are left to the forks."""
    for name in modules:
        with suppress(Exception, SystemExit):
            importlib.import_module(name)


class AnswerWriter:
    """Writes answers, one per line, from several processes.

    Args:
        stream: the stream that the drill reads.
        folder: the folder for the lock.
    """

    def __init__(self, stream: TextIO, folder: Path) -> None:
        self._stream = stream
        self._lock = folder / "lock"

    def write(self, answer: Message) -> None:
        """Write an answer."""
        with self._lock.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._stream.write(messages.to_line(answer))
            self._stream.flush()


def main() -> None:
    """Answer requests from standard input until it ends."""
    request = messages.read_load_request(sys.stdin.readline())
    folder = Path(request.folder)
    # Send the prints of Airflow and the operator to stderr, so that stdout has only answers.
    answers = AnswerWriter(os.fdopen(os.dup(1), "w"), folder)
    os.dup2(2, 1)
    _isolate_airflow(folder)
    guard.install(folder / guard.RECORD)
    runner = _loaded(request, folder, answers)
    if runner is not None:
        for line in sys.stdin:
            batch = messages.read_run_batch(line)
            _share(batch.runs, batch.jobs, runner, answers)


def _isolate_airflow(folder: Path) -> None:
    """Keep Airflow away from the user's files, especially the database."""
    settings = {
        "AIRFLOW_HOME": str(folder),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder}/none/airflow.db",
    }
    os.environ.update(settings)


def _loaded(request: LoadRequest, folder: Path, answers: AnswerWriter) -> Runner | None:
    """Load the target; report the loaded operator, or why it cannot be loaded."""
    try:
        version = sdk.check_version()
        sdk.silence()
        if different := probe.differences():
            message = f"{sdk.PACKAGE} {version}: {'; '.join(different)}"
            raise sdk.UnsupportedSdk("probe", message)
        sdk.block_database()
        sdk.keep_schemas()
        subject = _subject(request)
        runner = Runner(subject, folder)
    except sdk.UnsupportedSdk as error:
        answers.write(NotLoaded(error.reason, str(error)))
    except loader.UnsupportedTarget as error:
        answers.write(NotLoaded("target", str(error)))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - user code can raise anything
        traceback.print_exc()
        files = {request.path} if request.factory else set()
        answers.write(NotLoaded("target", describe(error, files)))
    else:
        answers.write(_description(version, subject, runner))
        return runner
    return None


def _subject(request: LoadRequest) -> loader.Subject:
    path = Path(request.path)
    if request.stem:
        return loader.scaffolded(path, request.stem, request.jobs)
    return loader.from_factory(path, request.factory)


def _description(version: str, subject: loader.Subject, runner: Runner) -> Loaded:
    return Loaded(
        sdk=version,
        python=f"{sys.executable} {platform.python_version()}",
        files={name: path for path, name in runner.facts.files.items()},
        own=runner.facts.own,
        honours_keys=subject.honours_keys,
        listing_lag=subject.listing_lag,
        duration=runner.facts.duration,
        retries=runner.facts.retries,
    )


def _share(runs: Sequence[RunRequest], jobs: int, runner: Runner, answers: AnswerWriter) -> None:
    """Divide runs among `jobs` forks of this process."""
    if jobs == 1:
        for request in runs:
            answers.write(runner.run(request))
        runner.close()
        return
    children = []
    for number in range(jobs):
        child = os.fork()
        if child == 0:
            _work(runs[number::jobs], runner, answers)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)


def _work(runs: Sequence[RunRequest], runner: Runner, answers: AnswerWriter) -> None:
    try:
        runner.detach()
        for request in runs:
            answers.write(runner.run(request))
        runner.close()
    except BaseException:  # noqa: BLE001 - the fork must end here in any case
        traceback.print_exc()
    os._exit(0)
