"""Finds what an upgrade of a provider changes for one of its operators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from advisor.catalog.listing import is_followed
from advisor.catalog.model import OperatorFacts
from advisor.catalog.search import full_name
from advisor.catalog.snapshot import Snapshot
from advisor.knowledge.model import Sources
from advisor.knowledge.operators import Mode, Operator, OperatorFact
from advisor.knowledge.versions import ALL_VERSIONS, Version, VersionRange, parse_version, say_range

ChangeKind = Literal["requires", "source", "mode", "sound-from", "defect"]
"""`requires`: the oldest Airflow version. `source`: a fact that was read from source."""


@dataclass(frozen=True)
class Change:
    """What is different from a release on; `old` or `new` is "" if there was or is nothing."""

    release: Version
    kind: ChangeKind
    about: str
    old: str
    new: str
    sources: Sources


@dataclass(frozen=True)
class Upgrade:
    """What an upgrade changes. `recorded`: the history of the facts in source is known."""

    old: Version
    new: Version
    recorded: bool
    changes: tuple[Change, ...]


def find_upgrade(
    facts: OperatorFacts,
    written: Operator | None,
    snapshot: Snapshot,
    old: Version,
    new: Version,
) -> Upgrade:
    """Return what an upgrade of the provider changes for an operator, the oldest release first.

    `old` must be older than `new`.
    """
    changes = [
        *_required_changes(facts.provider, snapshot, old, new),
        *_source_changes(facts, snapshot, old, new),
        *(written_changes(written, old, new) if written else ()),
    ]
    ordered = sorted(changes, key=lambda each: each.release)
    return Upgrade(old, new, is_followed(facts, old, snapshot), tuple(ordered))


def known_releases(provider: str, snapshot: Snapshot) -> list[Version]:
    """Return the releases of a provider that the snapshot knows, the oldest first."""
    return sorted(map(parse_version, snapshot.content["releases"].get(provider, ())))


def _required_changes(
    provider: str, snapshot: Snapshot, old: Version, new: Version
) -> Iterator[Change]:
    """Yield each release that requires another Airflow than the one before."""
    before = snapshot.requires_airflow(provider, old)
    for release in known_releases(provider, snapshot):
        required = snapshot.requires_airflow(provider, release)
        if old < release <= new and required != before:
            yield Change(release, "requires", "Airflow", _bound(before), _bound(required), ())
            before = required


def _bound(version: Version | None) -> str:
    return f">={version}" if version and version > ALL_VERSIONS.low else "any"


def _source_changes(
    facts: OperatorFacts, snapshot: Snapshot, old: Version, new: Version
) -> Iterator[Change]:
    for change in snapshot.changes(full_name(facts), old, new):
        before, after = _value(change.before), _value(change.after)
        yield Change(change.release, "source", change.fact, before, after, ())


def _value(value: object) -> str:
    """Return the value of a fact in source as text, "" for none."""
    if isinstance(value, dict):
        return ", ".join(f"{name}={default}" for name, default in value.items())
    return "" if value is None else str(value)


def written_changes(operator: Operator, old: Version, new: Version) -> list[Change]:
    """Return what an upgrade changes in the hand-written part, the oldest release first."""
    changes = [*_mode_changes(operator.modes), *_fact_changes(operator.facts)]
    return sorted(
        (each for each in changes if old < each.release <= new), key=lambda each: each.release
    )


def _mode_changes(modes: Iterable[Mode]) -> Iterator[Change]:
    """Yield what begins or ends with each mode, and what is different from an earlier one."""
    all_modes = list(modes)
    for mode in all_modes:
        earlier = [each for each in all_modes if _follows(mode, each)]
        if not earlier:
            yield _mode_change(mode, mode.provider.low, "retry", "", mode.retry)
        elif all(mode.retry != each.retry for each in earlier):
            yield _mode_change(mode, mode.provider.low, "retry", earlier[0].retry, mode.retry)
        if earlier and all(mode.kill != each.kill for each in earlier):
            yield _mode_change(mode, mode.provider.low, "kill", earlier[0].kill, mode.kill)
        if not any(_follows(each, mode) for each in all_modes):
            yield _mode_change(mode, mode.provider.high, "retry", mode.retry, "")


def _mode_change(mode: Mode, release: Version, about: str, old: str, new: str) -> Change:
    return Change(release, "mode", f"{_about(mode)}, {about}", old, new, mode.sources)


def _follows(later: Mode, earlier: Mode) -> bool:
    """Return whether a mode is how another one behaves from a release on."""
    return (
        later.pattern == earlier.pattern
        and later.provider.low == earlier.provider.high
        and _overlap(later.airflow, earlier.airflow)
    )


def _overlap(one: VersionRange, other: VersionRange) -> bool:
    return one.low < other.high and other.low < one.high


def _about(mode: Mode) -> str:
    """Return the pattern of a mode, its arguments, and the Airflow versions that have it."""
    text: str = mode.pattern
    if mode.arguments:
        text += f" ({', '.join(f'{name}={value}' for name, value in mode.arguments.items())})"
    if mode.airflow != ALL_VERSIONS:
        text += f", Airflow {say_range(mode.airflow)}"
    return text


def _fact_changes(facts: Iterable[OperatorFact]) -> Iterator[Change]:
    for fact in facts:
        if fact.kind == "sound-from":
            yield Change(
                fact.provider.low, "sound-from", fact.text, fact.before, "works", fact.sources
            )
        elif fact.kind == "defect":
            yield Change(fact.provider.low, "defect", "defect", "", fact.text, fact.sources)
            yield Change(fact.provider.high, "defect", "defect", fact.text, "", fact.sources)
