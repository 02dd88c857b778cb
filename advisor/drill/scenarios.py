"""Which runs a drill consists of: each point with each signal, and what else goes wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from advisor.drill.judge import stage_of
from advisor.drill.model import Scenario, Signal
from advisor.drill.runtime.events import Event
from advisor.drill.runtime.points import EXECUTE, RESUME, TRIGGER, Point, Reached
from advisor.drill.runtime.service import Behaviour
from advisor.errors import InputError

TEXT: Final = re.compile(
    rf"(?P<signal>[A-Z]+):((?P<phase>{EXECUTE}|{TRIGGER}|{RESUME}):)?(?P<place>\S+)#(?P<visit>\d+)"
)
FORM: Final = "such as KILL:operators.py:57#3"


def each_point(
    reached: Iterable[Reached], signals: Sequence[Signal], behaviour: Behaviour
) -> Iterator[Scenario]:
    """Yield a scenario for each point and each signal."""
    for signal in signals:
        for point, _ in reached:
            yield Scenario(((point, signal),), behaviour)


def each_service_fault(
    reached: Iterable[Reached], baseline: Sequence[Event], behaviour: Behaviour
) -> Iterator[Scenario]:
    """Yield a scenario for each way in which the service can be unusual."""
    unusual = {
        "the job fails": behaviour._replace(first_ends="failed"),
        "the job vanishes": behaviour._replace(first_ends="not_found"),
        "the answer to the submission is lost": behaviour._replace(loses_answer=True),
        "each call fails once": behaviour._replace(fails_once=("submit", "status", "result")),
    }
    for message, behaving in unusual.items():
        yield Scenario((), behaving, message)
    stages = [(point, stage_of(baseline[:events], behaviour)) for point, events in reached]
    running = [point for point, stage in stages if stage == "job running"]
    ended = [point for point, stage in stages if stage == "job ended"]
    for point in running[:1]:
        unseen = behaviour._replace(unseen=True)
        yield Scenario(((point, Signal.KILL),), unseen, "the job ends while nobody looks")
    for point in ended[-1:]:
        forgets = behaviour._replace(forgets=True)
        yield Scenario(((point, Signal.KILL),), forgets, "a job that succeeded is forgotten")


def text_of(scenario: Scenario) -> str:
    """Return how a scenario is named: what `--only` takes, or its circumstance."""
    aims = " ".join(point_text(point, signal) for point, signal in scenario.aims)
    if not scenario.service_fault:
        return aims
    return f"{scenario.service_fault}, after {aims}" if aims else scenario.service_fault


def point_text(point: Point, signal: Signal) -> str:
    """Return `KILL:operators.py:57#3`; the phase is named where it is not the first."""
    phase = "" if point.phase == EXECUTE else f"{point.phase}:"
    return f"{signal.value}:{phase}{point.place}#{point.visit}"


def read_point(text: str) -> tuple[Point, Signal]:
    """Return the point and the signal that a text names.

    Raises InputError where it names none.
    """
    found = TEXT.fullmatch(text)
    if found is None or found["signal"] not in Signal.__members__:
        signals = ", ".join(Signal.__members__)
        raise InputError.of("--only", f"found {text!r}, accepted is {FORM}; signals: {signals}")
    point = Point(found["phase"] or EXECUTE, found["place"], int(found["visit"]))
    return point, Signal[found["signal"]]
