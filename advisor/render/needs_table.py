"""The table of needs on a terminal: a row for each need, with a mark for each pattern."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from rich.text import Text

from advisor.decision.needs_table import NeedCell, NeedRow
from advisor.decision.report import JobReport
from advisor.knowledge.model import DOCUMENTED_ORDER
from advisor.render.page import FULL_WIDTH, Page, shorten
from advisor.render.wording import more

TITLE = "What you need"
MIN_LABEL = 16
GAP = "  "
INDENT = "  "
STANDING_STYLES = {"chosen": "bold green", "ruled out": "red"}

Cells = list[Text]


def needs_table(page: Page, report: JobReport, shown: int) -> list[Text]:
    """Return the lines of the table, with its first rows only; a list if it does not fit."""
    rows = report.recommendation.needs
    block = page.block()
    cells = _table(block, report, rows[:shown], _counted(rows[shown:]))
    widths = [max(cell.cell_len for cell in column) for column in zip_longest(*cells)]
    free = page.console.width - sum(widths[1:]) - 4 * len(GAP)
    if free >= min(widths[0], MIN_LABEL):
        widths[0] = min(widths[0], free)
        for row in cells:
            _add_row(block, row, widths)
    else:
        block.title(TITLE, _counted(rows[shown:]))
        _add_list(block, report, rows[:shown])
    return block.lines


def _counted(rows: Sequence[NeedRow]) -> str:
    return f"{more(len(rows))}; --details" if rows else ""


def _table(page: Page, report: JobReport, rows: Sequence[NeedRow], aside: str) -> list[Cells]:
    recommendation = report.recommendation
    patterns = list(recommendation.standings)
    table = [
        [Text(INDENT + row.label), Text(row.strength, "dim")]
        + [_cell(page, row.cells[pattern]) for pattern in patterns]
        for row in rows
    ]
    tie = "tie, decided by the order of patterns" if _tied(report) else ""
    title = Text.assemble((TITLE, "bold"), (f" ({aside})" if aside else "", "dim"))
    head = [title, Text(), *(Text(pattern, "bold") for pattern in patterns)]
    last = [Text(INDENT + tie, "dim"), Text(), *(_standing(report, p) for p in patterns)]
    return [head, *table, last]


def _add_row(page: Page, cells: Cells, widths: Sequence[int]) -> None:
    """Add a row of the table. A label that is too long is cut off at full width, else wrapped."""
    label, *others = cells
    wrapped = Text()
    if label.cell_len > widths[0] and page.console.width < FULL_WIDTH:
        first, *rest = label.wrap(page.console, widths[0])
        label, wrapped = first, Text("\n").join(Text(2 * INDENT) + each for each in rest)
    padded = [_padded(cell, width) for cell, width in zip((label, *others), widths, strict=True)]
    line = Text(GAP).join(padded)
    line.rstrip()
    page.line(line)
    if wrapped:
        page.line(wrapped)


def _padded(cell: Text, width: int) -> Text:
    shorten(cell, width)
    cell.pad_right(width - cell.cell_len)
    return cell


def _add_list(page: Page, report: JobReport, rows: Sequence[NeedRow]) -> None:
    for row in rows:
        page.item(Text.assemble(row.label, (f" ({row.strength})", "dim")), mark="-")
        cells = [(pattern, _cell(page, cell)) for pattern, cell in row.cells.items()]
        page.item(_joined(cells), indent=2)
    standings = [(each, _standing(report, each)) for each in report.recommendation.standings]
    page.item(_joined(standings), mark="=")


def _joined(values: Sequence[tuple[str, Text]]) -> Text:
    return Text("; ").join(Text.assemble(f"{name}: ", value) for name, value in values)


def _cell(page: Page, cell: NeedCell | None) -> Text:
    if cell is None:
        return Text("-", "dim")
    mark = page.marks[cell.satisfied]
    style = "green" if cell.satisfied else "red"
    return Text.assemble(page.linked(f"{cell.value} ", cell.sources), (mark, style))


def _standing(report: JobReport, pattern: str) -> Text:
    standing = report.recommendation.standings[pattern]
    if standing == "chosen" and report.recommendation.headline:
        return Text("next best")
    return Text(standing, STANDING_STYLES.get(standing, ""))


def _tied(report: JobReport) -> bool:
    return any(each.id == DOCUMENTED_ORDER for each in report.recommendation.reasons)
