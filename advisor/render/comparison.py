"""The documented comparison in every format: each cell, its source, and what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from advisor.knowledge.evidence import Evidence, Measurement
from advisor.knowledge.model import Characteristic, Disagreement, Knowledge, Statement
from advisor.knowledge.versions import Version
from advisor.render.page import NARROW, Citations, Page
from advisor.render.schemas import SCHEMA_VERSION, Document, source_documents
from advisor.render.wording import escape, links, plain

DOCUMENTED = "Airflow's own table, word for word, and what was measured"
STATED = "What the pages state in their text, in our words"
MEASURED_OTHERWISE = "Where the measurement differs from the table, and why"
DIFFERING = "Where page, code and experiment differ"
NOT_THERE = "not in this version"
AGREES = {"yes": "agrees", "in part": "agrees in part", "no": "does not agree"}


@dataclass(frozen=True)
class Comparison:
    """The documented comparison and what was measured, for a version of Airflow."""

    knowledge: Knowledge
    notes: tuple[Disagreement, ...]
    evidence: tuple[Evidence, ...]
    version: Version

    def rows(self, *, documented: bool) -> list[Characteristic]:
        """Return the rows of one of the two tables."""
        rows = self.knowledge.characteristics.values()
        return [row for row in rows if row.documented is documented]


def print_comparison(console: Console, comparison: Comparison) -> None:
    """Print the comparison."""
    page = Page(console)
    page.line((f"Airflow {comparison.version}", "bold green"))
    for title, documented in ((DOCUMENTED, True), (STATED, False)):
        page.heading(title)
        if documented:
            page.item(measured_on(comparison.evidence))
        if console.width < 2 * NARROW:
            _print_rows(page, comparison.rows(documented=documented), comparison)
        else:
            _print_table(page, comparison.rows(documented=documented), comparison)
    _print_differences(page, comparison)
    page.sources()
    page.print()


def _print_table(page: Page, rows: list[Characteristic], comparison: Comparison) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 1, 0))
    table.add_column("", overflow="fold", ratio=3)
    for pattern in comparison.knowledge.patterns.values():
        table.add_column(pattern.title, overflow="fold", ratio=4)
    for row in rows:
        cells = [
            _table_cell(row, p, comparison, page.citations) for p in comparison.knowledge.patterns
        ]
        table.add_row(Text(row.title, style="bold"), *cells)
    page.table(table)


def _table_cell(
    row: Characteristic, pattern: str, comparison: Comparison, citations: Citations
) -> Text:
    documented, *measured = _cell_texts(row, pattern, comparison, citations)
    return Text("\n").join([Text(documented), *(Text(each, style="dim") for each in measured)])


def _print_rows(page: Page, rows: list[Characteristic], comparison: Comparison) -> None:
    for row in rows:
        page.item(row.title, mark="*", style="bold")
        for pattern in comparison.knowledge.patterns:
            documented, *measured = _cell_texts(row, pattern, comparison, page.citations)
            page.item(f"{pattern}: {documented}", indent=4)
            for each in measured:
                page.item(each, mark="-", indent=6)


def _cell_texts(
    row: Characteristic, pattern: str, comparison: Comparison, citations: Citations
) -> Iterator[str]:
    """Yield what the documentation says about a pattern, then what was measured."""
    cell = row.cell(pattern, comparison.version)
    if cell is None:
        yield NOT_THERE
        return
    yield f"{plain(cell.words)} {citations.cite(cell.sources)}"
    for each in outcomes(comparison.evidence, row.id, pattern):
        yield f"{each.text} {citations.cite(each.sources)}"


def _print_differences(page: Page, comparison: Comparison) -> None:
    differing = [*differences(comparison.evidence, comparison.knowledge, comparison.version)]
    if differing:
        page.heading(MEASURED_OTHERWISE)
    for each in differing:
        page.item(f"{each.text} {page.citations.cite(each.sources)}", mark="!", style="yellow")
    page.heading(DIFFERING)
    for note in comparison.notes:
        page.item(f"{note.title} ({note.id})", mark="!", style="yellow")
        for side in note.sides:
            page.item(f"{side.text} {page.citations.cite(side.sources)}", mark="-", indent=4)


def markdown_comparison(comparison: Comparison) -> Iterator[str]:
    """Yield the comparison as Markdown."""
    patterns = comparison.knowledge.patterns
    for title, documented in ((DOCUMENTED, True), (STATED, False)):
        heads = [pattern.title for pattern in patterns.values()]
        yield f"**{escape(title)}** (Airflow {comparison.version})\n\n"
        yield f"{measured_on(comparison.evidence)}\n\n" if documented else ""
        yield f"| Characteristic | {' | '.join(heads)} |\n|{'---|' * (len(heads) + 1)}\n"
        for row in comparison.rows(documented=documented):
            cells = [_markdown_cell(row, pattern, comparison) for pattern in patterns]
            yield f"| {escape(row.title)} | {' | '.join(cells)} |\n"
        yield "\n"
    yield from _markdown_differences(comparison)


def _markdown_cell(row: Characteristic, pattern: str, comparison: Comparison) -> str:
    cell = row.cell(pattern, comparison.version)
    if cell is None:
        return NOT_THERE
    documented = f"{escape(plain(cell.words))} {links(cell.sources)}"
    # Uncited: the releases are named once, above the table.
    measured = outcomes(comparison.evidence, row.id, pattern)
    return "<br>".join([documented, *(escape(each.text) for each in measured)])


def _markdown_differences(comparison: Comparison) -> Iterator[str]:
    differing = [*differences(comparison.evidence, comparison.knowledge, comparison.version)]
    if differing:
        yield f"**{MEASURED_OTHERWISE}**\n\n"
        yield from (f"- {escape(each.text)} {links(each.sources)}\n" for each in differing)
        yield "\n"
    yield f"**{DIFFERING}**\n"
    for note in comparison.notes:
        yield f"\n{escape(note.title)} (`{note.id}`)\n\n"
        for side in note.sides:
            yield f"- {escape(side.text)} {links(side.sources)}\n"


def comparison_document(comparison: Comparison) -> Document:
    """Return the comparison as mappings and lists."""
    return {
        "schema_version": SCHEMA_VERSION,
        "airflow_version": str(comparison.version),
        "characteristics": [
            {
                "id": row.id,
                "title": row.title,
                "documented": row.documented,
                "cells": {
                    p: _cell_document(row, p, comparison) for p in comparison.knowledge.patterns
                },
            }
            for row in comparison.knowledge.characteristics.values()
        ],
        "notes": [_note_document(note) for note in comparison.notes],
    }


def _cell_document(row: Characteristic, pattern: str, comparison: Comparison) -> Document | None:
    cell = row.cell(pattern, comparison.version)
    if cell is None:
        return None
    return {
        "value": cell.value,
        "words": plain(cell.words),
        "verbatim": cell.verbatim,
        "note": cell.note or None,
        "source": source_documents(cell.sources),
        "measured": measured_documents(comparison.evidence, row.id, pattern),
    }


def _note_document(note: Disagreement) -> Document:
    return {
        "id": note.id,
        "title": note.title,
        "characteristic": note.characteristic or None,
        "pattern": note.pattern or None,
        "sides": [
            {"text": side.text, "source": source_documents(side.sources)} for side in note.sides
        ],
    }


def measured_on(evidence: Iterable[Evidence]) -> str:
    """Return a sentence that names each measured release, its date and its repetitions."""
    releases = [f"{each.airflow} ({each.date}, {_often(each.times)})" for each in evidence]
    return f"Measured on Airflow {' and '.join(releases)}. Older releases were not run."


def _often(times: int) -> str:
    return "once" if times == 1 else f"{times} times"


def outcomes(
    evidence: Iterable[Evidence], characteristic: str, pattern: str
) -> Iterator[Statement]:
    """Yield the outcome for a cell on each release."""
    for each, measured in _measurements(evidence, characteristic, pattern):
        differs = f", {AGREES[measured.agrees]}" if measured.why else ""
        yield Statement(f"measured on {each.airflow}{differs}: {measured.outcome}", (each.source,))


def differences(
    evidence: tuple[Evidence, ...], knowledge: Knowledge, version: Version
) -> Iterator[Statement]:
    """Yield the reason for each cell whose measurement differs from the documentation."""
    for row in knowledge.characteristics.values():
        for pattern in row.cells:
            cell = row.cell(pattern, version)
            for each, measured in _measurements(evidence, row.id, pattern):
                if cell and measured.why:
                    verdict = f'"{plain(cell.words)}" {AGREES[measured.agrees]}'
                    reason = f"{row.title}, {pattern}: {verdict}. {measured.why}"
                    yield Statement(reason, (each.source,))


def _measurements(
    evidence: Iterable[Evidence], characteristic: str, pattern: str
) -> Iterator[tuple[Evidence, Measurement]]:
    for each in evidence:
        if measured := each.of(characteristic, pattern):
            yield each, measured


def measured_documents(
    evidence: Iterable[Evidence], characteristic: str, pattern: str
) -> list[Document]:
    """Return the measurements of a cell as mappings."""
    return [
        {
            "airflow": str(each.airflow),
            "date": each.date,
            "times": each.times,
            "ran": measured.ran,
            "value": measured.value,
            "outcome": measured.outcome,
            "agrees": measured.agrees,
            "why": measured.why or None,
            "source": source_documents((each.source,)),
        }
        for each, measured in _measurements(evidence, characteristic, pattern)
    ]
