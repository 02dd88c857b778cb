"""Runs the processes of a run in traced forks, or repeats their results from the cache."""

from __future__ import annotations

import json
import os
import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

from advisor.drill.runtime import sdk
from advisor.drill.runtime.attempts import Attempt, ProcessEnd
from advisor.drill.runtime.clock import Clock
from advisor.drill.runtime.error_places import describe
from advisor.drill.runtime.events import (
    END,
    EXECUTE,
    KILL,
    TRIGGER,
    Ended,
    Journal,
    Point,
    Reached,
    SignalSent,
    Started,
    Submitted,
)
from advisor.drill.runtime.forks import PreparedFork, PreparedForks, in_fork
from advisor.drill.runtime.messages import RunRequest
from advisor.drill.runtime.recordings import Recordings
from advisor.drill.runtime.retry_cache import RetryCache, StartState, start_state
from advisor.drill.runtime.service import JobService, RunContext, age_of
from advisor.drill.runtime.stand_ins import FakeTaskBackend
from advisor.drill.runtime.tracer import GRACE_PERIOD, Lines, Tracer

SEED: Final = 4

Work: TypeAlias = Callable[[Any, "Tracer | None"], ProcessEnd]
"""Runs a process of an operator, with its tracer if it has one."""
Wait: TypeAlias = Callable[[], str]
"""Returns in a fork of a prepared process, with the request."""


class Traced(Protocol):
    """Traces a process of an operator, which waits before `execute` if it is given a Wait."""

    def __call__(self, wait: Wait | None = None) -> ProcessEnd:
        """Run the process."""


@dataclass(frozen=True)
class Watched:
    """The files in which crash points and errors are located."""

    files: Mapping[str, str]
    """The files whose lines are crash points: their names in points, by path."""
    lines: Lines = field(default_factory=dict)
    """The first and last lines of the watched parts of a file, by path; other files are whole."""
    adapter: str = ""
    """The file of the factory; "" if there is none."""


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
        prepared: the process that is prepared for the runs with signals.
    """

    make: Callable[[], Any]
    context: RunContext
    service: JobService
    clock: Clock
    watched: Watched
    request: RunRequest
    retry_cache: RetryCache
    recordings: Recordings
    prepared: PreparedForks
    imported: dict[str, None] = field(default_factory=dict)
    """The modules that the processes have imported, in order."""
    reached: list[Reached] = field(default_factory=list)
    _visits: dict[str, Mapping[str, int]] = field(default_factory=dict)
    """How often each place was reached since the last signal, by phase."""
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
        journal, number, sent = self.context.journal, attempt.try_number, self._sent()
        journal.write(Started(phase, number))
        tracer = self._tracer(phase, sdk.trigger_file(deferral) if deferral else {})
        start = self._start_state([phase, vars(attempt), deferral])
        traced = partial(self._traced, tracer, f"{SEED} {phase} {number}", work)
        if tracer is None:
            end = self._repeated(start, traced)
        else:
            end = self._recorded(start, tracer, traced)
        # The second point of a pair is counted from the first signal.
        self._visits = {**self._visits, phase: end.visits} if self._sent() == sent else {}
        self.reached += end.reached
        self.imported.update(dict.fromkeys(end.imported))
        journal.write(Ended(phase, number, end.state, end.error))
        return end

    def _start_state(self, given: list[Any]) -> StartState:
        journal, now = self.context.journal, self.clock.time()
        events = journal.read()
        ages = [age_of(each.job, events, now) for each in journal.of(Submitted)]
        return start_state([*given, vars(self.context.behaviour), now, ages], journal)

    def _recorded(self, start: StartState, tracer: Tracer, traced: Traced) -> ProcessEnd:
        """Do the work in a fork, unless it is killed and its events are known from a recording."""
        journal, recordings = self.context.journal, self.recordings
        if tracer.aim is not None and tracer.signal == KILL:
            visits = tracer.visits[tracer.aim.place]
            end = recordings.repeat_kill(start, journal, self.clock, tracer.aim, visits)
            if end is not None:
                return end
        first = len(journal.read())
        end = self._finished(start, tracer, traced) or self._forked(traced)
        if tracer.aim is None:
            recordings.add(start, journal, first, end)
        return end

    def _finished(self, start: StartState, tracer: Tracer, traced: Traced) -> ProcessEnd | None:
        """Do the work in a prepared fork, if it is the first process of a run and gets a signal."""
        journal = self.context.journal
        if tracer.aim is None or tracer.phase != EXECUTE or len(journal.read()) > 1:
            return None
        request = json.dumps([str(journal.path), tracer.aim, tracer.signal])

        def prepare() -> PreparedFork:
            return PreparedFork(traced, self._describe)

        end = self.prepared.finish(start.text, prepare, request)
        if end is None:
            self.clock.reset()  # it can have moved if the first part of the work has failed
            return None
        return self._with_clock(end)

    def _repeated(self, start: StartState, traced: Traced) -> ProcessEnd:
        """Do the work in a fork, unless a process has done it from the same start state before."""
        journal = self.context.journal
        if self._sent() == len(self.request.aims):
            self.left = self.left or start.digest
        end = self.retry_cache.repeated(start, journal, partial(self._forked, traced))
        self.clock.put_forward(end.clock - self.clock.time())
        return end

    def _forked(self, traced: Traced) -> ProcessEnd:
        return self._with_clock(in_fork(traced, self._describe))

    def _with_clock(self, end: ProcessEnd) -> ProcessEnd:
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
        tracer.visits.update(self._visits.get(phase, {}))
        return tracer

    def _describe(self, error: BaseException) -> str:
        return describe(error, {*self.watched.files, self.watched.adapter})

    def _sent(self) -> int:
        return sum(1 for _ in self.context.journal.of(SignalSent))

    def _traced(
        self, tracer: Tracer | None, seed: str, work: Work, wait: Wait | None = None
    ) -> ProcessEnd:
        # Gives each run the same jitter, but each attempt another one.
        random.seed(seed)
        self.context.reach = lambda _: None
        enter = self._prepare(tracer, wait) if tracer and wait else None
        task = self.make()
        if tracer is None:
            return work(task, None)
        self.context.reach = tracer.reach
        if enter is None:
            tracer.start()
        else:
            tracer.start_at(sdk.entries(task), enter)
        try:
            end = work(task, tracer)
        finally:
            tracer.stop()
        visits = {**tracer.visits}
        return replace(end, reached=tracer.reached, times=tracer.times, visits=visits)

    def _prepare(self, tracer: Tracer, wait: Wait) -> Callable[[bool], None]:
        """Return what a prepared process does before `execute`.

        It ends there if it has done anything that its forks would not repeat.
        """
        path, now = self.context.journal.path.with_suffix(".prepared"), self.clock.time()
        started = [*self.context.journal.read()]
        path.unlink(missing_ok=True)
        self.context.journal = Journal(path, self.clock.time)
        self.context.journal.extend(started)

        def enter(is_first: bool) -> None:
            is_same = self.context.journal.read() == started and self.clock.time() == now
            if not is_first or not is_same or threading.active_count() > 1:
                os._exit(0)
            pid, state = os.getpid(), random.getstate()
            journal, aim, tracer.signal = json.loads(wait())
            # Airflow's signal handler ignores signals to other processes than this one.
            os.getpid = lambda: pid
            random.setstate(state)
            tracer.aim = Point(*aim)
            tracer.journal = self.context.journal = Journal(Path(journal), self.clock.time)

        return enter
