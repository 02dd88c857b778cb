"""Runs the processes of a run in traced forks, or repeats their results from the cache."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Any, Final, TypeAlias

from advisor.drill.runtime import sdk
from advisor.drill.runtime.attempts import BROKEN, KILLED, STUCK, Attempt, ProcessEnd
from advisor.drill.runtime.clock import Clock
from advisor.drill.runtime.error_places import describe
from advisor.drill.runtime.events import (
    END,
    KILL,
    TRIGGER,
    Ended,
    Reached,
    SignalSent,
    Started,
    Submitted,
)
from advisor.drill.runtime.messages import RunRequest
from advisor.drill.runtime.recordings import Recordings
from advisor.drill.runtime.retry_cache import RetryCache, StartState, start_state
from advisor.drill.runtime.service import JobService, RunContext, age_of
from advisor.drill.runtime.stand_ins import FakeTaskBackend
from advisor.drill.runtime.tracer import GRACE_PERIOD, Lines, Tracer

TIME_LIMIT: Final = 10.0
"""Real seconds after which a process counts as stuck, since no process really waits."""
THREAD_TIMEOUT: Final = 0.2
"""Real seconds to wait for a thread to end."""
POOLS: Final = ("ThreadPoolExecutor", "asyncio")
"""Prefixes of the names of pool threads."""
SEED: Final = 4

Work: TypeAlias = Callable[[Any, "Tracer | None"], ProcessEnd]
"""Runs a process of an operator, with its tracer if it has one."""


@dataclass(frozen=True)
class Watched:
    """The files in which crash points and errors are located."""

    files: Mapping[str, str]
    """The files whose lines are crash points: their names in points, by path."""
    lines: Lines = field(default_factory=dict)
    """The first and last lines of the watched parts of a file, by path; other files are whole."""
    adapter: str = ""
    """The file of the factory; "" if there is none."""


def in_words(error: BaseException) -> str:
    """Return the type and the message of an error."""
    return f"{type(error).__name__}: {error}"


@dataclass
class ForkedProcesses:
    """Runs each process of a run in a fork of this one.

    Args:
        make: returns the operator; called in each process, as Airflow parses the Dag in each.
        context: the journal of the run, and the behaviour of the service.
        service: the service, which the task reaches through Airflow too.
        clock: the clock of the run.
        watched: the files whose lines are crash points, and the adapter.
        request: the signals of the run, at most one per process.
        retry_cache: the results of processes without a signal, from all runs.
        recordings: the processes that were recorded, from all runs.
    """

    make: Callable[[], Any]
    context: RunContext
    service: JobService
    clock: Clock
    watched: Watched
    request: RunRequest
    retry_cache: RetryCache
    recordings: Recordings
    imported: dict[str, None] = field(default_factory=dict)
    """The modules that the processes have imported, in order."""
    reached: list[Reached] = field(default_factory=list)
    left: str = ""
    """A digest of the state that the signals left behind; equal digests have equal retries."""

    def run_attempt(self, attempt: Attempt) -> ProcessEnd:
        """Run an attempt in a worker."""

        def work(task: Any, _: Tracer | None) -> ProcessEnd:
            return sdk.run_attempt(
                task, attempt, FakeTaskBackend(self.context, self.service), self._describe
            )

        return self._run(attempt.phase, attempt, work)

    def run_trigger(self, deferral: dict[str, Any], attempt: Attempt) -> ProcessEnd:
        """Run the trigger of a deferred attempt."""

        def work(task: Any, tracer: Tracer | None) -> ProcessEnd:
            backend = FakeTaskBackend(self.context, self.service)
            triggerer = sdk.triggerer(task, deferral, attempt, backend)

            def stop() -> None:
                self.clock.kill_after(GRACE_PERIOD)
                triggerer.stop()

            if tracer is not None and tracer.signal != KILL:
                # A Triggerer stops a single trigger without any signal.
                tracer.send = triggerer.end if tracer.signal == END else stop
            return triggerer.run()

        return self._run(TRIGGER, attempt, work, deferral)

    def resume_with(self, deferral: dict[str, Any], event: Any) -> dict[str, Any]:
        """Return the `resume` of an attempt after its trigger has sent an event."""
        return sdk.resume_with(deferral, event)

    def fail_with(self, error: str) -> dict[str, Any]:
        """Return the `resume` of an attempt after its trigger has failed."""
        return sdk.fail_with(error)

    def _run(
        self, phase: str, attempt: Attempt, work: Work, deferral: dict[str, Any] | None = None
    ) -> ProcessEnd:
        journal, number = self.context.journal, attempt.try_number
        journal.write(Started(phase, number))
        tracer = self._tracer(phase, sdk.trigger_file(deferral) if deferral else {})
        start = self._start_state([phase, vars(attempt), deferral])
        forked = partial(self._forked, tracer, f"{SEED} {phase} {number}", work)
        if tracer is None:
            end = self._repeated(start, forked)
        else:
            end = self._recorded(start, tracer, forked)
        self.reached += end.reached
        self.imported.update(dict.fromkeys(end.imported))
        journal.write(Ended(phase, number, end.state, end.error))
        return end

    def _start_state(self, given: list[Any]) -> StartState:
        journal, now = self.context.journal, self.clock.time()
        events = journal.read()
        ages = [age_of(each.job, events, now) for each in journal.of(Submitted)]
        return start_state([*given, vars(self.context.behaviour), now, ages], journal)

    def _recorded(
        self, start: StartState, tracer: Tracer, forked: Callable[[], ProcessEnd]
    ) -> ProcessEnd:
        """Do the work in a fork, unless it is killed and its events are known from a recording."""
        journal, recordings = self.context.journal, self.recordings
        if tracer.aim is not None and tracer.signal == KILL:
            end = recordings.repeat_kill(start, journal, self.clock, tracer.aim)
            if end is not None:
                return end
        first = len(journal.read())
        end = forked()
        if tracer.aim is None:
            recordings.add(start, journal, first, end)
        return end

    def _repeated(self, start: StartState, forked: Callable[[], ProcessEnd]) -> ProcessEnd:
        """Do the work in a fork, unless a process has done it from the same start state before."""
        journal = self.context.journal
        if self._sent() == len(self.request.aims):
            self.left = self.left or start.digest
        end = self.retry_cache.repeated(start, journal, forked)
        self.clock.put_forward(end.clock - self.clock.time())
        return end

    def _forked(self, tracer: Tracer | None, seed: str, work: Work) -> ProcessEnd:
        end = in_fork(lambda: self._traced(tracer, seed, work), self._describe)
        self.clock.cancel_kill()
        return replace(end, clock=self.clock.time())

    def _tracer(self, phase: str, also: Mapping[str, str]) -> Tracer | None:
        """Return the tracer of a process, or None if it gets no signal and records no points."""
        sent = self._sent()
        due = self.request.aims[sent] if sent < len(self.request.aims) else None
        if due is None and not self.request.record:
            return None
        if due is not None and due[0].phase != phase:
            return None
        files = {**also, **self.watched.files}
        tracer = Tracer(phase, files, self.context.journal, self.clock, due)
        tracer.lines = self.watched.lines
        return tracer

    def _describe(self, error: BaseException) -> str:
        return describe(error, {*self.watched.files, self.watched.adapter})

    def _sent(self) -> int:
        return sum(1 for _ in self.context.journal.of(SignalSent))

    def _traced(self, tracer: Tracer | None, seed: str, work: Work) -> ProcessEnd:
        # Gives each run the same jitter, but each attempt another one.
        random.seed(seed)
        self.context.reach = lambda _: None
        task = self.make()
        if tracer is None:
            return work(task, None)
        self.context.reach = tracer.reach
        tracer.start()
        try:
            end = work(task, tracer)
        finally:
            tracer.stop()
        return replace(end, reached=tracer.reached, times=tracer.times)


def in_fork(
    work: Callable[[], ProcessEnd], describe: Callable[[BaseException], str] = in_words
) -> ProcessEnd:
    """Do some work in a fork of this process.

    Args:
        work: the work.
        describe: returns the text of an error.

    Returns:
        The result of the work, or KILLED, STUCK, or BROKEN with the error that the work raised.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _report(writing, work, describe)
    os.close(writing)
    text = _read_report(reading, child)
    os.close(reading)
    _, status = os.waitpid(child, 0)
    if text is None:
        return ProcessEnd(STUCK)
    if os.WIFSIGNALED(status) or not text:
        return ProcessEnd(KILLED)
    return ProcessEnd.from_json(json.loads(text))


def _report(
    writing: int, work: Callable[[], ProcessEnd], describe: Callable[[BaseException], str]
) -> None:
    """Do the work, write its result, and end this process in any case."""
    before = len(sys.modules)
    try:
        sdk.forget_signals()
        end = work()
        _let_threads_end()
    except BaseException as error:  # noqa: BLE001 - the fork must end here in any case
        traceback.print_exc()
        end = ProcessEnd(BROKEN, describe(error))
    # From the end, because reading all names would copy a thousand pages of memory.
    new = islice(reversed(sys.modules), len(sys.modules) - before)
    end = replace(end, imported=tuple(new)[::-1])
    left = json.dumps(vars(end)).encode()
    while left:
        left = left[os.write(writing, left) :]
    sys.stderr.flush()
    os._exit(0)


def _let_threads_end() -> None:
    """Wait for threads to end, except for pool threads, which are idle."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.name.startswith(POOLS):
            thread.join(THREAD_TIMEOUT)


def _read_report(reading: int, child: int) -> bytes | None:
    """Return the output of a child, or None if it hung and was killed."""
    text = b""
    while True:
        if not select.select([reading], [], [], TIME_LIMIT)[0]:
            os.kill(child, signal.SIGKILL)
            return None
        more = os.read(reading, 1 << 16)
        if not more:
            return text
        text += more
