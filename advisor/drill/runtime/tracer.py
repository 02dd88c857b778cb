"""The tracer: it watches a process of a run, and sends it a signal at a crash point."""

from __future__ import annotations

import os
import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

from advisor.drill.runtime.clock import Clock
from advisor.drill.runtime.events import SignalSent
from advisor.drill.runtime.journal import Journal
from advisor.drill.runtime.points import END, ESCALATION, SIGNALS, Point, Reached

Trace = Callable[[FrameType, str, Any], Any]


class Tracer:
    """Watches the lines of some files and the calls to the outside; sends one signal.

    Args:
        phase: of the run: `execute`, `trigger` or `resume`.
        files: the names that places give to the files, by their paths.
        journal: where to note the signal, before it is sent.
        clock: what ends a process that a user has ended.
        sending: where to send which of SIGNALS; None to note every point instead.
    """

    def __init__(
        self,
        phase: str,
        files: Mapping[str, str],
        journal: Journal,
        clock: Clock,
        sending: tuple[Point, str] | None,
    ) -> None:
        self.phase = phase
        self.files = files
        self.journal = journal
        self.clock = clock
        self.aim = sending[0] if sending else None
        self.signal = sending[1] if sending else ""
        self.reached: list[Reached] = []
        self.sent = False
        self.send = self._kill
        """Sends the signal."""
        self._visits: Counter[str] = Counter()
        self._lock = threading.RLock()

    def start(self) -> None:
        """Watch this thread and those to come, where a line can be the one."""
        watched = self._watched()
        if watched:
            trace = _each_line_in(watched, self.reach)
            threading.settrace(trace)
            sys.settrace(trace)

    def stop(self) -> None:
        """Watch no more."""
        sys.settrace(None)
        threading.settrace(None)

    def reach(self, place: str) -> None:
        """Note that a place is reached, and send the signal if it is the one."""
        if self.aim is None:
            self._note(place)
        elif place == self.aim.place and not self.sent:
            self._count_down(self.aim)

    def _note(self, place: str) -> None:
        with self._lock:
            self._visits[place] += 1
            point = Point(self.phase, place, self._visits[place])
            self.reached.append(Reached(point, len(self.journal.read())))

    def _count_down(self, aim: Point) -> None:
        with self._lock:
            self._visits[aim.place] += 1
            if self._visits[aim.place] == aim.visit:
                self.sent = True
                self.journal.write(SignalSent(self.signal, aim))
                self.stop()
                self.send()

    def _kill(self) -> None:
        if self.signal == END:
            self.clock.kill_after(ESCALATION)
        os.kill(os.getpid(), SIGNALS[self.signal])

    def _watched(self) -> Mapping[str, str]:
        """Return the files whose lines matter: to watch costs a sixth of what a process does."""
        if self.aim is None:
            return self.files
        aimed_at = self.aim.place.rpartition(":")[0]
        return {path: name for path, name in self.files.items() if name == aimed_at}


def _each_line_in(files: Mapping[str, str], reach: Callable[[str], None]) -> Trace:
    """Return a trace function that tells of each line in some files, before it is executed."""

    def call(frame: FrameType, _event: str, _arg: object) -> Trace | None:
        name = files.get(frame.f_code.co_filename)
        if name is None:
            return None

        def line(frame: FrameType, event: str, _arg: object) -> Trace:
            if event == "line":
                reach(f"{name}:{frame.f_lineno}")
            return line

        return line

    return call
