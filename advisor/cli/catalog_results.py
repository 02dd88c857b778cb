"""Finds what `advisor catalog` was asked for, and writes it."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from advisor.catalog.entries import load_core_facts, load_provider_facts
from advisor.catalog.listing import (
    Filters,
    Listing,
    environment_listing,
    newer_than_known,
    snapshot_listing,
    spell_release,
)
from advisor.catalog.model import OperatorFacts
from advisor.catalog.search import (
    classes_named,
    closest,
    full_name,
    matching,
    not_read,
    written_operator,
)
from advisor.catalog.snapshot import Snapshot, load_snapshot
from advisor.catalog.upgrade import Upgrade, find_upgrade, known_releases
from advisor.cli.output import Format, progress_bar, say, write_result
from advisor.decision.operators import acts_on_sigterm
from advisor.documents.model import shown
from advisor.errors import ANSWER_IS_NO, DONE, InputError
from advisor.knowledge.operators import Operator, OperatorFact
from advisor.knowledge.versions import Version, parse_version
from advisor.render.catalog_document import (
    CatalogPage,
    catalog_document,
    catalog_page,
    class_page,
)

if TYPE_CHECKING:
    from rich.console import Console


FINAL = re.compile(r"[\d.]+")
SINCE = ("exists", "deferrable", "durable", "acts")
"""The facts whose first release is shown, in addition to that of parameters."""


@dataclass(frozen=True)
class CatalogOptions:
    """The options of the command. `diff` are the old and the new release of a provider."""

    query: str | None
    filters: Filters
    airflow_version: str | None
    python: Path | None
    diff: tuple[str, str] | None
    format: Format


def write_catalog(options: CatalogOptions) -> int:
    """Write the part of the catalogue that was asked for, and return the exit code."""
    if options.diff and (options.filters or options.airflow_version or options.python):
        message = "cannot be combined with filters, --airflow-version or --python"
        raise InputError.of("--diff", message)
    snapshot = load_snapshot()
    listing = _listing(snapshot, options.airflow_version, options.python)
    if options.query is None:
        return _write_all(listing, snapshot, options)
    by_hand = not_read(snapshot.operators, listing.providers)
    listing = listing.of((*listing.operators, *by_hand))
    named = classes_named(options.query, listing.operators)
    matches = named or matching(options.query, listing.operators)
    found = listing.of(each for each in matches if options.filters.accept(each))
    if not found.operators:
        return _report_nothing(options.query, listing, snapshot, filtered=bool(matches))
    _say_all(newer_than_known(found))
    if len(named) == 1:
        return _write_class(found, snapshot, options)
    if options.diff:
        raise InputError.of("--diff", f"{shown(options.query)} is not one class", _name_one(named))
    if named:
        say(f"note: {_name_one(named)}")
    return _write_operators(_page(found, snapshot), options.format)


def _listing(snapshot: Snapshot, airflow_version: str | None, python: Path | None) -> Listing:
    """Return the operators to choose from."""
    if python is None:
        return snapshot_listing(snapshot, _airflow(airflow_version))
    if airflow_version is not None:
        raise InputError.of("--airflow-version", "cannot be combined with --python")
    # Reading source needs modules that the snapshot does not.
    from advisor.catalog.environment import read_python

    with progress_bar("Reading source") as progress:
        environment = read_python(python, progress)
    _say_all(environment.notes)
    return environment_listing(environment, snapshot)


def _airflow(text: str | None) -> Version | None:
    """Return the version of Airflow that the option names, as `recommend` understands it."""
    if text is None:
        return None
    # Parsing the questions takes 30 ms.
    from advisor.cli.inputs import airflow_from
    from advisor.knowledge.loader import load_knowledge

    question = load_knowledge().questions["airflow_version"]
    return airflow_from("--airflow-version", text, question)


def _say_all(notes: Iterable[str]) -> None:
    for note in notes:
        say(f"note: {note}")


def _report_nothing(query: str, listing: Listing, snapshot: Snapshot, *, filtered: bool) -> int:
    """Report that nothing matches, with the nearest spelling, or what left nothing."""
    if filtered:
        say(f"no operator that matches {shown(query)} passes the filters")
        return ANSWER_IS_NO
    known = (*snapshot.operators, *not_read(snapshot.operators, snapshot.inputs))
    if listing.source == "snapshot" and listing.airflow and matching(query, known):
        say(f"the catalogue has no release with {shown(query)} for Airflow {listing.airflow}")
        return ANSWER_IS_NO
    guess = closest(query, listing.operators)
    hint = f"did you mean '{guess}'?" if guess else "run `advisor catalog` for the providers"
    say(f"nothing matches {shown(query)} ({hint})")
    return ANSWER_IS_NO


def _name_one(named: Iterable[OperatorFacts]) -> str:
    """Return how to name one of several classes of the same name."""
    names = [full_name(each) for each in named]
    if not names:
        return "give the exact name of a class"
    return f"name one with its module: {', '.join(names)}"


def _write_all(listing: Listing, snapshot: Snapshot, options: CatalogOptions) -> int:
    """Write the providers, or all operators that pass the filters."""
    if options.diff:
        raise InputError.of("--diff", "no class was given", "advisor catalog CLASS --diff OLD NEW")
    found = listing.of(each for each in listing.operators if options.filters.accept(each))
    if not found.operators:
        say("no operator passes the filters")
        return ANSWER_IS_NO
    _say_all(newer_than_known(found))
    write = _write_operators if options.filters else _write_providers
    return write(_page(found, snapshot), options.format)


def _write_class(found: Listing, snapshot: Snapshot, options: CatalogOptions) -> int:
    """Write one operator in full, or what an upgrade changes for it."""
    (facts,) = found.operators
    written = written_operator(facts)
    upgrade = _upgrade(facts, snapshot, options.diff) if options.diff else None
    general = _general_facts(written) if written else ()
    page = class_page(found, lambda each: _since(each, snapshot), written, general, upgrade)
    return _write_operator(page, options.format)


def _general_facts(operator: Operator) -> Iterator[OperatorFact]:
    """Yield the facts about its provider, and where Airflow does not pass SIGTERM on."""
    yield from load_provider_facts(operator.provider)
    if any(map(acts_on_sigterm, operator.modes)):
        yield from (each for each in load_core_facts() if each.kind == "shutdown")


def _upgrade(facts: OperatorFacts, snapshot: Snapshot, diff: tuple[str, str]) -> Upgrade:
    known = known_releases(facts.provider, snapshot)
    old, new = (_known_release(each, known, facts.provider) for each in diff)
    if old >= new:
        message = f"{shown(diff[0])} is not older than {shown(diff[1])}"
        raise InputError.of("--diff", message, "give OLD, then NEW")
    return find_upgrade(facts, written_operator(facts), snapshot, old, new)


def _known_release(text: str, known: list[Version], provider: str) -> Version:
    try:
        version = parse_version(text)
    except ValueError as error:
        raise InputError.of("--diff", str(error)) from None
    # A pre-release parses as its final release.
    if version not in known or not FINAL.fullmatch(text):
        message = f"unknown release {shown(text)} of {provider}"
        raise InputError.of("--diff", message, _nearest(version, known))
    return version


def _nearest(version: Version, known: list[Version]) -> str:
    """Return the recorded releases before and after one that is not recorded."""
    if not known:
        return "none is recorded"
    place = bisect(known, version)
    return f"nearest: {' and '.join(map(spell_release, known[max(place - 1, 0) : place + 1]))}"


def _page(listing: Listing, snapshot: Snapshot) -> CatalogPage:
    return catalog_page(listing, lambda each: _since(each, snapshot))


def _since(facts: OperatorFacts, snapshot: Snapshot) -> Mapping[str, Version]:
    """Return the first release of what is recorded, except for what is older than the records."""
    name, start = full_name(facts), snapshot.recorded_from(facts.provider)
    if not snapshot.has_history(name):
        return {}
    found = {what: snapshot.since(name, what) for what in (*SINCE, *facts.parameters)}
    return {what: each for what, each in found.items() if each and each != start}


def _write_providers(page: CatalogPage, format_: Format) -> int:
    def terminal(console: Console) -> None:
        from advisor.render.catalog import print_providers  # with rich, which takes 100 ms

        print_providers(console, page)

    def markdown() -> Iterable[str]:
        from advisor.render.catalog_markdown import markdown_providers

        return markdown_providers(page)

    return _write(page, format_, terminal, markdown)


def _write_operators(page: CatalogPage, format_: Format) -> int:
    def terminal(console: Console) -> None:
        from advisor.render.catalog import print_operators

        print_operators(console, page)

    def markdown() -> Iterable[str]:
        from advisor.render.catalog_markdown import markdown_operators

        return markdown_operators(page)

    return _write(page, format_, terminal, markdown)


def _write_operator(page: CatalogPage, format_: Format) -> int:
    def terminal(console: Console) -> None:
        from advisor.render.catalog import print_operator

        print_operator(console, page)

    def markdown() -> Iterable[str]:
        from advisor.render.catalog_markdown import markdown_operator

        return markdown_operator(page)

    return _write(page, format_, terminal, markdown)


def _write(
    page: CatalogPage,
    format_: Format,
    terminal: Callable[[Console], None],
    markdown: Callable[[], Iterable[str]],
) -> int:
    write_result(
        format_, terminal=terminal, markdown=markdown, document=lambda: catalog_document(page)
    )
    return DONE
