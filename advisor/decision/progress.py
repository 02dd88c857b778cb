"""What a part of the answers has decided already: which patterns can still be recommended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from advisor.decision.decide import Decider, Outcome, misses
from advisor.decision.recommend import lost_on, miss
from advisor.knowledge.model import DOCUMENTED_ORDER, Need

LOST_TIE = "it loses the tie"


@dataclass(frozen=True)
class Progress:
    """What is decided however the open questions are answered.

    `possible` are the patterns that some answers still lead to. `excluded` has the reason why each
    of the others cannot be recommended. `ruled_out` are those of them that always miss a required
    need; the rest may come second.
    """

    possible: tuple[str, ...]
    excluded: Mapping[str, str]
    ruled_out: frozenset[str]


def progress(decider: Decider, given: Mapping[str, str]) -> Progress:
    """Return what canonical answers to some questions have decided."""
    space = decider.space
    columns = [
        [space.class_of(q, given[q.id])] if q.id in given else space.classes[q.id]
        for q in space.questions
    ]
    outcomes = [decider.outcome(point) for point in product(*columns)]
    winners = {outcome.pattern for outcome in outcomes}
    candidates = {pattern for outcome in outcomes for pattern in outcome.candidates}
    patterns = decider.knowledge.order.patterns
    return Progress(
        tuple(pattern for pattern in patterns if pattern in winners),
        {
            pattern: _reason(pattern, outcomes, decider.knowledge.needs, given)
            for pattern in patterns
            if pattern not in winners
        },
        frozenset(patterns) - candidates,
    )


def _reason(
    pattern: str, outcomes: list[Outcome], needs: tuple[Need, ...], given: Container[str]
) -> str:
    """Return in words the main reason why a pattern is not recommended in any outcome."""
    missed = Counter(need for outcome in outcomes for need in _against(pattern, outcome))
    if set(missed) == {DOCUMENTED_ORDER}:
        return LOST_TIE
    # A need that is missed in all of them is the reason. There may be none: before Airflow 3.2, for
    # example, async does not exist and misses no other need. Then a given answer is the reason.
    need = max(
        (need for need in needs if missed[need.id]),
        key=lambda need: (
            missed[need.id] == len(outcomes),
            any(clause.question in given for clause in need.when),
            missed[need.id],
        ),
    )
    return miss(need)


def _against(pattern: str, outcome: Outcome) -> Iterable[str]:
    """Return the ids of the needs that exclude a pattern from an outcome, or of the tie rule."""
    if required := misses(outcome.checks[pattern], "required"):
        return [each.need.id for each in required]
    lost = lost_on(outcome, pattern)
    return [lost.need.id if lost else DOCUMENTED_ORDER]


def describe_step(before: Progress, after: Progress) -> str:
    """Return in a line what an answer decided, from the progress before and after it."""
    patterns_by_reason: dict[str, list[str]] = {}
    for pattern, reason in after.excluded.items():
        if pattern not in before.excluded:
            verb = "ruled out" if pattern in after.ruled_out else "not recommended"
            patterns_by_reason.setdefault(f"{verb}: {reason}", []).append(pattern)
    parts = [
        f"{patterns[0]} {reason}{''.join(f', and so is {each}' for each in patterns[1:])}"
        for reason, patterns in patterns_by_reason.items()
    ]
    if not after.possible:
        parts.append("no pattern fits" if parts else "no change: no pattern fits")
    elif len(after.possible) == 1:
        only = after.possible[0]
        parts.append(f"that leaves {only}" if parts else f"no change: {only}")
    elif not parts:
        parts.append(f"still possible: {', '.join(after.possible)}")
    return "; ".join(parts)
