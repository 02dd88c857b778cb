"""Recordings of processes, from which kills are repeated without running a process again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from advisor.drill.runtime.attempts import KILLED, ProcessEnd
from advisor.drill.runtime.clock import Clock
from advisor.drill.runtime.events import KILL, Journal, Point, SignalSent, from_json, to_json
from advisor.drill.runtime.retry_cache import StartState, renamed


@dataclass(frozen=True)
class _Recording:
    """The events of a process as JSON, and when it reached each point."""

    tokens: Sequence[str]
    """The random texts in its start state."""
    events: str
    reached: Mapping[Point, tuple[int, float]]
    """The number of its events and the time at each point."""
    before: Mapping[str, int]
    """How often earlier processes of the run had reached each place."""


class Recordings:
    """The recorded processes by their start states.

    SIGKILL leaves behind what the process has done before, and nothing else. So a process that
    starts from a recorded state and is killed at a point has the recorded events up to the point.
    """

    def __init__(self) -> None:
        self._recordings: dict[str, _Recording] = {}

    def add(self, start: StartState, journal: Journal, first: int, end: ProcessEnd) -> None:
        """Add a process that was not killed.

        Args:
            start: the start state of the process.
            journal: the journal of its run.
            first: the number of events before its own.
            end: its end, with the points that it reached.
        """
        events = json.dumps([to_json(event) for event in journal.read()[first:]])
        moments = zip(end.reached, end.times, strict=True)
        reached = {point: (count - first, time) for (point, count), time in moments}
        before = {point.place: point.visit - 1 for point in [*reached][::-1]}
        self._recordings[start.text] = _Recording(start.tokens, events, reached, before)

    def repeat_kill(
        self, start: StartState, journal: Journal, clock: Clock, point: Point, visits: int = 0
    ) -> ProcessEnd | None:
        """Write the events of a process that is killed at a point, and set the clock.

        Args:
            start: the start state of the process.
            journal: the journal of its run.
            clock: the clock of its run.
            point: the point at which it is killed.
            visits: how often earlier processes of its run have reached the place of the point.

        Returns:
            Its end, or None if no process from this start state was recorded at the point.
        """
        recording = self._recordings.get(start.text)
        if recording is None or point not in recording.reached:
            return None
        if recording.before[point.place] != visits:
            return None
        names = dict(zip(recording.tokens, start.tokens, strict=True))
        count, time = recording.reached[point]
        events = json.loads(renamed(recording.events, names))[:count]
        journal.extend(map(from_json, events))
        clock.put_forward(time - clock.time())
        journal.write(SignalSent(KILL, point))
        return ProcessEnd(KILLED, clock=clock.time())
