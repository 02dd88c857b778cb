"""One run: attempt after attempt, each in a process of its own, as Airflow would start them."""

from __future__ import annotations

import gc
import json
import os
import random
import select
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from advisor.drill.runtime import sdk
from advisor.drill.runtime.attempts import Attempt
from advisor.drill.runtime.clock import Clock
from advisor.drill.runtime.events import (
    Ended,
    JobsEnded,
    SignalSent,
    Started,
    Submitted,
    XComCleared,
)
from advisor.drill.runtime.points import END, EXECUTE, KILL, RESUME, TRIGGER, Point, Reached
from advisor.drill.runtime.retry_cache import RetryCache, start_state
from advisor.drill.runtime.service import RunContext
from advisor.drill.runtime.task_backend import FakeTaskBackend
from advisor.drill.runtime.tracer import Tracer

PATIENCE: Final = 10.0
"""Real seconds after which a process is stuck, since none of them has to wait for anything."""
LAST_MOMENT: Final = 0.2
"""Real seconds."""
POOLS: Final = ("ThreadPoolExecutor", "asyncio")
"""How the names of the threads of a pool begin."""
SEED: Final = 4
MOST_PROCESSES: Final = 12
"""Processes of one run, after which it will not end."""
DETECTION: Final = 300.0
"""Seconds after which Airflow notices that a worker is lost."""

OVER: Final = frozenset({"success", "failed", "skipped", "stuck"})


class Signals(NamedTuple):
    """The signals of a run, one for a process each: where they are sent, and which."""

    aims: tuple[tuple[Point, str], ...] = ()
    record: bool = False
    """Whether to note every point of the processes that come after the signals."""


@dataclass
class Run:
    """A run of the operator under drill, on a stage that was set for it.

    Args:
        task: the operator.
        stage: where it runs.
        clock: its time.
        files: whose lines are watched.
        signals: what is sent to it.
        known: what unsignalled processes did in this run and others.
    """

    task: Any
    context: RunContext
    clock: Clock
    files: Mapping[str, str]
    signals: Signals
    retry_cache: RetryCache
    reached: list[Reached] = field(default_factory=list)
    left: str = ""
    """What the signals have left behind: the same text, the same processes after them."""

    def to_its_end(self) -> str:
        """Let attempts follow each other as Airflow would; return the last state."""
        attempt, deferral = Attempt(1, int(self.task.retries)), None
        for _ in range(MOST_PROCESSES):
            if deferral is not None:
                event = self._watched(deferral, attempt)
                if event["state"] == "stuck":
                    return "stuck"
                if self._user_ended():
                    return "failed"
                if event["state"] != "fired":
                    continue
                attempt = attempt._replace(resume=sdk.resume_with(deferral, event["event"]))
            state, deferral = self._attempted(attempt)
            if state in OVER:
                return state
            attempt = self._next(attempt, state)
            if attempt.try_number > attempt.max_tries + 1:
                return "failed"
        return "endless"

    def _attempted(self, attempt: Attempt) -> tuple[str, dict[str, Any] | None]:
        """Run an attempt; return the state that Airflow gives the task, and its deferral."""
        phase = RESUME if attempt.resume else EXECUTE
        found = self._in_process(phase, attempt, lambda _: self._execute(attempt))
        state = str(found["state"])
        if self._user_ended() and state != "stuck":
            # Nobody waits for what the process says: the state is the user's.
            return "failed", None
        self.clock.put_forward(found.get("seconds", 0.0))
        return state, found.get("deferral")

    def _next(self, attempt: Attempt, state: str) -> Attempt:
        if state == "deferred":
            return attempt
        self.context.journal.write(XComCleared())  # as Airflow does with XCom
        if state == "up_for_reschedule":
            return attempt._replace(resume=None)
        if state == "killed":
            self.clock.put_forward(DETECTION)
        self._let_jobs_end()
        return attempt._replace(try_number=attempt.try_number + 1, resume=None)

    def _watched(self, deferral: dict[str, Any], attempt: Attempt) -> dict[str, Any]:
        """Run the trigger; return its event, or why it has none and has to run again."""
        return self._in_process(
            TRIGGER,
            attempt,
            lambda tracer: self._watch(deferral, attempt, tracer),
            deferral,
        )

    def _execute(self, attempt: Attempt) -> dict[str, Any]:
        ended = sdk.run_attempt(self.task, attempt, FakeTaskBackend(self.context))
        return ended._asdict()

    def _watch(
        self, deferral: dict[str, Any], attempt: Attempt, tracer: Tracer | None
    ) -> dict[str, Any]:
        triggerer = sdk.triggerer(self.task, deferral, attempt, FakeTaskBackend(self.context))
        if tracer is not None and tracer.signal != KILL:
            # The Triggerer is not signalled for one trigger: it stops that trigger.
            tracer.send = triggerer.end if tracer.signal == END else triggerer.stop
        return triggerer.run()

    def _in_process(
        self,
        phase: str,
        attempt: Attempt,
        work: Callable[[Tracer | None], dict[str, Any]],
        deferral: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Do some work in a fork of this process; return what it says of its end."""
        self.context.journal.write(Started(phase, attempt.try_number))
        tracer = self._tracer(phase, sdk.trigger_file(deferral) if deferral else {})
        if tracer is None:
            ended = self._repeated([phase, attempt, deferral], work)
        else:
            ended = self._forked(tracer, work)
        self.reached += [Reached(Point(*point), at) for point, at in ended.get("reached", ())]
        state, error = ended["state"], ended.get("error")
        self.context.journal.write(Ended(phase, attempt.try_number, state, error))
        return ended

    def _repeated(
        self, given: list[Any], work: Callable[[Tracer | None], dict[str, Any]]
    ) -> dict[str, Any]:
        """Do some work in a fork, unless what comes of it is known."""
        journal = self.context.journal
        finds = start_state([*given, self.context.behaviour, self.clock.time()], journal)
        if self._sent() == len(self.signals.aims):
            self.left = self.left or finds.digest
        ended = self.retry_cache.repeated(finds, journal, lambda: self._forked(None, work))
        self.clock.put_forward(ended["clock"] - self.clock.time())
        return ended

    def _forked(
        self, tracer: Tracer | None, work: Callable[[Tracer | None], dict[str, Any]]
    ) -> dict[str, Any]:
        ended = in_fork(lambda: self._traced(tracer, work))
        self.clock.spare()
        return {**ended, "clock": self.clock.time()}

    def _tracer(self, phase: str, also: Mapping[str, str]) -> Tracer | None:
        """Return the tracer of a process, None where nothing is to be sent to it or noted."""
        sent = self._sent()
        due = self.signals.aims[sent] if sent < len(self.signals.aims) else None
        if due is None and not self.signals.record:
            return None
        if due is not None and due[0].phase != phase:
            return None
        return Tracer(phase, {**also, **self.files}, self.context.journal, self.clock, due)

    def _sent(self) -> int:
        return sum(1 for _ in self.context.journal.of(SignalSent))

    def _traced(
        self, tracer: Tracer | None, work: Callable[[Tracer | None], dict[str, Any]]
    ) -> dict[str, Any]:
        if tracer is None:
            self.context.reach = lambda _: None
            random.seed(SEED)
            return work(None)
        self.context.reach = tracer.reach
        tracer.start()
        random.seed(SEED)  # the jitter of pauses, so that a run repeats another
        try:
            found = work(tracer)
        finally:
            tracer.stop()
        return {**found, "reached": [(list(point), at) for point, at in tracer.reached]}

    def _user_ended(self) -> bool:
        return any(event.signal == END for event in self.context.journal.of(SignalSent))

    def _let_jobs_end(self) -> None:
        """Where the service is told to, let the jobs end that nobody looks at."""
        if self.context.behaviour.unseen:
            jobs = [event.job for event in self.context.journal.of(Submitted)]
            self.context.journal.write(JobsEnded(jobs))


def in_fork(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do some work in a fork of this process.

    Returns:
        What it returns; or `state`: `killed` by a signal, `stuck`, or `broken`, with an `error`.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _tell(writing, work)
    os.close(writing)
    said = _listen(reading, child)
    os.close(reading)
    _, status = os.waitpid(child, 0)
    if said is None:
        return {"state": "stuck"}
    if os.WIFSIGNALED(status):
        return {"state": "killed"}
    return json.loads(said) if said else {"state": "killed"}


def _tell(writing: int, work: Callable[[], dict[str, Any]]) -> None:
    """Do the work, write what it returns, and end this process whatever happens."""
    try:
        gc.disable()  # it will not live for long, and a collection would copy every page
        sdk.forget_signals()
        said = work()
        _let_threads_end()
    except BaseException as error:  # noqa: BLE001 - whatever it is, the fork must not go on
        traceback.print_exc()
        said = {"state": "broken", "error": f"{type(error).__name__}: {error}"}
    left = json.dumps(said).encode()
    while left:
        left = left[os.write(writing, left) :]
    sys.stderr.flush()
    os._exit(0)


def _let_threads_end() -> None:
    """Leave threads the moment that a worker needs to report and to end; those of a pool idle."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.name.startswith(POOLS):
            thread.join(LAST_MOMENT)


def _listen(reading: int, child: int) -> bytes | None:
    """Return what a child writes until its end, None where it had to be killed."""
    said = b""
    while True:
        if not select.select([reading], [], [], PATIENCE)[0]:
            os.kill(child, signal.SIGKILL)
            return None
        more = os.read(reading, 1 << 16)
        if not more:
            return said
        said += more
