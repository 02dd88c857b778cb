"""Many recommendations for a terminal: a table with a line of totals."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from advisor.decision.report import JobReport
from advisor.render.page import NARROW, Page
from advisor.render.totals import totals
from advisor.render.wording import made_outcome

COLUMNS = ("job", "recommendation", "expected", "gives up")


def print_batch(console: Console, reports: Sequence[JobReport]) -> None:
    """Print a row for each job, then the totals."""
    page = Page(console)
    if console.width < 2 * NARROW:
        _add_list(page, reports)
    else:
        page.table(_table(reports))
    page.heading(totals(reports))
    page.print()


def _table(reports: Sequence[JobReport]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in COLUMNS:
        table.add_column(title, overflow="fold")
    for report in reports:
        expected, style = _expected(report)
        style_of_outcome = "green" if report.recommendation.pattern else "yellow"
        table.add_row(
            Text(report.answers.name),
            Text(made_outcome(report.recommendation), style=style_of_outcome),
            Text(expected, style=style),
            Text(gist(report)),
        )
    return table


def _add_list(page: Page, reports: Sequence[JobReport]) -> None:
    for report in reports:
        page.line((report.answers.name, "bold"), ": ", made_outcome(report.recommendation))
        expected, style = _expected(report)
        if expected:
            page.line((f"expected: {expected}", style))


def _expected(report: JobReport) -> tuple[str, str]:
    if report.met is None:
        return "", ""
    return ("yes", "green") if report.met else (f"no, {report.answers.expect}", "bold red")


def gist(report: JobReport) -> str:
    """Return what weighs most against a recommendation, in a few words."""
    recommendation = report.recommendation
    if recommendation.pattern is None:
        return f"use {recommendation.alternatives[0].title}" if recommendation.alternatives else ""
    if recommendation.concessions:
        first = recommendation.concessions[0]
        return f"{first.characteristic}: {first.fact.words.replace('``', '')}"
    return ""
