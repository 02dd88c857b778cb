"""The catalogue of operators in a terminal: its providers, a list of operators, and one in full."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console

from advisor.knowledge.model import Sources
from advisor.render.catalog_document import (
    CatalogPage,
    ModeRow,
    OperatorRow,
    UpgradeRow,
    provider_rows,
)
from advisor.render.catalog_wording import (
    FACT_HEADINGS,
    HEADS,
    NOTHING_WRITTEN,
    PROVIDER_HEADS,
    by_provider,
    call_lines,
    cells,
    change_text,
    changes_by_release,
    fact_text,
    facts_of_kind,
    is_issue,
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
from advisor.render.page import INDENT, Page

GAP = 2
"""Spaces between two columns."""
CLASS_HEAD = "Class"
NARROWEST_CLASS = 30
"""The least width of the column of classes; most have more characters than that."""


def print_providers(console: Console, page: CatalogPage) -> None:
    """Print the providers with the numbers of their operators."""
    screen = Page(console)
    _add_table(screen, PROVIDER_HEADS, [provider_cells(row) for row in provider_rows(page)])
    screen.line()
    screen.line("`advisor catalog QUERY` lists operators by class, module, provider or system.")
    screen.print()


def print_operators(console: Console, page: CatalogPage) -> None:
    """Print a list of operators by provider, in columns that are the same for all."""
    screen = Page(console)
    columns = _Columns.of(page.operators, console.width)
    for number, (_, operators) in enumerate(by_provider(page)):
        if number:
            screen.line()
        screen.line((provider_heading(operators), "bold green"))
        screen.line((columns.head(), "dim"))
        for row in operators:
            columns.add_row(screen, row)
    screen.print()


@dataclass(frozen=True)
class _Columns:
    """The widths of the columns of a list of operators.

    A class that is longer than `class_width` is on a line of its own; all are if it is 0.
    """

    class_width: int
    widths: tuple[int, ...]

    @classmethod
    def of(cls, rows: Sequence[OperatorRow], width: int) -> _Columns:
        widths = _widths([HEADS, *map(cells, rows)])
        longest = max(len(marked_class(row)) for row in rows)
        left = width - sum(GAP + each for each in widths)
        return cls(min(longest, left) if left >= min(longest, NARROWEST_CLASS) else 0, widths)

    def head(self) -> str:
        return f"{CLASS_HEAD if self.class_width else '':{self.lead}}{_padded(HEADS, self.widths)}"

    @property
    def lead(self) -> int:
        return (self.class_width or INDENT) + GAP

    def add_row(self, screen: Page, row: OperatorRow) -> None:
        name, texts = marked_class(row), _padded(cells(row), self.widths)
        if len(name) <= self.class_width:
            screen.line((f"{name:{self.lead}}", "bold"), texts)
        else:
            screen.line((name, "bold"))
            screen.line(" " * self.lead, texts)


def print_operator(console: Console, page: CatalogPage) -> None:
    """Print an operator in full."""
    screen = Page(console)
    (row,) = page.operators
    screen.line((row.class_, "bold green"), (f" - {title(row)}", "dim"))
    screen.item(provider_line(row))
    for line in _import_lines(row, console.width - 2 * INDENT):
        screen.code(line)
    if page.diff:
        _add_upgrade(screen, page.diff, row)
    else:
        _add_source(screen, row)
        _add_written(screen, row)
    screen.sources()
    screen.print()


def _import_lines(row: OperatorRow, width: int) -> list[str]:
    """Return the import on one line if it fits, else with the class on a line of its own."""
    line = row.import_ or ""
    if len(line) <= width:
        return [line]
    return [f"from {row.module} import (", f"    {row.class_},", ")"]


def _add_source(screen: Page, row: OperatorRow) -> None:
    screen.heading("Read from source")
    _add_labelled(screen, [(label, text, ()) for label, text in source_lines(row)])


def _add_labelled(
    screen: Page, lines: Iterable[tuple[str, str, Sources]], indent: int = INDENT
) -> None:
    """Add texts after labels of one width, with a hanging indent."""
    listed = list(lines)
    width = max(len(label) for label, _, _ in listed) + 1
    for label, text, sources in listed:
        cited = f"{text} {screen.citations.cite(sources)}".rstrip()
        screen.item(cited, mark=f"{label:{width}}", style="dim", indent=indent)


def _add_written(screen: Page, row: OperatorRow) -> None:
    if not row.modes and not row.facts:
        screen.heading(NOTHING_WRITTEN)
        return
    for heading, modes in modes_by_heading(row):
        _add_modes(screen, heading, modes, row)
    _add_waits(screen, row)
    _add_split(screen, row)
    _add_facts(screen, row)


def _add_modes(screen: Page, heading: str, modes: Sequence[ModeRow], row: OperatorRow) -> None:
    screen.heading(heading)
    for mode in modes:
        cited = screen.citations.cite(mode.source)
        screen.item(f"{mode_title(mode, row)} {cited}", mark=">", style="green")
        for line in call_lines(mode.line, screen.console.width - 2 * INDENT):
            screen.code(line)
        _add_labelled(screen, [(label, text, ()) for label, text in mode_lines(mode)], 2 * INDENT)


def _add_waits(screen: Page, row: OperatorRow) -> None:
    waits = waits_of_release(row)
    if waits:
        screen.heading("Wait limits")
    for wait in waits:
        screen.item(f"{wait_text(wait)} {screen.citations.cite(wait.source)}", mark="-")


def _add_split(screen: Page, row: OperatorRow) -> None:
    if row.split:
        screen.heading(split_heading(row.split))
        for line in call_lines(row.split.submit, screen.console.width - 2 * INDENT):
            screen.code(line)


def _add_facts(screen: Page, row: OperatorRow) -> None:
    for kind, heading in FACT_HEADINGS.items():
        facts = facts_of_kind(row, kind)
        if facts:
            screen.heading(heading)
        for each in facts:
            _add_fact(screen, fact_text(each, row), each.source)


def _add_fact(screen: Page, text: str, sources: Sources, indent: int = INDENT) -> None:
    """Add a text that names its issues, and cite the other sources."""
    cited = screen.citations.cite(each for each in sources if not is_issue(each))
    screen.item(f"{text} {cited}".rstrip(), mark="-", indent=indent)


def _add_upgrade(screen: Page, diff: UpgradeRow, row: OperatorRow) -> None:
    screen.heading(upgrade_title(diff, row))
    for release, changes in changes_by_release(diff):
        screen.line(" " * INDENT, (release, "bold"))
        for change in changes:
            _add_fact(screen, change_text(change), change.source, 2 * INDENT)
    if note := upgrade_note(diff):
        screen.item(note)


def _add_table(screen: Page, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Add a table whose first column is the name, and whose others fit their content."""
    widths = _widths([heads, *rows])
    screen.line((_padded(heads, widths), "bold"))
    for row in rows:
        screen.line(_padded(row, widths))


def _widths(rows: Sequence[Sequence[str]]) -> tuple[int, ...]:
    return tuple(max(map(len, column)) for column in zip(*rows, strict=True))


def _padded(texts: Sequence[str], widths: Sequence[int]) -> str:
    columns = (f"{text:{width}}" for text, width in zip(texts, widths, strict=True))
    return (" " * GAP).join(columns).rstrip()
