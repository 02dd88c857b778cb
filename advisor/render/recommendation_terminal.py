"""Recommendations on a terminal, or as plain text without colour: a screen each, or a table."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from advisor.decision.report import JobReport
from advisor.knowledge.model import Knowledge
from advisor.render.page import NARROW, Page
from advisor.render.recommendation_details import print_details
from advisor.render.recommendation_screen import print_screen
from advisor.render.wording import expected_words, recommended_outcome, totals

COLUMNS = ("Job", "Recommendation", "Expected", "Main trade-off")


def print_reports(
    console: Console,
    reports: Sequence[JobReport],
    knowledge: Knowledge,
    *,
    many: bool,
    details: bool,
) -> None:
    """Print recommendations: a file of jobs as a table, or in full with `details`."""
    if many:
        print_batch(console, reports)
    if many and not details:
        hint = "--job NAME shows one job in full, --details shows all of them."
        console.print(hint, style="dim", soft_wrap=True)
        return
    for report in reports:
        if many:
            console.print()
        print_report(console, report, knowledge, details=details)


def print_report(
    console: Console, report: JobReport, knowledge: Knowledge, *, details: bool = False
) -> None:
    """Print a recommendation on one screen, followed by the details if asked for."""
    page = Page(console)
    print_screen(page, report, knowledge)
    if details:
        print_details(page, report)
    page.print()


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
            Text(recommended_outcome(report.recommendation), style=style_of_outcome),
            Text(expected, style=style),
            Text(_main_trade_off(report)),
        )
    return table


def _add_list(page: Page, reports: Sequence[JobReport]) -> None:
    for report in reports:
        page.line((report.answers.name, "bold"), ": ", recommended_outcome(report.recommendation))
        expected, style = _expected(report)
        if expected:
            page.line((f"expected: {expected}", style))


def _expected(report: JobReport) -> tuple[str, str]:
    if report.met is None:
        return "", ""
    expected = expected_words(report.answers)
    return (f"{expected}, met", "green") if report.met else (f"{expected}, not met", "bold red")


def _main_trade_off(report: JobReport) -> str:
    """Return the main point against a recommendation, in a few words."""
    recommendation = report.recommendation
    if recommendation.pattern is None:
        return f"use {report.alternatives[0].title}" if report.alternatives else ""
    if recommendation.concessions:
        return recommendation.concessions[0].missed.removeprefix("it ")
    return ""
