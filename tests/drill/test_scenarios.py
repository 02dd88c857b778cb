"""Scenarios cover every point with every signal, and every service fault; their names parse."""

from __future__ import annotations

import pytest

from advisor.drill.command_line import point_text, read_point, text_of
from advisor.drill.model import Signal
from advisor.drill.runtime.events import Point, Reached
from advisor.drill.runtime.service import Behaviour
from advisor.drill.scenarios import each_point, each_service_fault
from advisor.errors import InputError
from tests.drill.events import BASELINE, POINT


@pytest.mark.parametrize(
    ("point", "text"),
    [
        (Point("execute", "operators.py:57", 3), "KILL:operators.py:57#3"),
        (Point("resume", "operators.py:57", 1), "KILL:resume:operators.py:57#1"),
        (Point("trigger", "status:before", 2), "KILL:trigger:status:before#2"),
    ],
)
def test_point_survives_a_round_trip_through_text(point: Point, text: str) -> None:
    assert point_text(point, Signal.KILL) == text
    assert read_point(text) == (point, Signal.KILL)


@pytest.mark.parametrize("text", ["", "KILL", "operators.py:57#3", "HUP:operators.py:57#3", "#"])
def test_read_point_rejects_invalid_texts(text: str) -> None:
    with pytest.raises(InputError, match=r"such as KILL:[^ ]+#3, found '.*' \(signals: KILL, TERM"):
        read_point(text)


def test_each_point_gets_each_signal() -> None:
    scenarios = each_point([Reached(POINT, 0)], list(Signal), Behaviour())
    assert [text_of(each) for each in scenarios] == [
        f"{signal}:operators.py:2#1" for signal in ("KILL", "TERM", "END")
    ]


def test_service_faults_that_need_a_kill_have_a_point() -> None:
    calls = [Reached(Point("execute", f"{call}:before", 1), 0) for call in ("submit", "status")]
    while_it_runs, before_it_reports = Reached(POINT, 3), Reached(POINT._replace(visit=2), 5)
    reached = [*calls, while_it_runs, before_it_reports]
    scenarios = list(each_service_fault(reached, BASELINE, Behaviour()))
    assert [text_of(each) for each in scenarios] == [
        "the job fails",
        "the job vanishes",
        "the answer to the submission is lost",
        "the first submit call fails",
        "the first status call fails",
        "the job ends between two attempts, after KILL:operators.py:2#1",
        "a job that succeeded is forgotten, after KILL:operators.py:2#2",
    ]
    assert [each.behaviour.fails_once for each in scenarios[3:5]] == [("submit",), ("status",)]
    assert scenarios[-2].behaviour.unseen
    assert scenarios[-1].behaviour.forgets
