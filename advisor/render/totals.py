"""The one line that sums up a batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from advisor.decision.report import JobReport
from advisor.knowledge.model import NO_PATTERN


def totals(reports: Iterable[JobReport]) -> str:
    """Return `4 jobs: 2 deferrable, 1 resumable, 1 none; 3 of 4 expectations met`."""
    patterns: Counter[str] = Counter()
    met: Counter[bool] = Counter()
    for report in reports:
        patterns[report.recommendation.pattern or NO_PATTERN] += 1
        if report.met is not None:
            met[report.met] += 1
    jobs = sum(patterns.values())
    message = ", ".join(f"{count} {pattern}" for pattern, count in patterns.most_common())
    line = f"{jobs} {'job' if jobs == 1 else 'jobs'}: {message}"
    if met:
        line += f"; {met[True]} of {sum(met.values())} expectations met"
    return line
