"""When the kills of a drill came: how far the task had got, and whether it was in the window."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from advisor.drill.judge import stage_of
from advisor.drill.model import DrillResult, Finding, Outcome
from advisor.drill.runtime.events import SignalSent, Stored
from advisor.render.drill_text import said_of

PHASES: Final = {"execute": "worker", "trigger": "trigger", "resume": "worker, resumed"}
IN_WINDOW: Final = "submitted, not stored"
STAGES: Final = (
    "nothing submitted",
    IN_WINDOW,
    "job running",
    "job ended",
    "result reported",
)


class Moment(NamedTuple):
    """When a signal was sent: at what place, what the process did, how far the task had got."""

    place: str
    where: str
    stage: str

    @property
    def order(self) -> tuple[int, int]:
        """What moments are sorted by."""
        return list(PHASES.values()).index(self.where), STAGES.index(self.stage)


class Phase(NamedTuple):
    """How the runs ended whose signals were sent equally late: one signal, or two for a pair."""

    moments: tuple[tuple[str, str], ...]
    """What the process did, and how far the task had got."""
    counts: Counter[str]
    """How often what was the worst that was found, or that it survived."""


def by_phase(result: DrillResult) -> list[Phase]:
    """Return how the kills ended, by where the task was and how far it had got."""
    counts: dict[tuple[tuple[str, str], ...], Counter[str]] = {}
    orders: dict[tuple[tuple[str, str], ...], list[tuple[int, int]]] = {}
    for outcome in result.outcomes:
        if outcome.scenario.aims and not outcome.scenario.service_fault:
            sent = _moments(outcome)
            moments = tuple((each.where, each.stage) for each in sent)
            counts.setdefault(moments, Counter())[said_of(outcome)] += 1
            orders[moments] = [each.order for each in sent]
    ranked = sorted(counts, key=lambda moments: (len(moments), orders[moments]))
    return [Phase(moments, counts[moments]) for moments in ranked]


def window(result: DrillResult) -> str:
    """Return in a sentence where duplicates come from, "" where no kill has led to one."""
    kills = [
        each
        for each in result.violations
        if Finding.duplicate in each.findings and not each.scenario.service_fault
    ]
    if not kills:
        return ""
    if not any(isinstance(event, Stored) for event in result.baseline.events):
        return "The operator stores nothing: after a submission, every retry is a duplicate."
    outside = sum(not each.in_window for each in kills)
    between = "between a submission and the next write to the store"
    if outside:
        kills_outside = f"{outside} of {len(kills)} kills that led to a duplicate"
        return f"{kills_outside} came outside the window {between}."
    return (
        f"Every kill that led to a duplicate came in the window {between}: "
        f"{', '.join(_places(kills))}. "
        "Only a key that the system honours closes it."
    )


def _moments(outcome: Outcome) -> list[Moment]:
    """Return when the signals of a run were sent."""
    behaviour, events = outcome.scenario.behaviour, outcome.events
    moments = []
    for number, event in enumerate(events):
        if isinstance(event, SignalSent):
            stage = stage_of(events[:number], behaviour)
            moments.append(Moment(event.point.place, PHASES[event.point.phase], stage))
    return moments


def _places(kills: Sequence[Outcome]) -> list[str]:
    """Return the places of the kills that came in the window, lines before calls."""
    moments = (moment for each in kills for moment in _moments(each))
    places = dict.fromkeys(each.place for each in moments if each.stage == IN_WINDOW)
    return sorted(places, key=lambda place: not place.rpartition(":")[2].isdecimal())
