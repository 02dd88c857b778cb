"""What a drill found, in the words of every view: outcomes, totals, and how to repeat one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from advisor.drill.model import Drilled, Finding, Outcome
from advisor.drill.scenarios import text_of

SURVIVED, NOT_REACHED = "survived", "not reached"
ORDER: Final = (*(finding.value for finding in Finding), SURVIVED, NOT_REACHED)
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


def besides(drilled: Drilled) -> list[Outcome]:
    """Return the outcomes of the unusual circumstances."""
    return [each for each in drilled.outcomes if each.scenario.circumstance]


def repeatable(drilled: Drilled) -> list[Outcome]:
    """Return the violations that points name, the worst first."""
    found = [each for each in drilled.violations if not each.scenario.circumstance]
    return sorted(found, key=lambda outcome: ORDER.index(said_of(outcome)))


def in_words(counts: Mapping[str, int]) -> str:
    """Return `4 duplicates, 12 survived`."""
    return ", ".join(
        f"{counts[said]} {said if counts[said] == 1 else PLURALS.get(said, said)}"
        for said in ORDER
        if counts.get(said)
    )


def counts_of(drilled: Drilled) -> dict[str, int]:
    """Return how many outcomes have each finding."""
    return {finding.value: drilled.counts[finding] for finding in Finding}


def totals(drilled: Drilled) -> list[str]:
    """Return what was done, and what was found."""
    each_took = 1000 * drilled.seconds / max(1, len(drilled.outcomes))
    restarted = sum(each.restarted for each in drilled.outcomes)
    return [
        f"{len(drilled.reached)} points reached, {drilled.promised} signals to send, "
        f"{drilled.fired} sent",
        *_pairs(drilled),
        f"{len(drilled.outcomes)} scenarios in {drilled.seconds:.1f} s, {each_took:.0f} ms each, "
        f"after {drilled.starting:.1f} s to start; task SDK {drilled.sdk}",
        f"{restarted} restarted a job that had failed, was cancelled or lost",
        f"found: {in_words(counts_of(drilled)) or 'nothing; the operator survives'}",
    ]


def _pairs(drilled: Drilled) -> Iterator[str]:
    if drilled.paired is not None:
        there, run, seed = drilled.paired
        drawn = "all run" if run == there else f"{run} run, drawn with --seed {seed}"
        yield f"{there} pairs of a point and one of the retry: {drawn}"
