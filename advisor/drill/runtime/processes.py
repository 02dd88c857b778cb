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
from typing import Any, Final, TypeAlias

from advisor.drill.runtime import sdk
from advisor.drill.runtime.attempts import BROKEN, KILLED, STUCK, Attempt, ProcessEnd
from advisor.drill.runtime.clock import Clock
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
from advisor.drill.runtime.retry_cache import RetryCache, start_state
from advisor.drill.runtime.service import RunContext, age_of
from advisor.drill.runtime.stand_ins import FakeTaskBackend
from advisor.drill.runtime.tracer import Tracer

TIME_LIMIT: Final = 10.0
"""Real seconds after which a process counts as stuck, since no process really waits."""
THREAD_TIMEOUT: Final = 0.2
"""Real seconds to wait for a thread to end."""
POOLS: Final = ("ThreadPoolExecutor", "asyncio")
"""Prefixes of the names of pool threads."""
SEED: Final = 4

Work: TypeAlias = Callable[["Tracer | None"], ProcessEnd]


@dataclass
class ForkedProcesses:
    """Runs each process of a run in a fork of this one.

    Args:
        task: the operator.
        context: the journal and the service of the run.
        clock: the clock of the run.
        files: the files whose lines are watched.
        request: the signals of the run, at most one per process.
        retry_cache: the results of processes without a signal, from all runs.
    """

    task: Any
    context: RunContext
    clock: Clock
    files: Mapping[str, str]
    request: RunRequest
    retry_cache: RetryCache
    reached: list[Reached] = field(default_factory=list)
    left: str = ""
    """A digest of the state that the signals left behind; equal digests have equal retries."""

    def run_attempt(self, attempt: Attempt) -> ProcessEnd:
        """Run an attempt in a worker."""
        backend = FakeTaskBackend(self.context)
        work: Work = lambda _: sdk.run_attempt(self.task, attempt, backend)  # noqa: E731
        return self._run(attempt.phase, attempt, work)

    def run_trigger(self, deferral: dict[str, Any], attempt: Attempt) -> ProcessEnd:
        """Run the trigger of a deferred attempt."""

        def work(tracer: Tracer | None) -> ProcessEnd:
            backend = FakeTaskBackend(self.context)
            triggerer = sdk.triggerer(self.task, deferral, attempt, backend)
            if tracer is not None and tracer.signal != KILL:
                # A Triggerer stops a single trigger without any signal.
                tracer.send = triggerer.end if tracer.signal == END else triggerer.stop
            return triggerer.run()

        return self._run(TRIGGER, attempt, work, deferral)

    def resume_with(self, deferral: dict[str, Any], event: Any) -> dict[str, Any]:
        """Return the `resume` of an attempt after its trigger has sent an event."""
        return sdk.resume_with(deferral, event)

    def _run(
        self, phase: str, attempt: Attempt, work: Work, deferral: dict[str, Any] | None = None
    ) -> ProcessEnd:
        journal, number = self.context.journal, attempt.try_number
        journal.write(Started(phase, number))
        tracer = self._tracer(phase, sdk.trigger_file(deferral) if deferral else {})
        if tracer is None:
            end = self._repeated([phase, vars(attempt), deferral], work)
        else:
            end = self._forked(tracer, work)
        self.reached += end.reached
        journal.write(Ended(phase, number, end.state, end.error))
        return end

    def _repeated(self, given: list[Any], work: Work) -> ProcessEnd:
        """Do the work in a fork, unless a process has done it from the same start state before."""
        journal = self.context.journal
        now, events = self.clock.time(), journal.read()
        ages = [age_of(each.job, events, now) for each in journal.of(Submitted)]
        start = start_state([*given, vars(self.context.behaviour), now, ages], journal)
        if self._sent() == len(self.request.aims):
            self.left = self.left or start.digest
        end = self.retry_cache.repeated(start, journal, lambda: self._forked(None, work))
        self.clock.put_forward(end.clock - self.clock.time())
        return end

    def _forked(self, tracer: Tracer | None, work: Work) -> ProcessEnd:
        end = in_fork(lambda: self._traced(tracer, work))
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
        return Tracer(phase, {**also, **self.files}, self.context.journal, self.clock, due)

    def _sent(self) -> int:
        return sum(1 for _ in self.context.journal.of(SignalSent))

    def _traced(self, tracer: Tracer | None, work: Work) -> ProcessEnd:
        random.seed(SEED)  # gives each run the same jitter
        if tracer is None:
            self.context.reach = lambda _: None
            return work(None)
        self.context.reach = tracer.reach
        tracer.start()
        try:
            end = work(tracer)
        finally:
            tracer.stop()
        return replace(end, reached=tracer.reached)


def in_fork(work: Callable[[], ProcessEnd]) -> ProcessEnd:
    """Do some work in a fork of this process.

    Returns:
        The result of the work, or KILLED, STUCK, or BROKEN with the error that the work raised.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _report(writing, work)
    os.close(writing)
    text = _read_report(reading, child)
    os.close(reading)
    _, status = os.waitpid(child, 0)
    if text is None:
        return ProcessEnd(STUCK)
    if os.WIFSIGNALED(status) or not text:
        return ProcessEnd(KILLED)
    return ProcessEnd.from_json(json.loads(text))


def _report(writing: int, work: Callable[[], ProcessEnd]) -> None:
    """Do the work, write its result, and end this process in any case."""
    try:
        sdk.forget_signals()
        end = work()
        _let_threads_end()
    except BaseException as error:  # noqa: BLE001 - the fork must end here in any case
        traceback.print_exc()
        end = ProcessEnd(BROKEN, f"{type(error).__name__}: {error}")
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
