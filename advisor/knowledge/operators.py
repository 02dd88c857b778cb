"""The types of what is known about existing operators: modes, limits, facts and systems."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from advisor.knowledge.model import Sources
from advisor.knowledge.versions import ALL_VERSIONS, Version, VersionRange

ModePattern = Literal["deferrable", "resumable", "plain", "reschedule", "poke"]
"""How a mode waits: `plain` holds its worker slot; `reschedule` and `poke` are modes of sensors."""
RetryDuplicates = Literal["never", "window", "unknown", "yes"]
"""Whether a retry can start a second job, the safest first.

`window`: only after a crash between submitting the job and storing its id.
"""
OperatorKind = Literal["operator", "sensor"]
FactKind = Literal["sound-from", "defect", "upcoming", "shutdown"]


@dataclass(frozen=True)
class Mode:
    """One way to run an operator, in the releases in which it behaves so.

    `arguments` are added to the operator's line, as Python expressions by name. `reruns_failed` is
    false if a retry gets a failed or cancelled job back instead of a new one. `finds_running` is
    true if a retry finds the job while it runs, and can start a second one only if it has ended
    meanwhile. `retry` and `kill` say what a retry, and SIGTERM or a user's kill, do to the job.
    """

    pattern: ModePattern
    arguments: Mapping[str, str]
    provider: VersionRange
    airflow: VersionRange
    retry_duplicates: RetryDuplicates
    reruns_failed: bool
    finds_running: bool
    retry: str
    kill: str
    sources: Sources


@dataclass(frozen=True)
class WaitLimit:
    """When an operator stops waiting by itself, in a range of its provider's releases.

    `seconds` is the limit with the default parameters, None without one. `interval` (s), `attempts`
    and `timeout` are parameters and their defaults as Python expressions; None if there is no such
    parameter. `cancels_job` says whether the operator cancels the job at the limit.
    """

    patterns: tuple[ModePattern, ...]
    provider: VersionRange
    seconds: int | None
    interval: tuple[str, str] | None
    attempts: tuple[str, str] | None
    timeout: tuple[str, str] | None
    sources: Sources
    cancels_job: bool = False


@dataclass(frozen=True)
class Split:
    """How to submit in one task and wait in another: arguments, and the class of the sensor."""

    submit: Mapping[str, str]
    sensor: str


@dataclass(frozen=True)
class OperatorFact:
    """A fact about an operator in a range of releases.

    `sound-from`: `text` works from the lower ends of the ranges on, and `before` says what happened
    until then, in the Airflow versions of `only_on`. `defect`: `text` is a known problem.
    `upcoming`: `text` is work in progress. `shutdown`: `text` says what Airflow does when a worker
    gets SIGTERM. No `patterns` means all of them. `only_sensors` is true for facts
    about Airflow that concern no other operators. `operators` are the classes that a fact about a
    provider concerns, none for all.
    """

    kind: FactKind
    patterns: tuple[ModePattern, ...]
    provider: VersionRange
    airflow: VersionRange
    text: str
    before: str
    issues: tuple[str, ...]
    sources: Sources
    only_on: VersionRange = ALL_VERSIONS
    only_sensors: bool = False
    operators: tuple[str, ...] = ()

    def concerns(self, operator: str, patterns: Collection[ModePattern]) -> bool:
        """Return whether a fact about a provider is also one about this class and its modes."""
        if self.operators and operator not in self.operators:
            return False
        return not self.patterns or any(each in patterns for each in self.patterns)


@dataclass(frozen=True)
class Operator:
    """An existing operator or sensor, and how it behaves. `line` is the shortest call of it.

    `provider` is the short name of its provider, and `package` the name of the distribution.
    """

    name: str
    module: str
    provider: str
    package: str
    system: str
    kind: OperatorKind
    line: str
    modes: tuple[Mode, ...]
    waits: tuple[WaitLimit, ...]
    split: Split | None
    facts: tuple[OperatorFact, ...]


@dataclass(frozen=True)
class System:
    """A system that runs jobs.

    `provider` is the one whose operators come first, "" if only one provider has operators.
    `template` is the value of `--system` that scaffolds for it, "" if there is none. `operators`
    are classes of other systems that serve it too.
    """

    id: str
    title: str
    aliases: tuple[str, ...]
    async_client: str
    async_client_name: str
    submission_key: str
    key_note: str
    provider: str
    sources: Sources
    template: str = ""
    operators: tuple[str, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """An operator that may serve a job, and the release of its provider.

    `release` is the installed or assumed release; None if none is known. `given` is true if the
    user named it. `newest` is the newest release in the catalogue, None if it is not recorded.
    `timeout_while_deferred` says whether execution_timeout holds while it is deferred. `requires`
    has releases of the provider, the oldest first, and the Airflow that is required from each on.
    """

    operator: Operator
    release: Version | None = None
    given: bool = False
    newest: Version | None = None
    timeout_while_deferred: Literal["yes", "no", "unknown"] = "unknown"
    requires: tuple[tuple[Version, Version], ...] = ()


@dataclass(frozen=True)
class Target:
    """What the answer `system` names: a system, a class, or nothing known.

    `operators` and `sensors` are the candidates, the best-known first.
    """

    name: str
    system: System | None = None
    operators: tuple[Candidate, ...] = ()
    sensors: tuple[Candidate, ...] = ()
