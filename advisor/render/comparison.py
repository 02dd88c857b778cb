"""The documented comparison in every format: each cell, its source, and what was measured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from advisor.knowledge.evidence import Evidence
from advisor.knowledge.model import Cell, Characteristic, Disagreement, Knowledge
from advisor.knowledge.versions import Version
from advisor.render.citations import Citations
from advisor.render.markdown import escape, links
from advisor.render.measured import differences, measured_on, outcomes, shape_measured
from advisor.render.page import NARROW, Page
from advisor.render.shape import SCHEMA_VERSION, Shape, plain, shape_sources

DOCUMENTED = "Airflow's own table, word for word, and what was measured"
STATED = "What the pages state in their text, in our words"
MEASURED_OTHERWISE = "Where the measurement differs from the table, and why"
DIFFERING = "Where page, code and experiment differ"
NOT_THERE = "not in this version"


class Comparison(NamedTuple):
    """What is to be shown: what is documented and measured, for a version of Airflow."""

    knowledge: Knowledge
    notes: tuple[Disagreement, ...]
    evidence: tuple[Evidence, ...]
    version: Version

    def rows(self, *, documented: bool) -> list[Characteristic]:
        """Return the rows of one of the two tables."""
        rows = self.knowledge.characteristics.values()
        return [row for row in rows if row.documented is documented]

    def cell(self, row: Characteristic, pattern: str) -> Cell | None:
        """Return what holds for a pattern."""
        return row.cell(pattern, self.version)


def print_comparison(console: Console, shown: Comparison) -> None:
    """Print the comparison."""
    page = Page(console)
    page.line((f"Airflow {shown.version}", "bold green"))
    for title, documented in ((DOCUMENTED, True), (STATED, False)):
        page.heading(title)
        if documented:
            page.item(measured_on(shown.evidence))
        if console.width < 2 * NARROW:
            _print_rows(page, shown.rows(documented=documented), shown)
        else:
            _print_table(page, shown.rows(documented=documented), shown)
    _print_differences(page, shown)
    page.sources()
    page.print()


def _print_table(page: Page, rows: list[Characteristic], shown: Comparison) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 1, 0))
    table.add_column("", overflow="fold", ratio=3)
    for pattern in shown.knowledge.patterns.values():
        table.add_column(pattern.title, overflow="fold", ratio=4)
    for row in rows:
        cells = [_table_cell(row, p, shown, page.citations) for p in shown.knowledge.patterns]
        table.add_row(Text(row.title, style="bold"), *cells)
    page.table(table)


def _table_cell(row: Characteristic, pattern: str, shown: Comparison, citations: Citations) -> Text:
    documented, *measured = _said(row, pattern, shown, citations)
    return Text("\n").join([Text(documented), *(Text(each, style="dim") for each in measured)])


def _print_rows(page: Page, rows: list[Characteristic], shown: Comparison) -> None:
    for row in rows:
        page.item(row.title, mark="*", style="bold")
        for pattern in shown.knowledge.patterns:
            documented, *measured = _said(row, pattern, shown, page.citations)
            page.item(f"{pattern}: {documented}", indent=4)
            for each in measured:
                page.item(each, mark="-", indent=6)


def _said(
    row: Characteristic, pattern: str, shown: Comparison, citations: Citations
) -> Iterator[str]:
    """Yield what is documented of a pattern, then what was measured."""
    cell = shown.cell(row, pattern)
    if cell is None:
        yield NOT_THERE
        return
    yield f"{plain(cell.words)} {citations.cite(cell.sources)}"
    for each in outcomes(shown.evidence, row.id, pattern):
        yield f"{each.text} {citations.cite(each.sources)}"


def _print_differences(page: Page, shown: Comparison) -> None:
    differing = [*differences(shown.evidence, shown.knowledge, shown.version)]
    if differing:
        page.heading(MEASURED_OTHERWISE)
    for each in differing:
        page.item(f"{each.text} {page.citations.cite(each.sources)}", mark="!", style="yellow")
    page.heading(DIFFERING)
    for note in shown.notes:
        page.item(f"{note.title} ({note.id})", mark="!", style="yellow")
        for side in note.sides:
            page.item(f"{side.text} {page.citations.cite(side.sources)}", mark="-", indent=4)


def markdown_comparison(shown: Comparison) -> Iterator[str]:
    """Yield the comparison as Markdown."""
    patterns = shown.knowledge.patterns
    for title, documented in ((DOCUMENTED, True), (STATED, False)):
        heads = [pattern.title for pattern in patterns.values()]
        yield f"**{escape(title)}** (Airflow {shown.version})\n\n"
        yield f"{measured_on(shown.evidence)}\n\n" if documented else ""
        yield f"| Characteristic | {' | '.join(heads)} |\n|{'---|' * (len(heads) + 1)}\n"
        for row in shown.rows(documented=documented):
            cells = [_markdown_cell(row, pattern, shown) for pattern in patterns]
            yield f"| {escape(row.title)} | {' | '.join(cells)} |\n"
        yield "\n"
    yield from _markdown_differences(shown)


def _markdown_cell(row: Characteristic, pattern: str, shown: Comparison) -> str:
    cell = shown.cell(row, pattern)
    if cell is None:
        return NOT_THERE
    documented = f"{escape(plain(cell.words))} {links(cell.sources)}"
    # Uncited: what was run on which release stands above the table, once.
    measured = outcomes(shown.evidence, row.id, pattern)
    return "<br>".join([documented, *(escape(each.text) for each in measured)])


def _markdown_differences(shown: Comparison) -> Iterator[str]:
    differing = [*differences(shown.evidence, shown.knowledge, shown.version)]
    if differing:
        yield f"**{MEASURED_OTHERWISE}**\n\n"
        yield from (f"- {escape(each.text)} {links(each.sources)}\n" for each in differing)
        yield "\n"
    yield f"**{DIFFERING}**\n"
    for note in shown.notes:
        yield f"\n{escape(note.title)} (`{note.id}`)\n\n"
        for side in note.sides:
            yield f"- {escape(side.text)} {links(side.sources)}\n"


def shape_comparison(shown: Comparison) -> Shape:
    """Return the comparison as mappings and lists."""
    return {
        "schema_version": SCHEMA_VERSION,
        "airflow_version": str(shown.version),
        "characteristics": [
            {
                "id": row.id,
                "title": row.title,
                "documented": row.documented,
                "cells": {p: _shape_cell(row, p, shown) for p in shown.knowledge.patterns},
            }
            for row in shown.knowledge.characteristics.values()
        ],
        "notes": [_shape_note(note) for note in shown.notes],
    }


def _shape_cell(row: Characteristic, pattern: str, shown: Comparison) -> Shape | None:
    cell = shown.cell(row, pattern)
    if cell is None:
        return None
    return {
        "value": cell.value,
        "words": plain(cell.words),
        "verbatim": cell.verbatim,
        "note": cell.note or None,
        "source": shape_sources(cell.sources),
        "measured": shape_measured(shown.evidence, row.id, pattern),
    }


def _shape_note(note: Disagreement) -> Shape:
    return {
        "id": note.id,
        "title": note.title,
        "characteristic": note.characteristic or None,
        "pattern": note.pattern or None,
        "sides": [
            {"text": side.text, "source": shape_sources(side.sources)} for side in note.sides
        ],
    }
