"""What comes out of a drill on a real Airflow: a row for each story of each target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from advisor.drill.live.faults import FaultScenario
from advisor.drill.model import Finding, Outcome, Target


class Row(NamedTuple):
    """What became of an operator in a story."""

    target: Target
    fault: FaultScenario
    outcome: Outcome
    tries: int
    """How many tries the task has used; 1 where none was lost."""


class LiveDrillResult(NamedTuple):
    """The result of a drill on a real Airflow."""

    targets: Sequence[Target]
    airflow: str
    rows: Sequence[Row]
    seconds: float
    """All in all, with the time that Airflow took to come up and to end."""
    honours_keys: bool | None = None
    """Whether the service was told to honour keys; None for as the hooks say."""

    @property
    def violations(self) -> list[Row]:
        """The rows with findings."""
        return [row for row in self.rows if row.outcome.findings]

    @property
    def counts(self) -> Counter[Finding]:
        """How many rows have each finding."""
        return Counter(finding for row in self.rows for finding in row.outcome.findings)
