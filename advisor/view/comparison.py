"""The documented comparison in every format, each cell with its source, and where voices differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from advisor.knowledge.model import Cell, Characteristic, Knowledge, Note
from advisor.knowledge.versions import Version
from advisor.view.citations import Citations
from advisor.view.markdown import escape, links
from advisor.view.page import NARROW, Page
from advisor.view.shape import SCHEMA_VERSION, Shape, plain, shape_sources

DOCUMENTED = "Airflow's own table, word for word"
STATED = "What the pages state in their text, in our words"
DIFFERING = "Where page, code and experiment differ"


def print_comparison(
    console: Console, knowledge: Knowledge, notes: Iterable[Note], version: Version
) -> None:
    """Print the comparison for a version of Airflow."""
    page = Page(console)
    page.line((f"Airflow {version}", "bold green"))
    for title, documented in ((DOCUMENTED, True), (STATED, False)):
        page.heading(title)
        rows = [row for row in knowledge.characteristics.values() if row.documented is documented]
        if console.width < 2 * NARROW:
            _print_rows(page, rows, knowledge, version)
        else:
            _print_table(page, rows, knowledge, version)
    page.heading(DIFFERING)
    for note in notes:
        page.item(f"{note.title} ({note.id})", mark="!", style="yellow")
        for side in note.sides:
            page.item(f"{side.text} {page.citations.cite(side.sources)}", mark="-", indent=4)
    page.sources()
    page.print()


def _print_table(
    page: Page, rows: list[Characteristic], knowledge: Knowledge, version: Version
) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 1, 0))
    table.add_column("", overflow="fold", ratio=3)
    for pattern in knowledge.patterns.values():
        table.add_column(pattern.title, overflow="fold", ratio=4)
    for row in rows:
        cells = [Text(_cell(row.cell(p, version), page.citations)) for p in knowledge.patterns]
        table.add_row(Text(row.title, style="bold"), *cells)
    page.table(table)


def _print_rows(
    page: Page, rows: list[Characteristic], knowledge: Knowledge, version: Version
) -> None:
    for row in rows:
        page.item(row.title, mark="*", style="bold")
        for pattern in knowledge.patterns:
            page.item(f"{pattern}: {_cell(row.cell(pattern, version), page.citations)}", indent=4)


def _cell(cell: Cell | None, citations: Citations) -> str:
    return f"{plain(cell.words)} {citations.cite(cell.sources)}" if cell else "not in this version"


def markdown_comparison(
    knowledge: Knowledge, notes: Iterable[Note], version: Version
) -> Iterator[str]:
    """Yield the comparison as Markdown."""
    for title, documented in ((DOCUMENTED, True), (STATED, False)):
        heads = [pattern.title for pattern in knowledge.patterns.values()]
        yield f"**{escape(title)}** (Airflow {version})\n\n"
        yield f"| Characteristic | {' | '.join(heads)} |\n|{'---|' * (len(heads) + 1)}\n"
        for row in knowledge.characteristics.values():
            if row.documented is documented:
                cells = [_markdown_cell(row.cell(p, version)) for p in knowledge.patterns]
                yield f"| {escape(row.title)} | {' | '.join(cells)} |\n"
        yield "\n"
    yield f"**{DIFFERING}**\n"
    for note in notes:
        yield f"\n{escape(note.title)} (`{note.id}`)\n\n"
        for side in note.sides:
            yield f"- {escape(side.text)} {links(side.sources)}\n"


def _markdown_cell(cell: Cell | None) -> str:
    return f"{escape(plain(cell.words))} {links(cell.sources)}" if cell else "not in this version"


def shape_comparison(knowledge: Knowledge, notes: Iterable[Note], version: Version) -> Shape:
    """Return the comparison as mappings and lists."""
    return {
        "schema_version": SCHEMA_VERSION,
        "airflow_version": str(version),
        "characteristics": [
            {
                "id": row.id,
                "title": row.title,
                "documented": row.documented,
                "cells": {p: _shape_cell(row.cell(p, version)) for p in knowledge.patterns},
            }
            for row in knowledge.characteristics.values()
        ],
        "notes": [_shape_note(note) for note in notes],
    }


def _shape_cell(cell: Cell | None) -> Shape | None:
    if cell is None:
        return None
    return {
        "value": cell.value,
        "words": plain(cell.words),
        "verbatim": cell.verbatim,
        "note": cell.note or None,
        "source": shape_sources(cell.sources),
    }


def _shape_note(note: Note) -> Shape:
    return {
        "id": note.id,
        "title": note.title,
        "characteristic": note.characteristic or None,
        "pattern": note.pattern or None,
        "sides": [
            {"text": side.text, "source": shape_sources(side.sources)} for side in note.sides
        ],
    }
