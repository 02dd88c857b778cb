"""The documented comparison in every format: each cell, its source, and its measured value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from advisor.knowledge.evidence import Evidence
from advisor.knowledge.model import Characteristic, Disagreement, Knowledge, Source
from advisor.knowledge.versions import Version
from advisor.render.page import NARROW, Page
from advisor.render.schemas import SCHEMA_VERSION, Document, source_documents
from advisor.render.wording import describe_source, escape, links, plain

DOCUMENTED = "Airflow's table, word for word, and our measurements"
STATED = "Other characteristics, in our words"
NOT_AVAILABLE = "not in this version"
TITLE_SHARE = 0.29
"""The share of the first column in a terminal's width, so that titles and cells take few lines."""
GAP = 2
"""Spaces between two columns."""


@dataclass(frozen=True)
class Comparison:
    """The documented comparison and the measurements, for a version of Airflow."""

    knowledge: Knowledge
    notes: tuple[Disagreement, ...]
    evidence: tuple[Evidence, ...]
    version: Version

    def rows(self, *, documented: bool) -> list[Characteristic]:
        """Return the rows of Airflow's own table, or the other rows."""
        rows = self.knowledge.characteristics.values()
        return [row for row in rows if row.documented is documented]

    def measured(self, row: Characteristic, pattern: str) -> MeasuredValue | None:
        """Return the measured value of a cell if this version has the cell."""
        cell = row.cell(pattern, self.version)
        return measured_value(self.evidence, row.id, pattern) if cell else None


@dataclass(frozen=True)
class MeasuredValue:
    """The measured value of a cell in a few words, and the reason if it differs, or ""."""

    value: str
    reason: str

    @property
    def text(self) -> str:
        """The value, then the reason in parentheses."""
        return f"measured: {self.value}{f' ({self.reason})' if self.reason else ''}"


def print_comparison(console: Console, comparison: Comparison) -> None:
    """Print the comparison."""
    page = Page(console)
    page.line((f"Airflow {comparison.version}", "bold green"))
    for documented in (True, False):
        rows = comparison.rows(documented=documented)
        _print_lead(page, rows, comparison, documented=documented)
        if console.width < 2 * NARROW:
            _print_rows(page, rows, comparison)
        else:
            _print_table(page, rows, comparison)
    page.heading("More")
    for line in see_also(comparison.notes):
        page.item(line)
    _print_sources(page)
    page.print()


def _print_lead(
    page: Page, rows: list[Characteristic], comparison: Comparison, *, documented: bool
) -> None:
    if not documented:
        page.heading(STATED)
        return
    page.heading(f"{DOCUMENTED} {page.citations.cite(_sources(rows, comparison))}")
    evidence = [each.source for each in comparison.evidence]
    page.item(f"{measured_on(comparison.evidence)} {page.citations.cite(evidence)}")
    page.line()


def _print_table(page: Page, rows: list[Characteristic], comparison: Comparison) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, GAP, 0, 0))
    patterns = comparison.knowledge.patterns.values()
    available = page.console.width - GAP * len(patterns)
    # Wide enough for each id, which must not be broken.
    longest = max(len(row.id) for row in rows) + len("()")
    title_width = max(round(available * TITLE_SHARE), longest)
    table.add_column("", width=title_width)
    for pattern in patterns:
        width = (available - title_width) // len(patterns)
        table.add_column(pattern.title, overflow="fold", width=width)
    for row in rows:
        title = Text.assemble((row.title, "bold"), (f" ({row.id})", "dim"))
        table.add_row(
            title, *(_table_cell(row, p, comparison, page) for p in _patterns(comparison))
        )
        if row.documented and row is not rows[-1]:
            table.add_row()
    page.table(table)


def _table_cell(row: Characteristic, pattern: str, comparison: Comparison, page: Page) -> Text:
    documented = _cell_text(row, pattern, comparison, page)
    measured = comparison.measured(row, pattern)
    if measured is None:
        return Text(documented)
    return Text.assemble(documented, "\n", (measured.text, "yellow" if measured.reason else "dim"))


def _print_rows(page: Page, rows: list[Characteristic], comparison: Comparison) -> None:
    for row in rows:
        page.item(f"{row.title} ({row.id})", mark="*", style="bold")
        for pattern in _patterns(comparison):
            measured = comparison.measured(row, pattern)
            text = _cell_text(row, pattern, comparison, page)
            page.item(
                f"{pattern}: {text}; {measured.text}" if measured else f"{pattern}: {text}",
                mark="-",
                indent=4,
            )


def _cell_text(row: Characteristic, pattern: str, comparison: Comparison, page: Page) -> str:
    """Return the words of a cell of Airflow's table, or the value of another cell, cited."""
    cell = row.cell(pattern, comparison.version)
    if cell is None:
        return NOT_AVAILABLE
    if row.documented:  # cited once, above the table
        return plain(cell.words)
    return f"{cell.short} {page.citations.cite(cell.sources)}"


def _sources(rows: Iterable[Characteristic], comparison: Comparison) -> list[Source]:
    cells = [
        row.cell(pattern, comparison.version) for row in rows for pattern in _patterns(comparison)
    ]
    return list(dict.fromkeys(source for cell in cells if cell for source in cell.sources))


def _patterns(comparison: Comparison) -> list[str]:
    return list(comparison.knowledge.patterns)


def _print_sources(page: Page) -> None:
    """List the cited sources without addresses, which would double the length of the page."""
    page.heading("Sources")
    for source, number in page.citations.sources.items():
        page.item(describe_source(source), mark=f"[{number}]", style="dim")


def see_also(notes: tuple[Disagreement, ...]) -> tuple[str, str]:
    """Return sentences that name the commands for measurements and disagreements."""
    return (
        "`advisor explain ID` shows a row in full: versions, measurements and source addresses.",
        f"`advisor explain` lists {len(notes)} disagreements between documentation, code and "
        "experiment.",
    )


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
            yield f"| {escape(row.title)} (`{row.id}`) | {' | '.join(cells)} |\n"
        yield "\n"
    yield "\n".join((*see_also(comparison.notes), ""))


def _markdown_cell(row: Characteristic, pattern: str, comparison: Comparison) -> str:
    cell = row.cell(pattern, comparison.version)
    if cell is None:
        return NOT_AVAILABLE
    documented = f"{escape(plain(cell.words))} {links(cell.sources)}"
    measured = comparison.measured(row, pattern)
    return f"{documented}<br>{escape(measured.text)}" if measured else documented


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
    return f"Measured on Airflow {' and '.join(releases)}. Older releases were not measured."


def _often(times: int) -> str:
    return {1: "once", 2: "twice"}.get(times, f"{times} times")


def measured_value(
    evidence: Iterable[Evidence], characteristic: str, pattern: str
) -> MeasuredValue | None:
    """Return the measured value of a cell, or None if the cell was not measured.

    The releases are named only if the values differ: `yes on 3.3.2, no on 3.2.2`.
    """
    measured = [
        (each.airflow, cell) for each in evidence if (cell := each.of(characteristic, pattern))
    ]
    if not measured:
        return None
    values = list(dict.fromkeys(cell.value for _, cell in measured))
    reasons = list(dict.fromkeys(cell.reason for _, cell in measured if cell.reason))
    if len(values) > 1:
        values = [f"{cell.value} on {airflow}" for airflow, cell in measured]
    return MeasuredValue(", ".join(values), "; ".join(reasons))


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
            "reason": measured.reason or None,
            "why": measured.why or None,
            "source": source_documents((each.source,)),
        }
        for each in evidence
        if (measured := each.of(characteristic, pattern))
    ]
