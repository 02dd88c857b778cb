"""The runner: it imports Airflow once, and answers each line of JSON with one or more."""

from __future__ import annotations

import fcntl
import gc
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any, Final, TextIO

from advisor.drill.runtime import loader, sdk
from advisor.drill.runtime.clock import Clock
from advisor.drill.runtime.events import to_json
from advisor.drill.runtime.journal import Journal
from advisor.drill.runtime.points import Point
from advisor.drill.runtime.retry_cache import RetryCache
from advisor.drill.runtime.run import Run, Signals
from advisor.drill.runtime.service import Behaviour, JobService, RunContext

MIXIN: Final = "resumablejobmixin.py"


class Runner:
    """Runs one operator under drill, as often as it is asked to.

    Args:
        subject: the operator.
        folder: for the journals.
    """

    def __init__(self, subject: loader.Subject, folder: Path) -> None:
        self._clock = Clock()
        self._clock.install()
        self._folder = folder
        self._retry_cache = RetryCache()
        self._context = RunContext(self._new_journal(), Behaviour(), lambda _: None)
        service = JobService(self._context, self._clock.time, subject.words)
        self._task = sdk.task_of(lambda: subject.make(service))
        self.files = {**loader.files_of(self._task), **subject.files}
        if sdk.is_resumable(self._task):
            self.files[sdk.mixin_file()] = MIXIN

    def run(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Run the operator; return the final state, the events, and what the signals left."""
        aims = tuple((Point(*point), name) for point, name in wanted["aims"])
        self._context.behaviour = Behaviour(**wanted["behaviour"])
        self._context.journal.close()
        self._context.journal = journal = self._new_journal()
        self._clock.reset()
        signals = Signals(aims, bool(wanted["record"]))
        run = Run(self._task, self._context, self._clock, self.files, signals, self._retry_cache)
        state = run.to_its_end()
        reached = [(list(point), at) for point, at in run.reached]
        events = [to_json(event) for event in journal.read()]
        said = {"state": state, "events": events, "reached": reached, "left": run.left}
        return {"id": wanted["id"], **said}

    def go_on_alone(self) -> None:
        """Share nothing any more with the process that this one is a fork of."""
        self._clock.leave_the_others()
        self._context.journal = self._new_journal()

    def _new_journal(self) -> Journal:
        path = self._folder / f"journal-{os.getpid()}"
        path.unlink(missing_ok=True)
        return Journal(path)


class Answers:
    """Where answers go, a line each, from more than one process.

    Args:
        stream: that the drill reads.
        folder: for the lock.
    """

    def __init__(self, stream: TextIO, folder: Path) -> None:
        self._stream = stream
        self._lock = folder / "lock"

    def say(self, said: dict[str, Any]) -> None:
        """Write an answer."""
        with self._lock.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._stream.write(json.dumps(said) + "\n")
            self._stream.flush()


def main() -> None:
    """Answer what is asked on standard input until it ends."""
    target = json.loads(sys.stdin.readline())
    folder = Path(target["folder"])
    # What Airflow or the operator prints is no answer.
    answers = Answers(os.fdopen(os.dup(1), "w"), folder)
    os.dup2(2, 1)
    _keep_to(folder)
    runner = _loaded(target, folder, answers)
    if runner is not None:
        for line in sys.stdin:
            wanted = json.loads(line)
            _share(wanted["runs"], wanted["jobs"], runner, answers)


def _keep_to(folder: Path) -> None:
    """Let Airflow read and write nothing of the user's, a database least of all."""
    settings = {
        "AIRFLOW_HOME": str(folder),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder}/none/airflow.db",
    }
    os.environ.update(settings)


def _loaded(target: dict[str, Any], folder: Path, answers: Answers) -> Runner | None:
    """Load the target and tell of it, or why it cannot be drilled."""
    try:
        version = sdk.check_version()
        sdk.silence()
        sdk.block_database()
        subject = _subject(target)
        runner = Runner(subject, folder)
        sdk.warm_up()
    except sdk.Unknown as error:
        answers.say({"refused": str(error)})
    except Exception as error:  # noqa: BLE001 - the target is the user's, and may raise anything
        traceback.print_exc()
        answers.say({"malformed": f"{type(error).__name__}: {error}"})
    else:
        gc.collect()
        gc.freeze()
        answers.say({"sdk": version, **_told(subject, runner)})
        return runner
    return None


def _subject(target: dict[str, Any]) -> loader.Subject:
    path = Path(target["path"])
    if target["stem"]:
        return loader.scaffolded(path, target["stem"])
    return loader.from_factory(path, target["factory"])


def _told(subject: loader.Subject, runner: Runner) -> dict[str, Any]:
    return {
        "files": {name: path for path, name in runner.files.items()},
        "own": list(subject.files.values()),
        "closes_window": subject.closes_window,
        "listing_lag": subject.listing_lag,
    }


def _share(runs: list[dict[str, Any]], jobs: int, runner: Runner, answers: Answers) -> None:
    """Do the runs, in several forks of this process where that is wanted."""
    if jobs == 1:
        for wanted in runs:
            answers.say(runner.run(wanted))
        return
    children = []
    for number in range(jobs):
        child = os.fork()
        if child == 0:
            _work(runs[number::jobs], runner, answers)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)


def _work(runs: list[dict[str, Any]], runner: Runner, answers: Answers) -> None:
    try:
        runner.go_on_alone()
        for wanted in runs:
            answers.say(runner.run(wanted))
    except BaseException:  # noqa: BLE001 - whatever it is, the fork must not go on
        traceback.print_exc()
    os._exit(0)
