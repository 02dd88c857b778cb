"""The parts of a drill result that several formats share: totals, phases, and steps of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from advisor.documents.model import printable
from advisor.drill.command_line import text_of
from advisor.drill.judge import stage_of
from advisor.drill.model import DrillResult, Finding, Outcome
from advisor.drill.runtime.events import (
    Cancelled,
    Ended,
    Event,
    Forgotten,
    FoundByKey,
    Held,
    HoldRequested,
    JobsEnded,
    LookedUp,
    Polled,
    Refused,
    ResultFetched,
    SignalSent,
    Started,
    Stored,
    Submitted,
    XComCleared,
    XComPushed,
)

SURVIVED, NOT_EXECUTED = "survived", "not executed"
WORST_FIRST: Final = (*(finding.value for finding in Finding), SURVIVED, NOT_EXECUTED)
"""The names of the outcomes of a scenario or a line, worst first."""
PLURALS: Final = {
    Finding.duplicate.value: "duplicates",
    Finding.result_lost.value: "results lost",
    Finding.orphan.value: "orphans",
    Finding.false_success.value: "false successes",
}
MEANINGS: Final = {
    Finding.duplicate: "a job was submitted although an earlier one was running or had succeeded",
    Finding.result_lost: "the task succeeded, but its result differs from the baseline run",
    Finding.orphan: "a job was left running, and no attempt of the task waits for it",
    Finding.false_success: "the task continued and reported success after a user had ended it",
    Finding.failed: "the task failed although a retry should have succeeded",
    Finding.stuck: "the task hung, or its attempts never ended",
    Finding.not_reached: "the signal was not sent, because the run did not reach its point",
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

CALL_TEXTS: Final[Mapping[type[Event], str]] = {
    FoundByKey: "submitted key {0.key} again, which returned {0.job}",
    Polled: "polled {0.job}: {0.status}",
    Cancelled: "cancelled {0.job}",
    ResultFetched: "fetched the result of {0.job}",
    Stored: "stored {0.key} = {0.value}",
    XComPushed: "pushed XCom {0.key} = {0.value}",
    XComCleared: "Airflow deleted the XComs of the task",
    Refused: "the service did not answer the first {0.call} call",
    HoldRequested: "the drill asked the service to hold back its next answer",
    Held: "the service holds back the answer to the submission",
}
"""Formats for the steps of a run; `_call_text` has those with several forms."""


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
    """The number of runs by their worst finding, or `survived`."""


def worst_of(outcome: Outcome) -> str:
    """Return the worst finding as text, or `survived`."""
    return outcome.worst.value if outcome.worst else SURVIVED


def findings_of(outcome: Outcome) -> str:
    """Return all findings of an outcome as text."""
    return ", ".join(finding.value for finding in outcome.findings)


def ending_of(outcome: Outcome) -> str:
    """Return how a run ended: its state, its submissions and its findings."""
    jobs = f"{counted(outcome.submissions, 'job', 'jobs')} submitted"
    restarted = "restarted" if outcome.restarted else ""
    state = "succeeded" if outcome.state == "success" else outcome.state
    return ", ".join(filter(None, [f"task {state}", jobs, restarted, findings_of(outcome)]))


def run_lines(outcome: Outcome) -> Iterator[str]:
    """Yield a run as text: how it ended, then one line per step."""
    yield f"{text_of(outcome.scenario)}: {ending_of(outcome)}"
    yield from step_lines(outcome)


def step_lines(outcome: Outcome) -> Iterator[str]:
    """Yield one line per event of a run; equal events in a row share a line."""
    for step, same in groupby(_step_text(event) for event in outcome.events):
        times = sum(1 for _ in same)
        yield f"  {step}{f' ({times} times)' if times > 1 else ''}"


def service_fault_outcomes(result: DrillResult) -> list[Outcome]:
    """Return the outcomes of scenarios with a service fault."""
    return [each for each in result.outcomes if each.scenario.service_fault]


def repeatable_violations(result: DrillResult) -> list[Outcome]:
    """Return the violations that `--point` can repeat, worst first."""
    violations = [each for each in result.violations if not each.scenario.service_fault]
    return sorted(violations, key=lambda outcome: WORST_FIRST.index(worst_of(outcome)))


def counted(number: int, singular: str, plural: str) -> str:
    """Return a number with its noun, such as `2 jobs`."""
    return f"{number} {singular if number == 1 else plural}"


def meanings_of(findings: Container[Finding]) -> list[tuple[Finding, str]]:
    """Return the meanings of some findings, worst first."""
    return [(finding, text) for finding, text in MEANINGS.items() if finding in findings]


def counts_text(counts: Mapping[str, int]) -> str:
    """Return `4 duplicates, 12 survived`."""
    return ", ".join(
        f"{counts[word]} {word if counts[word] == 1 else PLURALS.get(word, word)}"
        for word in WORST_FIRST
        if counts.get(word)
    )


def finding_counts(result: DrillResult) -> dict[str, int]:
    """Return the number of outcomes with each finding."""
    return {finding.value: result.counts[finding] for finding in Finding}


def totals(result: DrillResult) -> list[str]:
    """Return lines on what was run and what was found."""
    milliseconds = 1000 * result.seconds / max(1, len(result.outcomes))
    restarted = sum(each.restarted for each in result.outcomes)
    return [
        f"{counted(len(result.reached), 'crash point', 'crash points')} reached, "
        f"{result.sent} of {counted(result.planned, 'signal', 'signals')} sent",
        *_pairs(result),
        f"{counted(len(result.outcomes), 'scenario', 'scenarios')} in {result.seconds:.1f} s "
        f"({milliseconds:.0f} ms each), after {result.starting:.1f} s of start-up; "
        f"task SDK {result.sdk}",
        f"{counted(restarted, 'scenario', 'scenarios')} restarted a job that had failed, "
        "been cancelled or been lost (not a finding)",
        f"findings: {counts_text(finding_counts(result)) or 'none; the operator survives'}",
        *(f"note: {each}" for each in result.notes),
    ]


def phases_of(result: DrillResult) -> list[Phase]:
    """Return the outcomes by the process that was signalled and the stage of the task."""
    counts: dict[tuple[Moment, ...], Counter[str]] = {}
    for outcome in result.outcomes:
        if outcome.scenario.aims and not outcome.scenario.service_fault:
            moments = tuple(moment for _, moment in _signals(outcome))
            counts.setdefault(moments, Counter())[worst_of(outcome)] += 1
    ranked = sorted(counts, key=lambda moments: (len(moments), [each.order for each in moments]))
    return [Phase(moments, counts[moments]) for moments in ranked]


def phase_text(phase: Phase) -> str:
    """Return a phase as text: its process and stage, or both of them for a pair of kills."""
    return ", then ".join(f"{each.process}: {each.stage}" for each in phase.moments)


def duplicate_window(result: DrillResult) -> str:
    """Return a sentence on which kills caused duplicates, or "" if none did."""
    kills = [
        each
        for each in result.violations
        if Finding.duplicate in each.findings and not each.scenario.service_fault
    ]
    if not kills:
        return ""
    if not any(isinstance(event, Stored) for event in result.baseline.events):
        return "The operator stores nothing, so a retry after a submission submits a duplicate."
    outside = sum(not each.in_window for each in kills)
    between = "between submitting the job and the next write to the task state store"
    if outside:
        return f"{outside} of {len(kills)} kills that caused a duplicate were not sent {between}."
    return (
        f"Every kill that caused a duplicate was sent {between}: "
        f"{', '.join(_places_in_window(kills))}. "
        "Only an idempotency key that the system honours prevents these duplicates."
    )


def _step_text(event: Event) -> str:
    match event:
        case Started():
            return f"{PROCESSES[event.phase]}, try {event.attempt}: started"
        case Ended():
            text = f"{PROCESSES[event.phase]}, try {event.attempt}: {event.state}"
            return printable(f"{text}: {event.error}" if event.error else text)
        case SignalSent(point=point):
            return f">>> {event.signal} at {point.place}#{point.visit} ({PROCESSES[point.phase]})"
    return printable(f"  {_call_text(event)}")


def _call_text(event: Event) -> str:
    """Return what the task, its job service or its store did."""
    match event:
        case Submitted():
            key = f"key {event.key}, " if event.key else ""
            return f"submitted {event.job} ({key}spec {event.spec})"
        case LookedUp():
            return f"looked up key {event.key}: {event.job or 'no job'}"
        case Forgotten():
            return f"deleted {event.key or 'everything'} from the store"
        case JobsEnded():
            return f"ended on the service: {', '.join(event.jobs) or 'no job'}"
    return CALL_TEXTS[type(event)].format(event)


def _pairs(result: DrillResult) -> Iterator[str]:
    pairs = result.pair_summary
    if pairs is not None:
        selected = f"ran {pairs.run} of {pairs.all} pairs of kills, selected by --seed {pairs.seed}"
        yield f"ran all {pairs.all} pairs of kills" if pairs.run == pairs.all else selected


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
