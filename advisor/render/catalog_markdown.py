"""The catalogue of operators as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from advisor.knowledge.model import Sources
from advisor.render.catalog_document import CatalogPage, ModeRow, OperatorRow, provider_rows
from advisor.render.catalog_wording import (
    FACT_HEADINGS,
    HEADS,
    NOTHING_WRITTEN,
    PROVIDER_HEADS,
    by_provider,
    cells,
    change_text,
    changes_by_release,
    fact_text,
    facts_of_kind,
    marked_class,
    mode_lines,
    mode_title,
    modes_by_heading,
    provider_cells,
    provider_heading,
    provider_line,
    source_lines,
    split_heading,
    title,
    upgrade_note,
    upgrade_title,
    wait_text,
    waits_of_release,
)
from advisor.render.wording import escape, links


def markdown_providers(page: CatalogPage) -> Iterator[str]:
    """Yield the providers with the numbers of their operators."""
    yield from _table(PROVIDER_HEADS, [provider_cells(row) for row in provider_rows(page)])


def markdown_operators(page: CatalogPage) -> Iterator[str]:
    """Yield a list of operators by provider."""
    for _, rows in by_provider(page):
        yield f"### {escape(provider_heading(rows))}\n\n"
        yield from _table(("Class", *HEADS), [(marked_class(row), *cells(row)) for row in rows])
        yield "\n"


def markdown_operator(page: CatalogPage) -> Iterator[str]:
    """Yield an operator in full, or what an upgrade changes for it."""
    (row,) = page.operators
    yield f"### {row.class_} ({escape(title(row))})\n\n"
    yield f"{escape(provider_line(row))}\n\n"
    yield from (f"Note: {escape(note)}.\n\n" for note in page.notes)
    yield from _code(row.import_ or "")
    if page.diff:
        yield f"\n**{escape(upgrade_title(page.diff, row))}**\n"
        for release, changes in changes_by_release(page.diff):
            yield from _items(release, [_cited(change_text(each), each.source) for each in changes])
        note = upgrade_note(page.diff)
        yield f"\n{note}\n" if note else ""
    else:
        facts = [f"{label}: {escape(text)}" for label, text in source_lines(row)]
        yield from _items("Read from source", facts)
        yield from _written(row)


def _written(row: OperatorRow) -> Iterator[str]:
    if not row.modes and not row.facts:
        yield f"\n{NOTHING_WRITTEN}\n"
    for heading, modes in modes_by_heading(row):
        yield from _modes(heading, modes, row)
    waits = [_cited(wait_text(each), each.source) for each in waits_of_release(row)]
    yield from _items("Wait limits", waits)
    if row.split:
        yield f"\n**{escape(split_heading(row.split))}**\n\n"
        yield from _code(row.split.submit)
    for kind, heading in FACT_HEADINGS.items():
        facts = facts_of_kind(row, kind)
        yield from _items(heading, [_cited(fact_text(each, row), each.source) for each in facts])


def _modes(heading: str, modes: Iterable[ModeRow], row: OperatorRow) -> Iterator[str]:
    yield f"\n**{escape(heading)}**\n"
    for mode in modes:
        yield f"\n{_cited(mode_title(mode, row), mode.source)}\n\n"
        yield from _code(mode.line)
        yield "\n"
        yield from (f"- {label}: {escape(text)}\n" for label, text in mode_lines(mode))


def _items(heading: str, texts: Iterable[str]) -> Iterator[str]:
    """Yield a list with a heading, nothing if all texts are empty."""
    listed = [text for text in texts if text]
    if listed:
        yield f"\n**{escape(heading)}**\n\n"
    yield from (f"- {text}\n" for text in listed)


def _cited(text: str, sources: Sources) -> str:
    return f"{escape(text)} {links(sources)}".rstrip()


def _code(line: str) -> Iterator[str]:
    yield f"```python\n{line}\n```\n"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}\n"
    yield from (f"| {' | '.join(map(escape, row))} |\n" for row in rows)
