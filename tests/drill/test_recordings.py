"""A kill at a recorded point is repeated from the recording: its events, the time and the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.drill.runtime.attempts import KILLED, ProcessEnd
from advisor.drill.runtime.clock import Clock
from advisor.drill.runtime.events import (
    KILL,
    Journal,
    Point,
    Polled,
    Reached,
    SignalSent,
    Started,
    Submitted,
)
from advisor.drill.runtime.recordings import Recordings
from advisor.drill.runtime.retry_cache import StartState, start_state

FIRST, SECOND = Point("execute", "operators.py:2", 1), Point("execute", "operators.py:3", 1)
KEY, OTHER_KEY = "0123456789abcdef", "fedcba9876543210"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / "journal")
    journal.write(Started("execute", 1))
    yield journal
    journal.close()


def recorded(folder: Path, clock: Clock, key: str = KEY) -> Recordings:
    """Return a recording of a process that submits a job after its first point."""
    journal = Journal(folder / "recorded")
    journal.write(Started("execute", 1))
    start = started_with(key, journal)
    journal.write(Submitted("job-1", key, {}))
    journal.write(Polled("job-1", "running"))
    reached = (Reached(FIRST, 1), Reached(SECOND, 2))
    times = (clock.time(), clock.time() + 5)
    recordings = Recordings()
    recordings.add(start, journal, 1, ProcessEnd("success", reached=reached, times=times))
    journal.close()
    return recordings


def started_with(key: str, journal: Journal) -> StartState:
    return start_state(["execute", key], journal)


def test_repeat_kill_writes_the_events_before_the_point(tmp_path: Path, journal: Journal) -> None:
    clock = Clock()
    start = clock.time()
    end = recorded(tmp_path, clock).repeat_kill(started_with(KEY, journal), journal, clock, SECOND)
    assert end == ProcessEnd(KILLED, clock=start + 5)
    assert clock.time() == start + 5
    assert journal.read() == [
        Started("execute", 1),
        Submitted("job-1", KEY, {}),
        SignalSent(KILL, SECOND),
    ]


def test_repeat_kill_renames_the_random_texts_of_the_start_state(
    tmp_path: Path, journal: Journal
) -> None:
    clock = Clock()
    start = started_with(OTHER_KEY, journal)
    recorded(tmp_path, clock).repeat_kill(start, journal, clock, SECOND)
    assert [each.key for each in journal.of(Submitted)] == [OTHER_KEY]


def test_repeat_kill_returns_none_at_a_point_that_was_not_recorded(
    tmp_path: Path, journal: Journal
) -> None:
    clock = Clock()
    point = Point("execute", "operators.py:2", 2)
    recordings = recorded(tmp_path, clock)
    assert recordings.repeat_kill(started_with(KEY, journal), journal, clock, point) is None
    assert journal.read() == [Started("execute", 1)]


def test_repeat_kill_returns_none_if_earlier_processes_reached_the_place_more_often(
    tmp_path: Path, journal: Journal
) -> None:
    clock = Clock()
    recordings, start = recorded(tmp_path, clock), started_with(KEY, journal)
    assert recordings.repeat_kill(start, journal, clock, FIRST, visits=1) is None


def test_repeat_kill_returns_none_from_a_state_that_was_not_recorded(
    tmp_path: Path, journal: Journal
) -> None:
    clock = Clock()
    recordings = recorded(tmp_path, clock)
    journal.write(Submitted("job-1", None, {}))
    assert recordings.repeat_kill(started_with(KEY, journal), journal, clock, FIRST) is None
