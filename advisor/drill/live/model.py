"""The options of a live drill, and its result: a row for each fault and target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from advisor.drill.live.faults import FaultScenario
from advisor.drill.model import Finding, Outcome, Target


@dataclass(frozen=True)
class LiveDrillOptions:
    """How to drill."""

    honours_keys: bool | None = None
    """Whether the service honours idempotency keys (default: as the hook declares)."""
    faults: Sequence[str] = ()
    """The ids of the faults to inject (default: all)."""


@dataclass(frozen=True)
class Row:
    """The outcome of one fault for one target."""

    target: Target
    fault: FaultScenario
    outcome: Outcome
    tries: int
    """How many tries the task used; 1 if none was lost."""


@dataclass(frozen=True)
class LiveDrillResult:
    """The result of a live drill."""

    targets: Sequence[Target]
    airflow: str
    """The version of Airflow."""
    rows: Sequence[Row]
    seconds: float
    """Time of the whole drill, including the start and the end of Airflow."""
    honours_keys: bool | None = None
    """Whether the service honoured idempotency keys; None: as the hooks declare."""

    @property
    def violations(self) -> list[Row]:
        """The rows with findings."""
        return [row for row in self.rows if row.outcome.findings]

    @property
    def counts(self) -> Counter[Finding]:
        """How many rows have each finding."""
        return Counter(finding for row in self.rows for finding in row.outcome.findings)
