"""Traces a process of a run, and sends it a signal at a crash point."""

from __future__ import annotations

import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from functools import cache
from types import CodeType, FrameType
from typing import Any, Final

from advisor.drill.runtime.clock import Clock, send_signal
from advisor.drill.runtime.events import END, KILL, TERM, Journal, Point, Reached, SignalSent

Trace = Callable[[FrameType, str, Any], Any]
Lines = Mapping[str, Sequence[tuple[int, int]]]
"""The first and last lines of parts of a file, by path."""

SIGNALS: Final = {KILL: signal.SIGKILL, TERM: signal.SIGTERM, END: signal.SIGTERM}
GRACE_PERIOD: Final = 600.0
"""Seconds after which a worker that is asked to stop is killed.

Airflow forwards SIGTERM to the task and waits (airflow/sdk/execution_time/supervisor.py). The
platform kills the worker: `workers.terminationGracePeriodSeconds` in Airflow's Helm chart.
"""
ESCALATION: Final = 5.0
"""Seconds after which Airflow kills a task that a user has ended (`WatchedSubprocess.kill`)."""


class Tracer:
    """Watches external calls and the lines of some files, and sends one signal.

    Args:
        phase: the phase of the process: `execute`, `trigger` or `resume`.
        files: the names of the files in places, by path.
        journal: records the signal before it is sent.
        clock: kills the process some time after a user has ended its task.
        aim: the point and the signal to send there; None to record every point instead.
    """

    def __init__(
        self,
        phase: str,
        files: Mapping[str, str],
        journal: Journal,
        clock: Clock,
        aim: tuple[Point, str] | None,
    ) -> None:
        self.phase = phase
        self.files = files
        self.lines: Lines = {}
        """The first and last lines of the watched parts of a file; other files are whole."""
        self.journal = journal
        self.clock = clock
        self.aim = aim[0] if aim else None
        self.signal = aim[1] if aim else ""
        self.reached: list[Reached] = []
        self.times: list[float] = []
        self.sent = False
        self.send = self._kill
        """Sends the signal."""
        self._reach: Callable[[str], None] = self._reached
        self.visits: Counter[str] = Counter()
        """How often each place was reached, also in earlier processes of the run."""
        self._lock = threading.RLock()

    def start_at(self, entries: Container[CodeType], enter: Callable[[bool], None]) -> None:
        """Start to watch when this thread calls one of some functions.

        Args:
            entries: the functions.
            enter: called before the function; with False if a place is reached earlier.
        """
        self._reach = lambda _: enter(False)

        def call(frame: FrameType, event: str, arg: Any) -> Any:
            code = frame.f_code
            if code in entries:
                enter(True)
                self.stop()
                self._reach = self._reached
                self.start()
                trace: Any = sys.gettrace()
                return trace(frame, event, arg) if trace else None
            if code.co_filename in self.files and _is_within(code, self.lines):
                enter(False)
            return None

        sys.settrace(call)

    def start(self) -> None:
        """Watch this thread and the threads that it starts, unless the aim is a call."""
        watched = self._watched()
        if watched:
            line = self.aim.place.rpartition(":")[2] if self.aim else None
            trace = _each_line_in(watched, self.lines, self.reach, int(line) if line else None)
            threading.settrace(trace)
            sys.settrace(trace)

    def stop(self) -> None:
        """Stop watching."""
        sys.settrace(None)
        threading.settrace(None)

    def reach(self, place: str) -> None:
        """Record a place that is reached, or send the signal if the place is the aim."""
        self._reach(place)

    def _reached(self, place: str) -> None:
        if self.aim is None:
            self._record(place)
        elif place == self.aim.place and not self.sent:
            self._count_down(self.aim)

    def _record(self, place: str) -> None:
        with self._lock:
            self.visits[place] += 1
            point = Point(self.phase, place, self.visits[place])
            self.reached.append(Reached(point, len(self.journal.read())))
            self.times.append(self.clock.time())

    def _count_down(self, aim: Point) -> None:
        with self._lock:
            self.visits[aim.place] += 1
            if self.visits[aim.place] == aim.visit:
                self.sent = True
                self.journal.write(SignalSent(self.signal, aim))
                self.stop()
                self.send()

    def _kill(self) -> None:
        if self.signal != KILL:
            self.clock.kill_after(ESCALATION if self.signal == END else GRACE_PERIOD)
        send_signal(SIGNALS[self.signal])

    def _watched(self) -> Mapping[str, str]:
        """Return only the files that matter, as watching one costs a sixth of the process time."""
        if self.aim is None:
            return self.files
        aimed_file = self.aim.place.rpartition(":")[0]
        return {path: name for path, name in self.files.items() if name == aimed_file}


def _each_line_in(
    files: Mapping[str, str], lines: Lines, reach: Callable[[str], None], aim: int | None
) -> Trace:
    """Return a trace function that reports each line of some files before it is executed.

    With the number of a line as `aim`, it watches only functions that contain this line.
    """

    def call(frame: FrameType, _event: str, _arg: object) -> Trace | None:
        code = frame.f_code
        name = files.get(code.co_filename)
        if name is None or not _is_within(code, lines):
            return None
        if aim is not None and aim not in _lines_of(code):
            return None

        def line(frame: FrameType, event: str, _arg: object) -> Trace:
            if event == "line":
                reach(f"{name}:{frame.f_lineno}")
            return line

        return line

    return call


@cache
def _lines_of(code: CodeType) -> frozenset[int | None]:
    """Return the numbers of the lines of a function."""
    return frozenset(line for _, _, line in code.co_lines())


def _is_within(code: CodeType, lines: Lines) -> bool:
    """Return whether a function is in a watched part of its file."""
    parts = lines.get(code.co_filename)
    return parts is None or any(first <= code.co_firstlineno <= last for first, last in parts)
