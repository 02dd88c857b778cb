"""What a part of the answers has decided already: patterns ruled out, and those still possible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from advisor.decision.decide import Decider, Outcome, misses
from advisor.decision.recommend import miss
from advisor.knowledge.model import Need


@dataclass(frozen=True)
class Progress:
    """What is decided however the open questions are answered.

    `possible` are the patterns that some answers still lead to, and `ruled_out` the reasons why
    others cannot be recommended, by pattern.
    """

    possible: tuple[str, ...]
    ruled_out: Mapping[str, str]


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
            pattern: _reason(pattern, outcomes, decider.knowledge.needs)
            for pattern in patterns
            if pattern not in candidates
        },
    )


def _reason(pattern: str, outcomes: list[Outcome], needs: tuple[Need, ...]) -> str:
    """Return why a pattern is in no outcome a candidate: a required need that it misses."""
    missed = Counter(
        each.need.id for outcome in outcomes for each in misses(outcome.checks[pattern], "required")
    )
    # A need that is missed in all of them is the reason. There may be none: before Airflow 3.2, for
    # example, async does not exist and misses no other need. Then an answer is the better reason.
    need = max(
        (need for need in needs if missed[need.id]),
        key=lambda need: (missed[need.id] == len(outcomes), bool(need.when), missed[need.id]),
    )
    return miss(need)


def describe_step(before: Progress, after: Progress) -> str:
    """Return in a line what an answer decided, from the progress before and after it."""
    patterns_by_reason: dict[str, list[str]] = {}
    for pattern, reason in after.ruled_out.items():
        if pattern not in before.ruled_out:
            patterns_by_reason.setdefault(reason, []).append(pattern)
    parts = [f"{' and '.join(each)} ruled out: {why}" for why, each in patterns_by_reason.items()]
    if not after.possible:
        parts.append("no pattern is left")
    elif len(after.possible) == 1:
        changed = before.possible != after.possible
        parts.append(
            f"only {after.possible[0]} is left" if changed else f"still {after.possible[0]}"
        )
    elif not parts:
        parts.append(f"still possible: {', '.join(after.possible)}")
    return "; ".join(parts)
