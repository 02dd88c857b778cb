"""The parts of a drill result that several formats share: counts, totals and phases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from advisor.drill.model import DrillResult, Finding, Outcome, Stage
from advisor.drill.runtime.events import Stored

SURVIVED, NO_POINT = "survived", "no crash point"
WORST_FIRST: Final = (*(finding.value for finding in Finding), SURVIVED, NO_POINT)
"""The names of the outcomes of a scenario or a line, worst first."""
PLURALS: Final = {
    Finding.no_job.value: "successes without a job",
    Finding.duplicate.value: "duplicates",
    Finding.result_lost.value: "results lost",
    Finding.orphan.value: "orphans",
    Finding.false_success.value: "false successes",
}
MEANINGS: Final = {
    Finding.no_job: "the task succeeded, but a job of the baseline run did not",
    Finding.duplicate: "a job was submitted although an equal one was running or had succeeded",
    Finding.result_lost: "the task succeeded, but an XCom is missing or differs",
    Finding.orphan: "a job was left running, and no attempt of the task waits for it",
    Finding.false_success: "a task that a user ended reported success, but its job did not succeed",
    Finding.failed: "the task failed although a retry should have succeeded",
    Finding.skipped: "the task was skipped although a retry should have succeeded",
    Finding.stuck: "the task hung, or its attempts never ended",
    Finding.not_reached: "the signal was not sent, because the run did not reach its point",
    Finding.work_lost: "SIGTERM destroyed a running job, and another one was started",
}
STATES: Final = {"success": "succeeded", "endless": "never ended", "stuck": "hung"}
"""The final states of tasks in sentences."""
PROCESSES: Final = {"execute": "worker", "trigger": "trigger", "resume": "worker, resumed"}


@dataclass(frozen=True)
class Phase:
    """The outcomes of the runs whose signals were sent in the same processes and stages."""

    moments: tuple[tuple[str, Stage], ...]
    """The process and stage of each signal: one, or two for a pair of kills."""
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
    state = STATES.get(outcome.state, outcome.state)
    tries = f" in try {outcome.tries}" if outcome.tries > 1 else ""
    return ", ".join(filter(None, [f"task {state}{tries}", jobs, restarted, findings_of(outcome)]))


def violations_worst_first(result: DrillResult) -> list[Outcome]:
    """Return the violations, worst first."""
    return sorted(result.violations, key=lambda outcome: WORST_FIRST.index(worst_of(outcome)))


def service_fault_outcomes(result: DrillResult) -> list[Outcome]:
    """Return the outcomes of the service faults."""
    return [each for each in result.outcomes if each.scenario.service_fault]


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
        "been cancelled or been lost",
        *(f"note: {each}" for each in result.notes),
    ]


def phases_of(result: DrillResult) -> list[Phase]:
    """Return the outcomes by the process that was signalled and the stage of the task."""
    counts: dict[tuple[tuple[str, Stage], ...], Counter[str]] = {}
    for outcome in result.outcomes:
        if outcome.moments and not outcome.scenario.service_fault:
            moments = tuple((each.point.phase, each.stage) for each in outcome.moments)
            counts.setdefault(moments, Counter())[worst_of(outcome)] += 1
    ranked = sorted(counts, key=lambda moments: (len(moments), [*map(_order, moments)]))
    return [
        Phase(tuple((PROCESSES[phase], stage) for phase, stage in moments), counts[moments])
        for moments in ranked
    ]


def phase_text(phase: Phase) -> str:
    """Return a phase as text: its process and stage, or both of them for a pair of kills."""
    return ", then ".join(f"{process}: {stage.value}" for process, stage in phase.moments)


def _order(moment: tuple[str, Stage]) -> tuple[int, int]:
    return list(PROCESSES).index(moment[0]), list(Stage).index(moment[1])


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
        "Only an idempotency key, or a lookup of the job by its key, prevents these duplicates."
    )


def _pairs(result: DrillResult) -> Iterator[str]:
    pairs = result.pair_summary
    if pairs is not None:
        selected = f"ran {pairs.run} of {pairs.all} pairs of kills, selected by --seed {pairs.seed}"
        yield f"ran all {pairs.all} pairs of kills" if pairs.run == pairs.all else selected


def _places_in_window(kills: Sequence[Outcome]) -> list[str]:
    """Return the places of the kills in the window, lines before calls."""
    moments = (moment for each in kills for moment in each.moments)
    places = dict.fromkeys(each.point.place for each in moments if each.stage is Stage.submitting)
    return sorted(places, key=lambda place: not place.rpartition(":")[2].isdecimal())
