"""The catalogue as typed rows, from which every format and the schema are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from advisor.catalog.listing import DEFERRABLE, Listing, ListingSource, Provider, newer_than_known
from advisor.catalog.model import Deferrable, FindsJobBy, Kind, OperatorFacts, Truth
from advisor.catalog.search import full_name, system_titled
from advisor.catalog.upgrade import ChangeKind, Upgrade
from advisor.decision.operators import release, with_arguments
from advisor.knowledge.model import Sources
from advisor.knowledge.operators import (
    FactKind,
    Mode,
    ModePattern,
    Operator,
    OperatorFact,
    RetryDuplicates,
    Split,
    WaitLimit,
)
from advisor.knowledge.versions import ALL_VERSIONS, Version, VersionRange
from advisor.render.schemas import SCHEMA_VERSION, Document, Schema, document_schema
from advisor.render.typed_documents import document_of, schema_of

Known = bool | Literal["unknown"]
"""Whether something is so; `unknown` if the source does not show it."""
Since = Callable[[OperatorFacts], Mapping[str, Version]]
"""Returns since which release something is so, by what it is."""
TRUTHS: Mapping[Truth, Known] = {"yes": True, "no": False, "unknown": "unknown"}


@dataclass(frozen=True)
class ModeRow:
    """A mode, from the hand-written part."""

    pattern: ModePattern
    arguments: Mapping[str, str]
    line: str
    provider: Annotated[str, "Range of provider releases; empty for all."]
    airflow: Annotated[str, "Range of Airflow versions; empty for all."]
    applies: Annotated[Known, "Whether the release of the operator's row has this mode."]
    retry_duplicates: RetryDuplicates
    reruns_failed: Annotated[bool, "false: a retry gets a failed job back."]
    finds_running: Annotated[bool, "Whether a retry finds the job while it runs."]
    retry: str
    kill: str
    source: Sources


@dataclass(frozen=True)
class WaitRow:
    """A wait limit, from the hand-written part."""

    patterns: tuple[ModePattern, ...]
    provider: Annotated[str, "Range of provider releases; empty for all."]
    applies: Annotated[Known, "Whether the release of the operator's row has this limit."]
    limit_s: Annotated[int | None, "Seconds; null without a limit."]
    parameters: Mapping[str, str]
    source: Sources


@dataclass(frozen=True)
class SplitRow:
    """How to submit in one task and to wait in another."""

    submit: str
    sensor: str


@dataclass(frozen=True)
class FactRow:
    """A fact, from the hand-written part."""

    kind: FactKind
    patterns: tuple[ModePattern, ...]
    provider: Annotated[str, "Range of provider releases; empty for all."]
    airflow: Annotated[str, "Range of Airflow versions; empty for all."]
    applies: Annotated[Known, "Whether it is so in the release of the operator's row."]
    text: str
    before: str
    only_on: Annotated[str, "Range of Airflow versions with what was before; empty for all."]
    issues: tuple[str, ...]
    source: Sources


@dataclass(frozen=True)
class OperatorRow:
    """An operator or sensor. The fields with a default are written if it is shown in full."""

    module: str
    class_: str
    provider: str
    release: Annotated[str | None, "Release of the provider; null if unknown."]
    facts_of: Annotated[str | None, "Release that was read; null if unknown."]
    requires_airflow: Annotated[str | None, "Oldest Airflow version that the release supports."]
    kind: Kind
    deferrable: Deferrable
    deferrable_default: Annotated[
        Literal["config", "yes", "no"] | None, "config: the option [operators] default_deferrable."
    ]
    durable: Annotated[Known, "Whether the parameter is accepted."]
    acts: Annotated[Known, "Whether durable has an effect."]
    retry_finds_job_by: FindsJobBy
    on_kill: Annotated[Known, "Whether the operator has an on_kill method."]
    trigger_on_kill: Annotated[Known | None, "The same of its triggers; null if it never defers."]
    wait_limit_s: Annotated[
        float | Literal["unknown"] | None,
        "Seconds after which it stops waiting by default; null without a limit.",
    ]
    wait_parameters: Mapping[str, str]
    timeout_while_deferred: Annotated[Known, "Whether execution_timeout holds while deferred."]
    idempotency_parameter: Annotated[str | None, "Makes a submission idempotent if it is set."]
    since: Annotated[Mapping[str, str], "The release from which something is so, if recorded."]
    import_: str | None = None
    package: str | None = None
    system: str | None = None
    modes: tuple[ModeRow, ...] | None = None
    waits: tuple[WaitRow, ...] | None = None
    split: SplitRow | None = None
    facts: tuple[FactRow, ...] | None = None


@dataclass(frozen=True)
class ChangeRow:
    """What is different from a release on."""

    release: str
    kind: ChangeKind
    about: str
    old: Annotated[str, "Empty if there was nothing."]
    new: Annotated[str, "Empty if there is nothing."]
    source: Sources


@dataclass(frozen=True)
class UpgradeRow:
    """What an upgrade of the provider changes."""

    old: str
    new: str
    recorded: Annotated[bool, "Whether the history of the facts in source is known."]
    changes: tuple[ChangeRow, ...]


@dataclass(frozen=True)
class ProviderRow:
    """A provider, and how many of its operators wait, defer, or accept durable."""

    name: str
    release: str | None
    requires_airflow: str | None
    operators: int
    sensors: int
    deferrable: int
    durable: int
    acts: int


@dataclass(frozen=True)
class CatalogPage:
    """A part of the catalogue, to show or to write. `diff` is what an upgrade changes."""

    date: Annotated[str, "Date of the snapshot."]
    source: ListingSource
    providers: Annotated[Mapping[str, str | None], "Releases by the name of the provider."]
    notes: Annotated[tuple[str, ...], "What is not known about a release."]
    operators: tuple[OperatorRow, ...]
    diff: UpgradeRow | None = None


def catalog_page(listing: Listing, since: Since) -> CatalogPage:
    """Return the operators of a list as rows."""
    rows = tuple(operator_row(each, listing, since) for each in listing.operators)
    return _page(listing, rows)


def class_page(
    listing: Listing,
    since: Since,
    written: Operator | None,
    provider_facts: Iterable[OperatorFact] = (),
    upgrade: Upgrade | None = None,
) -> CatalogPage:
    """Return a list of one operator as a row in full, and what an upgrade changes."""
    (facts,) = listing.operators
    row = operator_row(facts, listing, since)
    full = replace(
        row,
        import_=f"from {facts.module} import {facts.name}",
        package=written.package if written else None,
        **(_written(written, provider_facts, listing) if written else NOTHING_WRITTEN),
    )
    return replace(_page(listing, (full,)), diff=_upgrade(upgrade) if upgrade else None)


NOTHING_WRITTEN: Mapping[str, Any] = {"modes": (), "facts": ()}


def _page(listing: Listing, rows: tuple[OperatorRow, ...]) -> CatalogPage:
    releases = {name: each.text for name, each in listing.providers.items()}
    return CatalogPage(listing.date, listing.source, releases, newer_than_known(listing), rows)


def operator_row(facts: OperatorFacts, listing: Listing, since: Since) -> OperatorRow:
    """Return the facts about an operator as a row."""
    provider = listing.providers[facts.provider]
    return OperatorRow(
        module=facts.module,
        class_=facts.name,
        provider=facts.provider,
        release=provider.text,
        facts_of=_facts_of(facts, listing),
        requires_airflow=str(provider.requires_airflow) if provider.requires_airflow else None,
        kind=facts.kind,
        deferrable=facts.deferrable,
        deferrable_default=facts.deferrable_default or None,
        durable=TRUTHS[facts.durable],
        acts=TRUTHS[facts.acts],
        retry_finds_job_by=facts.retry_finds_job_by,
        on_kill=TRUTHS[facts.on_kill],
        trigger_on_kill=TRUTHS[facts.trigger_on_kill] if facts.trigger_on_kill else None,
        wait_limit_s=facts.wait_limit_s,
        wait_parameters=dict(facts.wait_parameters),
        timeout_while_deferred=TRUTHS[facts.timeout_while_deferred],
        idempotency_parameter=facts.idempotency_parameter or None,
        since={what: release(version) for what, version in since(facts).items()},
    )


def _facts_of(facts: OperatorFacts, listing: Listing) -> str | None:
    """Return the release that the facts are from."""
    provider = listing.providers[facts.provider]
    is_own = provider.release == provider.read or full_name(facts) in listing.followed
    return provider.text if is_own else _release(provider.read)


def provider_rows(page: CatalogPage) -> list[ProviderRow]:
    """Return the providers of a page, with the numbers of their operators."""
    by_provider: dict[str, list[OperatorRow]] = {}
    for row in page.operators:
        by_provider.setdefault(row.provider, []).append(row)
    return [_provider_row(name, by_provider[name]) for name in sorted(by_provider)]


def _provider_row(name: str, rows: list[OperatorRow]) -> ProviderRow:
    return ProviderRow(
        name=name,
        release=rows[0].release,
        requires_airflow=rows[0].requires_airflow,
        operators=sum(row.kind == "operator" for row in rows),
        sensors=sum(row.kind == "sensor" for row in rows),
        deferrable=sum(row.deferrable in DEFERRABLE for row in rows),
        durable=sum(row.durable is True for row in rows),
        acts=sum(row.acts is True for row in rows),
    )


def _written(
    operator: Operator, provider_facts: Iterable[OperatorFact], listing: Listing
) -> dict[str, Any]:
    """Return the fields of the hand-written part."""
    releases = Releases(listing.providers[operator.provider], listing.airflow)
    patterns = {each.pattern for each in operator.modes}
    general = [each for each in provider_facts if each.concerns(operator.name, patterns)]
    return {
        "system": system_titled(operator.system) or None,
        "modes": tuple(_mode(each, operator, releases) for each in operator.modes),
        "waits": tuple(_wait(each, releases) for each in operator.waits),
        "split": _split(operator, operator.split) if operator.split else None,
        "facts": tuple(_fact(each, releases) for each in (*operator.facts, *general)),
    }


@dataclass(frozen=True)
class Releases:
    """The releases that a row is for; `airflow` is None if the version is not known.

    A provider's release that is newer than the catalogue may be different from the known ones.
    """

    provider: Provider
    airflow: Version | None

    def are_in(self, provider: VersionRange, airflow: VersionRange = ALL_VERSIONS) -> Known:
        """Return whether they are in the ranges."""
        release = self.provider.release
        if release is not None and release not in provider:
            return False
        if self.airflow is not None and self.airflow not in airflow:
            return False
        return "unknown" if self.provider.is_newer_than_known else True


def _mode(mode: Mode, operator: Operator, releases: Releases) -> ModeRow:
    return ModeRow(
        pattern=mode.pattern,
        arguments=dict(mode.arguments),
        line=with_arguments(operator.line, mode.arguments),
        provider=range_text(mode.provider, release),
        airflow=range_text(mode.airflow, str),
        applies=releases.are_in(mode.provider, mode.airflow),
        retry_duplicates=mode.retry_duplicates,
        reruns_failed=mode.reruns_failed,
        finds_running=mode.finds_running,
        retry=mode.retry,
        kill=mode.kill,
        source=mode.sources,
    )


def _wait(limit: WaitLimit, releases: Releases) -> WaitRow:
    named = [each for each in (limit.interval, limit.attempts, limit.timeout) if each]
    return WaitRow(
        patterns=limit.patterns,
        provider=range_text(limit.provider, release),
        applies=releases.are_in(limit.provider),
        limit_s=limit.seconds,
        parameters=dict(named),
        source=limit.sources,
    )


def _split(operator: Operator, split: Split) -> SplitRow:
    arguments = {**split.submit, "retries": "0"}
    return SplitRow(with_arguments(operator.line, arguments), split.sensor)


def _fact(fact: OperatorFact, releases: Releases) -> FactRow:
    return FactRow(
        kind=fact.kind,
        patterns=fact.patterns,
        provider=range_text(fact.provider, release),
        airflow=range_text(fact.airflow, str),
        applies=releases.are_in(fact.provider, fact.airflow),
        text=fact.text,
        before=fact.before,
        only_on=range_text(fact.only_on, str),
        issues=fact.issues,
        source=fact.sources,
    )


def _upgrade(upgrade: Upgrade) -> UpgradeRow:
    changes = tuple(
        ChangeRow(release(each.release), each.kind, each.about, each.old, each.new, each.sources)
        for each in upgrade.changes
    )
    return UpgradeRow(release(upgrade.old), release(upgrade.new), upgrade.recorded, changes)


def range_text(versions: VersionRange, spell: Callable[[Version], str]) -> str:
    """Return a range as `>=9.24.0,<9.30.0`, "" for all versions."""
    low = [f">={spell(versions.low)}"] if versions.low > ALL_VERSIONS.low else []
    high = [f"<{spell(versions.high)}"] if versions.high < ALL_VERSIONS.high else []
    return ",".join([*low, *high])


def _release(version: Version | None) -> str | None:
    return release(version) if version else None


def catalog_document(page: CatalogPage) -> Document:
    """Return a part of the catalogue as mappings and lists."""
    return {"schema_version": SCHEMA_VERSION, **document_of(page)}


def catalog_schema() -> Schema:
    """Return the schema of what `advisor catalog --format json` writes."""
    schema = schema_of(CatalogPage)
    described_ = document_schema("Operators in the catalogue of advisor", schema["properties"])
    return {**described_, "required": ["schema_version", *schema["required"]]}
