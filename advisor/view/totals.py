"""The one line that sums up a batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from advisor.decision.case import Case
from advisor.knowledge.model import NO_PATTERN


def totals(cases: Iterable[Case]) -> str:
    """Return `4 jobs: 2 deferrable, 1 resumable, 1 none; 3 of 4 expectations met`."""
    patterns: Counter[str] = Counter()
    met: Counter[bool] = Counter()
    for case in cases:
        patterns[case.recommendation.pattern or NO_PATTERN] += 1
        if case.met is not None:
            met[case.met] += 1
    jobs = sum(patterns.values())
    said = ", ".join(f"{count} {pattern}" for pattern, count in patterns.most_common())
    line = f"{jobs} {'job' if jobs == 1 else 'jobs'}: {said}"
    if met:
        line += f"; {met[True]} of {sum(met.values())} expectations met"
    return line
