"""What a drill found, in the words of every view: outcomes, totals, and how to repeat one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from advisor.drill.model import DrillResult, Finding, Outcome
from advisor.drill.reproduce import text_of

SURVIVED, NOT_EXECUTED = "survived", "not executed"
ORDER: Final = (*(finding.value for finding in Finding), SURVIVED, NOT_EXECUTED)
"""What can be said of an outcome or a line, the worst first."""
PLURALS: Final = {
    Finding.duplicate.value: "duplicates",
    Finding.result_lost.value: "results lost",
    Finding.orphan.value: "orphans",
    Finding.false_success.value: "false successes",
}


def said_of(outcome: Outcome) -> str:
    """Return the worst finding in words, or that the operator survived."""
    return outcome.worst.value if outcome.worst else SURVIVED


def findings_of(outcome: Outcome) -> str:
    """Return all findings of an outcome in words."""
    return ", ".join(finding.value for finding in outcome.findings)


def ended(outcome: Outcome) -> str:
    """Return how a run ended: its state, what was submitted, what is wrong."""
    jobs = f"{outcome.submissions} submitted{', restarted' if outcome.restarted else ''}"
    return ", ".join(filter(None, [outcome.state, jobs, findings_of(outcome)]))


def title(outcome: Outcome) -> str:
    """Return which run it was, and how it ended."""
    return f"{text_of(outcome.scenario)}: {ended(outcome)}"


def service_faults(result: DrillResult) -> list[Outcome]:
    """Return the outcomes of the unusual circumstances."""
    return [each for each in result.outcomes if each.scenario.service_fault]


def repeatable(result: DrillResult) -> list[Outcome]:
    """Return the violations that points name, the worst first."""
    found = [each for each in result.violations if not each.scenario.service_fault]
    return sorted(found, key=lambda outcome: ORDER.index(said_of(outcome)))


def in_words(counts: Mapping[str, int]) -> str:
    """Return `4 duplicates, 12 survived`."""
    return ", ".join(
        f"{counts[message]} {message if counts[message] == 1 else PLURALS.get(message, message)}"
        for message in ORDER
        if counts.get(message)
    )


def counts_of(result: DrillResult) -> dict[str, int]:
    """Return how many outcomes have each finding."""
    return {finding.value: result.counts[finding] for finding in Finding}


def totals(result: DrillResult) -> list[str]:
    """Return what was done, and what was found."""
    each_took = 1000 * result.seconds / max(1, len(result.outcomes))
    restarted = sum(each.restarted for each in result.outcomes)
    return [
        f"{len(result.reached)} points reached, {result.planned} signals to send, "
        f"{result.sent} sent",
        *_pairs(result),
        f"{len(result.outcomes)} scenarios in {result.seconds:.1f} s, {each_took:.0f} ms each, "
        f"after {result.starting:.1f} s to start; task SDK {result.sdk}",
        f"{restarted} restarted a job that had failed, was cancelled or lost",
        f"found: {in_words(counts_of(result)) or 'nothing; the operator survives'}",
        *(f"note: {each}" for each in result.notes),
    ]


def _pairs(result: DrillResult) -> Iterator[str]:
    if result.pair_summary is not None:
        pairs = result.pair_summary
        drawn = f"{pairs.run} run, drawn with --seed {pairs.seed}"
        if pairs.run == pairs.all:
            drawn = "all run"
        yield f"{pairs.all} pairs of a point and one of the retry: {drawn}"
