"""The shipped snapshot of the catalogue: what the newest releases of the providers showed."""

from __future__ import annotations

import gzip
import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from advisor.catalog.model import OperatorFacts
from advisor.knowledge.versions import Version, parse_version

FILE = Path(__file__).with_name("snapshot.json.gz")
COLUMNS = tuple(
    each.name for each in fields(OperatorFacts) if each.name not in ("module", "name", "provider")
)
"""The facts of a row, in the order in which the file has them, after the name of the class."""
EXISTS, PARAMETER = "exists", "parameter "
"""The facts of the history that OperatorFacts does not have; a parameter is a fact of its own."""
ANY_AIRFLOW = Version(0, 0)

Step = tuple[str, Any]
"""A release, and the value of a fact from this release on."""


@dataclass(frozen=True)
class Change:
    """A fact of an operator that differs from the release before.

    `fact` is a field of OperatorFacts, `exists`, or `parameter NAME`. Values are as in
    OperatorFacts. Of a class that is new, only `exists` changes.
    """

    release: Version
    fact: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Snapshot:
    """The facts about all waiting operators and sensors, decoded when they are first used.

    `date` is the day on which the inputs were the newest releases, as YYYY-MM-DD. `airflow` is the
    release whose base classes were read. `inputs` maps the short name of a provider to the release
    that was read.
    """

    date: str
    airflow: Version
    inputs: Mapping[str, str]
    content: Mapping[str, Any]

    @cached_property
    def operators(self) -> tuple[OperatorFacts, ...]:
        """All operators and sensors, sorted by provider, module and class."""
        return tuple(_facts(*row) for row in self._rows())

    def find(self, name: str) -> tuple[OperatorFacts, ...]:
        """Return the operators of a class name, in any case, with or without the module."""
        module, _, class_name = name.rpartition(".")
        return tuple(
            _facts(*row)
            for row in self._rows()
            if row[2][0].lower() == class_name.lower() and module in ("", row[1])
        )

    def newest(self, provider: str) -> Version | None:
        """Return the release of a provider that was read, or None."""
        release = self.inputs.get(provider)
        return parse_version(release) if release else None

    def requires_airflow(self, provider: str, version: Version) -> Version | None:
        """Return the lowest Airflow that a release can be installed with, None if unknown.

        Releases that state no lower bound return 0.0.
        """
        newest = self.newest(provider)
        if newest is None or version > newest:
            return None
        step = _last_step(self.content["requires"].get(provider, ()), version)
        return _bound(step[1]) if step else None

    def airflow_steps(self, provider: str) -> tuple[tuple[Version, Version], ...]:
        """Return releases, the oldest first, and the lowest Airflow from each of them on."""
        steps = self.content["requires"].get(provider, ())
        return tuple((parse_version(release), _bound(bound)) for release, bound in steps)

    def newest_for(self, provider: str, airflow: Version) -> Version | None:
        """Return the newest release of a provider for an Airflow version.

        None if no release can be installed with it, or if only newer ones are recorded.
        """
        releases = [parse_version(each) for each in self.content["releases"].get(provider, ())]
        steps = self.content["requires"].get(provider, ())
        starts = [parse_version(release) for release, _ in steps]
        for position in range(len(steps) - 1, -1, -1):
            if _bound(steps[position][1]) <= airflow:
                end = starts[position + 1] if position + 1 < len(starts) else None
                return max(each for each in releases if end is None or each < end)
        return None

    def since(self, operator: str, what: str) -> Version | None:
        """Return the release since which something holds, without interruption until `inputs`.

        None if it does not hold or if there is no history.

        Args:
            operator: the full name of a class, with its module.
            what: `exists`, `deferrable` (it can be), `durable`, `acts`, or a parameter.
        """
        history = self._history(operator)
        steps = history.get(what) or history.get(PARAMETER + what) or ()
        if not steps or not _holds(steps[-1][1]):
            return None
        first = len(steps) - 1
        while first and _holds(steps[first - 1][1]):
            first -= 1
        return parse_version(steps[first][0])

    def has_history(self, operator: str) -> bool:
        """Return whether changes of a class are recorded; `operator` is its full name."""
        return bool(self._history(operator))

    def recorded_from(self, provider: str) -> Version | None:
        """Return the oldest release that the history of a provider covers, or None."""
        release = self.content["recorded_from"].get(provider)
        return parse_version(release) if release else None

    def changes(self, operator: str, old: Version, new: Version) -> tuple[Change, ...]:
        """Return what changed after release `old`, up to and including `new`, the oldest first."""
        found = [
            Change(parse_version(after[0]), fact, before[1], after[1])
            for fact, steps in self._history(operator).items()
            for before, after in pairwise(steps)
        ]
        inside = [each for each in found if old < each.release <= new]
        return tuple(sorted(inside, key=lambda each: (each.release, each.fact)))

    def _history(self, operator: str) -> Mapping[str, Sequence[Step]]:
        """Return the steps of each fact of a class, {} without history."""
        steps: dict[str, list[Step]] = {}
        for release, changed in self.content["history"].get(operator, ()):
            for fact, value in changed.items():
                steps.setdefault(fact, []).append((release, value))
        return steps

    def _rows(self) -> Iterator[tuple[str, str, Sequence[Any]]]:
        for provider, modules in self.content["operators"].items():
            for module, rows in modules.items():
                for row in rows:
                    yield provider, module, row


@cache
def load_snapshot(file: Path = FILE) -> Snapshot:
    """Return the shipped snapshot."""
    content = json.loads(gzip.decompress(file.read_bytes()))
    return Snapshot(content["date"], parse_version(content["airflow"]), content["inputs"], content)


def _facts(provider: str, module: str, row: Sequence[Any]) -> OperatorFacts:
    values = dict(zip(COLUMNS, row[1:], strict=True))
    values["parameters"] = tuple(values["parameters"])
    return OperatorFacts(module=module, name=row[0], provider=provider, **values)


def _last_step(steps: Sequence[Step], version: Version) -> Step | None:
    """Return the step that covers a release, None if it is older than the first."""
    position = bisect_right([parse_version(release) for release, _ in steps], version)
    return steps[position - 1] if position else None


def _bound(text: str) -> Version:
    return parse_version(text) if text else ANY_AIRFLOW


def _holds(value: object) -> bool:
    """Return whether the value of a fact means that the operator has it."""
    return value in ("yes", "parameter", "always")
