"""The tracer sends one signal at a crash point, or records every point."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest

from advisor.drill.runtime.clock import Clock
from advisor.drill.runtime.events import Journal, Point, Reached, SignalSent, Stored
from advisor.drill.runtime.tracer import ESCALATION, Tracer

SOURCE = """\
def execute(inner):
    inner()
    for _ in range(2):
        pass
"""
OTHER = """\
def inner():
    return 1
"""
FILES = {"/ours/operators.py": "operators.py", "/ours/jobs.py": "jobs.py"}


def load(source: str, path: str, name: str) -> Callable[..., object]:
    namespace: dict[str, Callable[..., object]] = {}
    exec(compile(source, path, "exec"), namespace)
    return namespace[name]


EXECUTE = load(SOURCE, "/ours/operators.py", "execute")
INNER = load(OTHER, "/ours/jobs.py", "inner")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    yield (journal := Journal(tmp_path / "journal"))
    journal.close()


@pytest.fixture(autouse=True)
def tracing() -> Iterator[None]:
    """Restore the trace function of the test run."""
    before = sys.gettrace()
    yield
    sys.settrace(before)


def traced(tracer: Tracer) -> None:
    tracer.start()
    try:
        EXECUTE(INNER)
    finally:
        tracer.stop()


def killed_by(tracer: Tracer, journal: Journal) -> int:
    """Run the operator in a fork; return the signal that ended it, or 0."""
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        traced(tracer)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    journal.read()
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


@pytest.mark.parametrize("phase", ["execute", "trigger", "resume"])
def test_tracer_without_an_aim_records_every_line_with_its_visit(
    journal: Journal, phase: str
) -> None:
    tracer = Tracer(phase, FILES, journal, Clock(), None)
    traced(tracer)
    assert [point for point, _ in tracer.reached] == [
        Point(phase, "operators.py:2", 1),
        Point(phase, "jobs.py:2", 1),
        Point(phase, "operators.py:3", 1),
        Point(phase, "operators.py:4", 1),
        Point(phase, "operators.py:3", 2),
        Point(phase, "operators.py:4", 2),
        Point(phase, "operators.py:3", 3),
    ]
    assert journal.read() == []


def test_points_are_recorded_with_the_number_of_earlier_events(journal: Journal) -> None:
    tracer = Tracer("execute", FILES, journal, Clock(), None)
    tracer.reach("submit:before")
    journal.write(Stored("job", "job-1"))
    tracer.reach("submit:after")
    assert tracer.reached == [
        Reached(Point("execute", "submit:before", 1), 0),
        Reached(Point("execute", "submit:after", 1), 1),
    ]


def test_lines_of_a_thread_are_recorded(journal: Journal) -> None:
    tracer = Tracer("execute", FILES, journal, Clock(), None)
    tracer.start()
    thread = threading.Thread(target=INNER)
    thread.start()
    thread.join()
    tracer.stop()
    assert [point.place for point, _ in tracer.reached] == ["jobs.py:2"]


@pytest.mark.parametrize(("name", "expected"), [("KILL", signal.SIGKILL), ("TERM", signal.SIGTERM)])
def test_signal_is_written_and_sent_before_the_line(
    journal: Journal, name: str, expected: int
) -> None:
    point = Point("execute", "operators.py:3", 2)
    assert killed_by(Tracer("execute", FILES, journal, Clock(), (point, name)), journal) == expected
    assert journal.read() == [SignalSent(name, point)]


def test_signal_at_a_point_in_a_thread_interrupts_the_main_thread(journal: Journal) -> None:
    """As from outside: there, the main thread handles a signal while it waits for a thread."""
    point = Point("execute", "operators.py:2", 1)
    tracer = Tracer("execute", FILES, journal, Clock(), (point, "TERM"))
    child = os.fork()
    if child == 0:
        handled = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: handled.set())
        tracer.start()
        thread = threading.Thread(target=lambda: EXECUTE(lambda: os._exit(3 - handled.wait(5.0))))
        thread.start()
        thread.join()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2


def test_visits_of_earlier_processes_count(journal: Journal) -> None:
    tracer = Tracer("execute", FILES, journal, Clock(), (Point("execute", "submit:before", 3), ""))
    tracer.send = lambda: None
    tracer.visits["submit:before"] = 2
    tracer.reach("submit:before")
    assert tracer.sent


def test_end_sends_term_and_kills_a_process_that_continues(journal: Journal) -> None:
    clock = Clock()
    point = Point("execute", "operators.py:2", 1)
    tracer = Tracer("execute", FILES, journal, clock, (point, "END"))
    child = os.fork()
    if child == 0:
        received: list[int] = []
        signal.signal(signal.SIGTERM, lambda number, _: received.append(number))
        traced(tracer)
        clock.sleep(ESCALATION - 1.0)
        if received == [signal.SIGTERM]:
            clock.sleep(2.0)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


def test_signal_at_a_call_is_sent_at_the_aimed_visit(journal: Journal) -> None:
    point = Point("execute", "status:before", 2)
    tracer = Tracer("execute", FILES, journal, Clock(), (point, "KILL"))
    sent: list[str] = []
    tracer.send = lambda: sent.append("sent")
    visits = ("status:before", "submit:before", "status:after", "status:before", "status:before")
    for place in visits:
        tracer.reach(place)
        sent.append(place)
    assert sent == [*visits[:3], "sent", *visits[3:]]
    assert journal.read() == [SignalSent("KILL", point)]


def test_signal_is_not_sent_if_the_visit_is_not_reached(journal: Journal) -> None:
    point = Point("execute", "operators.py:4", 3)
    assert killed_by(Tracer("execute", FILES, journal, Clock(), (point, "KILL")), journal) == 0
    assert journal.read() == []


@pytest.mark.parametrize(
    ("place", "watched"),
    [
        ("operators.py:2", ["operators.py"]),
        ("jobs.py:2", ["jobs.py"]),
        ("submit:before", []),
    ],
)
def test_only_the_aimed_file_is_watched(journal: Journal, place: str, watched: list[str]) -> None:
    tracer = Tracer("execute", FILES, journal, Clock(), (Point("execute", place, 9), "KILL"))
    tracer.start()
    trace = sys.gettrace()
    tracer.stop()
    assert [name for path, name in FILES.items() if trace and watches(trace, path)] == watched


def watches(trace: Callable[..., object], path: str) -> bool:
    """Return whether a trace function watches the lines of a file."""
    frame = load("def frame():\n    import sys\n    return sys._getframe()", path, "frame")()
    assert isinstance(frame, FrameType)
    return trace(frame, "call", None) is not None


def test_nothing_is_watched_after_the_signal(journal: Journal) -> None:
    point = Point("execute", "operators.py:2", 1)
    tracer = Tracer("execute", FILES, journal, Clock(), (point, "KILL"))
    traces: list[object] = []
    tracer.send = lambda: traces.append(sys.gettrace())
    traced(tracer)
    assert traces == [None]
