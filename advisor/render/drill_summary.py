"""The parts of a drill result that all formats share: totals, phases, and the steps of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from advisor.documents.model import printable
from advisor.drill.command_line import text_of
from advisor.drill.judge import stage_of
from advisor.drill.model import DrillResult, Finding, Outcome
from advisor.drill.runtime.events import Ended, Event, SignalSent, Started, Stored, to_json

SURVIVED, NOT_EXECUTED = "survived", "not executed"
WORST_FIRST: Final = (*(finding.value for finding in Finding), SURVIVED, NOT_EXECUTED)
"""The words for an outcome or a line."""
PLURALS: Final = {
    Finding.duplicate.value: "duplicates",
    Finding.result_lost.value: "results lost",
    Finding.orphan.value: "orphans",
    Finding.false_success.value: "false successes",
}
PROCESSES: Final = {"execute": "worker", "trigger": "trigger", "resume": "worker, resumed"}
IN_WINDOW: Final = "submitted, not stored"
STAGES: Final = (
    "nothing submitted",
    IN_WINDOW,
    "job running",
    "job ended",
    "result reported",
)
NOT_SHOWN: Final = frozenset({"what", "at", "run"})


@dataclass(frozen=True)
class Moment:
    """When a signal was sent: in which process, and how far the task had got."""

    process: str
    stage: str

    @property
    def order(self) -> tuple[int, int]:
        """The key for sorting moments."""
        return list(PROCESSES.values()).index(self.process), STAGES.index(self.stage)


@dataclass(frozen=True)
class Phase:
    """The outcomes of the runs whose signals were sent at the same moments."""

    moments: tuple[Moment, ...]
    """One moment, or two for a pair of kills."""
    counts: Counter[str]
    """How often each was the worst finding, or the operator survived."""


def worst_of(outcome: Outcome) -> str:
    """Return the worst finding in words, or that the operator survived."""
    return outcome.worst.value if outcome.worst else SURVIVED


def findings_of(outcome: Outcome) -> str:
    """Return all findings of an outcome in words."""
    return ", ".join(finding.value for finding in outcome.findings)


def ending_of(outcome: Outcome) -> str:
    """Return how a run ended: its state, its submissions and its findings."""
    jobs = f"{outcome.submissions} submitted{', restarted' if outcome.restarted else ''}"
    return ", ".join(filter(None, [outcome.state, jobs, findings_of(outcome)]))


def run_lines(outcome: Outcome) -> Iterator[str]:
    """Yield a run as text: how it ended, then a line for each step."""
    yield f"{text_of(outcome.scenario)}: {ending_of(outcome)}"
    yield from step_lines(outcome)


def step_lines(outcome: Outcome) -> Iterator[str]:
    """Yield a line for each event of a run; repeated events share one."""
    for step, same in groupby(_step_text(event) for event in outcome.events):
        times = sum(1 for _ in same)
        yield f"  {step}{f' ({times} times)' if times > 1 else ''}"


def service_fault_outcomes(result: DrillResult) -> list[Outcome]:
    """Return the outcomes of the scenarios with a service fault."""
    return [each for each in result.outcomes if each.scenario.service_fault]


def repeatable_violations(result: DrillResult) -> list[Outcome]:
    """Return the violations that `--point` can repeat, the worst first."""
    violations = [each for each in result.violations if not each.scenario.service_fault]
    return sorted(violations, key=lambda outcome: WORST_FIRST.index(worst_of(outcome)))


def counts_text(counts: Mapping[str, int]) -> str:
    """Return `4 duplicates, 12 survived`."""
    return ", ".join(
        f"{counts[word]} {word if counts[word] == 1 else PLURALS.get(word, word)}"
        for word in WORST_FIRST
        if counts.get(word)
    )


def finding_counts(result: DrillResult) -> dict[str, int]:
    """Return how many outcomes have each finding."""
    return {finding.value: result.counts[finding] for finding in Finding}


def totals(result: DrillResult) -> list[str]:
    """Return a few lines on what was run and what was found."""
    milliseconds = 1000 * result.seconds / max(1, len(result.outcomes))
    restarted = sum(each.restarted for each in result.outcomes)
    return [
        f"{len(result.reached)} points reached, {result.planned} signals to send, "
        f"{result.sent} sent",
        *_pairs(result),
        f"{len(result.outcomes)} scenarios in {result.seconds:.1f} s, {milliseconds:.0f} ms each, "
        f"after {result.starting:.1f} s to start; task SDK {result.sdk}",
        f"{restarted} restarted a job that had failed, was cancelled or lost",
        f"found: {counts_text(finding_counts(result)) or 'nothing; the operator survives'}",
        *(f"note: {each}" for each in result.notes),
    ]


def phases_of(result: DrillResult) -> list[Phase]:
    """Return the outcomes of the kills, by process and by how far the task had got."""
    counts: dict[tuple[Moment, ...], Counter[str]] = {}
    for outcome in result.outcomes:
        if outcome.scenario.aims and not outcome.scenario.service_fault:
            moments = tuple(moment for _, moment in _signals(outcome))
            counts.setdefault(moments, Counter())[worst_of(outcome)] += 1
    ranked = sorted(counts, key=lambda moments: (len(moments), [each.order for each in moments]))
    return [Phase(moments, counts[moments]) for moments in ranked]


def duplicate_window(result: DrillResult) -> str:
    """Return a sentence on where duplicates come from, or "" if no kill led to one."""
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
        f"{', '.join(_places_in_window(kills))}. "
        "Only a key that the system honours closes it."
    )


def _step_text(event: Event) -> str:
    if isinstance(event, Started | Ended):
        who = f"{PROCESSES[event.phase]}, try {event.attempt}"
        state, error = (event.state, event.error) if isinstance(event, Ended) else ("", None)
        text = f"{who} {event.what} {state}".rstrip()
        return printable(f"{text}: {error}" if error else text)
    if isinstance(event, SignalSent):
        point = event.point
        return f">>> {event.signal} at {point.place}#{point.visit} ({PROCESSES[point.phase]})"
    fields = {key: value for key, value in to_json(event).items() if key not in NOT_SHOWN}
    text = ", ".join(f"{key} {value}" for key, value in fields.items() if value is not None)
    return printable(f"  {event.what} {text}".rstrip())


def _pairs(result: DrillResult) -> Iterator[str]:
    pairs = result.pair_summary
    if pairs is not None:
        drawn = f"{pairs.run} run, drawn with --seed {pairs.seed}"
        runs = "all run" if pairs.run == pairs.all else drawn
        yield f"{pairs.all} pairs of a point and one of the retry: {runs}"


def _signals(outcome: Outcome) -> Iterator[tuple[str, Moment]]:
    """Yield the place and the moment of each signal of a run."""
    for number, event in enumerate(outcome.events):
        if isinstance(event, SignalSent):
            stage = stage_of(outcome.events[:number], outcome.scenario.behaviour)
            yield event.point.place, Moment(PROCESSES[event.point.phase], stage)


def _places_in_window(kills: Sequence[Outcome]) -> list[str]:
    """Return the places of the kills in the window, lines before calls."""
    signals = (signal for each in kills for signal in _signals(each))
    places = dict.fromkeys(place for place, moment in signals if moment.stage == IN_WINDOW)
    return sorted(places, key=lambda place: not place.rpartition(":")[2].isdecimal())
