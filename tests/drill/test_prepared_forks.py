"""A prepared fork does the first part of some work once, and the second part per request."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from advisor.drill.runtime.attempts import ProcessEnd
from advisor.drill.runtime.clock import Clock
from advisor.drill.runtime.events import Journal, Point, SignalSent
from advisor.drill.runtime.forks import PreparedFork, PreparedForks
from advisor.drill.runtime.tracer import Tracer
from tests.drill.test_tracer import EXECUTE, FILES, INNER

Wait = Callable[[], str]


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    """Return a file that gets a line for each part of some work that is done."""
    return tmp_path / "parts"


def note(file: Path, part: str) -> None:
    with file.open("a") as lines:
        lines.write(f"{part}\n")


def prepared(parts: Path) -> PreparedFork:
    def work(wait: Wait) -> ProcessEnd:
        note(parts, "first")
        request = wait()
        note(parts, f"second {request}")
        if request == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        return ProcessEnd(request)

    return PreparedFork(work)


def test_first_part_is_done_once_and_the_second_part_per_request(parts: Path) -> None:
    with closing(prepared(parts)) as fork:
        ends = [fork.finish("success"), fork.finish("failed")]
    assert ends == [ProcessEnd("success"), ProcessEnd("failed")]
    assert parts.read_text().splitlines() == ["first", "second success", "second failed"]


def test_fork_that_is_killed_does_not_end_the_others(parts: Path) -> None:
    with closing(prepared(parts)) as fork:
        ends = [fork.finish("die"), fork.finish("success")]
    assert ends == [ProcessEnd("killed"), ProcessEnd("success")]


def test_fork_that_hangs_is_killed_and_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advisor.drill.runtime.forks.TIME_LIMIT", 0.2)

    def work(wait: Wait) -> ProcessEnd:
        wait()
        signal.pause()
        return ProcessEnd("success")

    with closing(PreparedFork(work)) as fork:
        assert fork.finish("wait") == ProcessEnd("stuck")


def broken(wait: Wait) -> ProcessEnd:
    raise KeyError(wait.__name__)


def without_second_part(_: Wait) -> ProcessEnd:
    return ProcessEnd("success")


@pytest.mark.parametrize("work", [broken, without_second_part])
def test_first_part_that_does_not_wait_prepares_nothing(
    work: Callable[[Wait], ProcessEnd],
) -> None:
    with closing(PreparedFork(work)) as fork:
        assert fork.finish("success") is None


def test_work_is_prepared_again_only_if_it_is_of_another_kind(parts: Path) -> None:
    forks = PreparedForks()
    with closing(forks):
        ends = [forks.finish(kind, lambda: prepared(parts), "success") for kind in "aaabaa"]
    assert ends == [ProcessEnd("success")] * 6
    assert parts.read_text().splitlines().count("first") == 3


def test_work_that_cannot_be_prepared_is_tried_once() -> None:
    tries: list[str] = []

    def prepare() -> PreparedFork:
        tries.append("once")
        return PreparedFork(broken)

    forks = PreparedForks()
    assert [forks.finish("a", prepare, "success") for _ in range(3)] == [None] * 3
    assert tries == ["once"]


def test_closing_leaves_no_process(parts: Path) -> None:
    prepared(parts).close()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.fixture
def tracer(tmp_path: Path) -> Iterator[Tracer]:
    before = sys.gettrace()
    journal = Journal(tmp_path / "journal")
    aim = Point("execute", "operators.py:4", 2)
    yield (tracer := Tracer("execute", FILES, journal, Clock(), (aim, "TERM")))
    tracer.stop()
    sys.settrace(before)
    journal.close()


def test_tracer_waits_for_an_entry_and_then_sends_its_signal(tracer: Tracer) -> None:
    entered: list[bool] = []
    sent: list[list[bool]] = []
    tracer.send = lambda: sent.append([*entered])
    tracer.start_at({EXECUTE.__code__}, entered.append)
    EXECUTE(INNER)
    assert (entered, sent) == ([True], [[True]])
    assert [each.point for each in tracer.journal.of(SignalSent)] == [tracer.aim]


def test_tracer_reports_a_watched_line_before_the_entry(tracer: Tracer) -> None:
    entered: list[bool] = []
    tracer.start_at({EXECUTE.__code__}, entered.append)
    INNER()
    assert entered == [False]


def test_tracer_reports_a_call_before_the_entry(tracer: Tracer) -> None:
    entered: list[bool] = []
    tracer.start_at({EXECUTE.__code__}, entered.append)
    tracer.reach("submit:before")
    assert entered == [False]
