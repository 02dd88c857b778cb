"""Lists operators with the releases of their providers: of the snapshot or of an environment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from advisor.catalog.model import OperatorFacts
from advisor.catalog.search import full_name
from advisor.catalog.snapshot import EXISTS, Snapshot
from advisor.knowledge.versions import ALL_VERSIONS, STORE_SINCE, Version

if TYPE_CHECKING:
    from advisor.catalog.environment import Environment

ListingSource = Literal["snapshot", "environment"]
DEFERRABLE = ("parameter", "always")


@dataclass(frozen=True)
class Provider:
    """A provider or another distribution, and its release.

    `text` is the release as it is spelled, None if it is not known. `read` is the release that the
    facts are from. `requires_airflow` is the oldest version of Airflow that the release supports.
    `newest_known` is the newest release in the snapshot, None if it has none.
    """

    text: str | None
    release: Version | None
    read: Version | None
    requires_airflow: Version | None
    newest_known: Version | None

    @property
    def is_newer_than_known(self) -> bool:
        """Return whether the hand-written facts may be outdated."""
        release, newest = self.release, self.newest_known
        return release is not None and newest is not None and release > newest


@dataclass(frozen=True)
class Listing:
    """Operators and their providers.

    `date` is that of the snapshot. `airflow` is the version that the operators are for, None if it
    is not known. `followed` are the full names of the operators whose recorded history gives the
    facts of an older release than the one that was read.
    """

    source: ListingSource
    date: str
    airflow: Version | None
    providers: Mapping[str, Provider]
    operators: tuple[OperatorFacts, ...]
    followed: frozenset[str] = frozenset()

    def of(self, operators: Iterable[OperatorFacts]) -> Listing:
        """Return the list with only some of its operators, and their providers."""
        kept = tuple(operators)
        named = {each.provider for each in kept}
        providers = {name: each for name, each in self.providers.items() if name in named}
        return replace(self, operators=kept, providers=providers)


@dataclass(frozen=True)
class Filters:
    """Which operators to list. `durable`: only those that store the id of their job."""

    deferrable: bool = False
    durable: bool = False

    def __bool__(self) -> bool:
        """Return whether anything is filtered."""
        return self.deferrable or self.durable

    def accept(self, facts: OperatorFacts) -> bool:
        """Return whether an operator is listed."""
        if self.deferrable and facts.deferrable not in DEFERRABLE:
            return False
        return not self.durable or facts.acts == "yes"


def snapshot_listing(snapshot: Snapshot, airflow: Version | None = None) -> Listing:
    """Return the operators of the snapshot, in the releases for a version of Airflow."""
    releases = {name: _release_for(name, airflow, snapshot) for name in snapshot.inputs}
    providers = {
        name: _snapshot_provider(name, each, snapshot)
        for name, each in releases.items()
        if each is not None
    }
    listing = Listing("snapshot", snapshot.date, airflow, providers, snapshot.operators)
    return listing if airflow is None else _for_airflow(listing, snapshot, airflow)


def environment_listing(environment: Environment, snapshot: Snapshot) -> Listing:
    """Return the operators that are installed in an environment."""
    names = {each.provider for each in environment.facts.values()}
    providers = {name: _installed_provider(name, environment, snapshot) for name in sorted(names)}
    operators = (_on_airflow(each, environment.airflow) for each in environment.facts.values())
    return Listing("environment", snapshot.date, environment.airflow, providers, tuple(operators))


def newer_than_known(listing: Listing) -> tuple[str, ...]:
    """Return a note for each provider whose release is newer than that of the snapshot."""
    return tuple(
        f"{name} {each.text} is newer than the catalogue ({spell_release(each.newest_known)}): "
        "facts from source are those of your release, hand-written ones may be outdated"
        for name, each in sorted(listing.providers.items())
        if each.is_newer_than_known and each.newest_known
    )


def _release_for(provider: str, airflow: Version | None, snapshot: Snapshot) -> Version | None:
    if airflow is None:
        return snapshot.newest(provider)
    return snapshot.newest_for(provider, airflow)


def _snapshot_provider(name: str, version: Version, snapshot: Snapshot) -> Provider:
    newest = snapshot.newest(name)
    text = snapshot.inputs[name] if version == newest else spell_release(version)
    return Provider(text, version, newest, _requires(name, version, snapshot), newest)


def _installed_provider(name: str, environment: Environment, snapshot: Snapshot) -> Provider:
    version = environment.releases.get(name)
    requires = _requires(name, version, snapshot) if version else None
    return Provider(
        text=environment.distributions.get(name),
        release=version,
        read=version,
        requires_airflow=requires,
        newest_known=snapshot.newest(name),
    )


def _requires(provider: str, version: Version, snapshot: Snapshot) -> Version | None:
    required = snapshot.requires_airflow(provider, version)
    return required if required and required > ALL_VERSIONS.low else None


def _for_airflow(listing: Listing, snapshot: Snapshot, airflow: Version) -> Listing:
    """Return the operators as they are in the releases for a version of Airflow."""
    operators, followed = [], set()
    for facts in listing.operators:
        provider = listing.providers.get(facts.provider)
        if provider is None or provider.release is None:
            continue
        then = facts_in(facts, provider.release, snapshot)
        if then is not None:
            operators.append(_on_airflow(then, airflow))
        if is_followed(facts, provider.release, snapshot):
            followed.add(full_name(facts))
    return replace(listing.of(operators), followed=frozenset(followed))


def is_followed(facts: OperatorFacts, version: Version, snapshot: Snapshot) -> bool:
    """Return whether the history of an operator goes back to a release."""
    start = snapshot.recorded_from(facts.provider)
    return snapshot.has_history(full_name(facts)) and start is not None and start <= version


def facts_in(facts: OperatorFacts, version: Version, snapshot: Snapshot) -> OperatorFacts | None:
    """Return the facts about an operator in an older release, as far as they are recorded.

    None if the release does not have the operator.
    """
    newest = snapshot.newest(facts.provider)
    if newest is None or not is_followed(facts, version, snapshot):
        return facts
    then: dict[str, Any] = {}
    for change in snapshot.changes(full_name(facts), version, newest):
        then.setdefault(change.fact, change.before)
    if EXISTS in then and then.pop(EXISTS) != "yes":
        return None
    known = {name: value for name, value in then.items() if name in vars(facts)}
    # None is a value of the wait limit; elsewhere it means that the release has no such fact.
    return replace(
        facts,
        **{k: v for k, v in known.items() if v is not None or k == "wait_limit_s"},
    )


def _on_airflow(facts: OperatorFacts, airflow: Version | None) -> OperatorFacts:
    """Return the facts on a version of Airflow; without a store, `durable` has no effect."""
    if airflow is None or airflow >= STORE_SINCE or facts.acts == "no":
        return facts
    finds = facts.retry_finds_job_by
    without = "unknown" if finds == "task-state-store" else finds
    return replace(facts, acts="no", retry_finds_job_by=without)


def spell_release(version: Version) -> str:
    """Return a provider's release with all three numbers."""
    return f"{version.major}.{version.minor}.{version.patch}"
