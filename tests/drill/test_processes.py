"""Processes of a run are forks that report how they ended; messages are lines of JSON."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from advisor.drill.runtime import messages
from advisor.drill.runtime.attempts import ProcessEnd
from advisor.drill.runtime.events import Event, Point, Reached, SignalSent, Stored
from advisor.drill.runtime.forks import in_fork
from advisor.drill.runtime.messages import (
    Loaded,
    LoadRequest,
    NotLoaded,
    RunBatch,
    RunRequest,
    RunResult,
)
from advisor.drill.runtime.service import Behaviour

POINT = Point("execute", "operators.py:2", 1)


def test_in_fork_returns_the_result_of_the_work() -> None:
    end = ProcessEnd("deferred", None, {"a": [1]}, 2.5, {"b": 1}, (Reached(POINT, 3),), 4.0)
    assert in_fork(lambda: end) == end


def test_in_fork_does_not_change_this_process() -> None:
    changed: list[int] = []

    def work() -> ProcessEnd:
        changed.append(os.getpid())
        return ProcessEnd("success")

    in_fork(work)
    assert changed == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_in_fork_returns_killed_after_a_signal(number: int) -> None:
    def work() -> ProcessEnd:
        os.kill(os.getpid(), number)
        return ProcessEnd("success")

    assert in_fork(work) == ProcessEnd("killed")


def test_in_fork_returns_broken_after_an_error() -> None:
    def work() -> ProcessEnd:
        raise KeyError("no")

    assert in_fork(work) == ProcessEnd("broken", "KeyError: 'no'")


def test_in_fork_returns_killed_after_an_exit_without_a_report() -> None:
    assert in_fork(lambda: os._exit(0)) == ProcessEnd("killed")


def test_in_fork_kills_a_process_that_hangs_and_returns_stuck(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("advisor.drill.runtime.forks.TIME_LIMIT", 0.2)

    def work() -> ProcessEnd:
        threading.Event().wait(60)
        return ProcessEnd("success")

    assert in_fork(work) == ProcessEnd("stuck")


def test_load_request_survives_a_round_trip() -> None:
    request = LoadRequest("/folder", "/file.py", "", "make", [{"part": 1}])
    assert messages.read_load_request(messages.to_line(request)) == request


@pytest.mark.parametrize(
    "answer",
    [
        Loaded("1.3.2", "/python 3.11.7", {"a.py": "/a.py"}, ["a.py"], True, None),
        NotLoaded("no store", "too old"),
    ],
)
def test_load_answer_survives_a_round_trip(answer: Loaded | NotLoaded) -> None:
    assert messages.read_load_answer(messages.to_line(answer)) == answer


def test_run_batch_survives_a_round_trip() -> None:
    runs = [
        RunRequest(0, (), Behaviour(fails_once=("submit", "status")), record=True),
        RunRequest(1, ((POINT, "KILL"), (POINT, "TERM")), Behaviour(listing_lag=2.0)),
    ]
    batch = RunBatch(runs, 2)
    assert messages.read_run_batch(messages.to_line(batch)) == batch


def test_run_result_survives_a_round_trip() -> None:
    events: list[Event] = [Stored("k", {"a": 1}), SignalSent("KILL", POINT)]
    result = RunResult(3, "success", events, [Reached(POINT, 1)], "abc")
    assert messages.read_run_result(messages.to_line(result)) == result
