"""Recommendations on a terminal, or as plain text without colour: in full, and as a table."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from advisor.decision.report import JobReport
from advisor.knowledge.model import Knowledge
from advisor.render.page import NARROW, Page
from advisor.render.wording import (
    alternatives_title,
    assumed_text,
    facts_text,
    given_text,
    outcome,
    plain,
    recommended_outcome,
    totals,
    verdict,
)

COLUMNS = ("job", "recommendation", "expected", "gives up")


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
        console.print("--details shows each of them in full.", style="dim", soft_wrap=True)
        return
    for report in reports:
        if many:
            console.print()
        print_report(console, report, knowledge)


def print_report(console: Console, report: JobReport, knowledge: Knowledge) -> None:
    """Print a recommendation: the verdict first, the sources last."""
    page = Page(console)
    _verdict(page, report, knowledge)
    sections = (_existing, _reasons, _concessions, _ruled_out, _alternatives, _changes, _warnings)
    for section in sections:
        section(page, report)
    page.heading("Next")
    for command in report.next:
        page.code(command)
    page.sources()
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


def _verdict(page: Page, report: JobReport, knowledge: Knowledge) -> None:
    style = "bold green" if report.recommendation.pattern else "bold yellow"
    page.line((f"{report.answers.name}: ", "bold"), (verdict(report, knowledge), style))
    page.item(f"You said: {given_text(report.answers)}.")
    if report.answers.assumed:
        page.item(f"Assumed: {assumed_text(report.answers)}.")
    if report.met is not None:
        expectation = "as expected" if report.met else f"but {report.answers.expect} was expected"
        page.item(f"That is {expectation}.", style="" if report.met else "bold red")
    if report.cost:
        page.item(f"{report.cost.text} {page.citations.cite(report.cost.sources)}")


def _existing(page: Page, report: JobReport) -> None:
    if report.existing or report.key:
        page.heading("What exists already")
    for each in report.existing:
        page.item(f"{each.pattern}: {each.package}{each.provider}", mark=">", style="green")
        page.code(each.line)
        page.detail(each.note, each.sources)
    if report.key:
        page.item(f"{report.key.text} {page.citations.cite(report.key.sources)}", mark="*")


def _reasons(page: Page, report: JobReport) -> None:
    if report.recommendation.reasons:
        page.heading("Why")
    for each in report.recommendation.reasons:
        page.item(each.text, mark="+", style="green")
        page.detail(facts_text(each), each.sources)


def _concessions(page: Page, report: JobReport) -> None:
    if report.recommendation.concessions:
        page.heading("What it gives up")
    for each in report.recommendation.concessions:
        page.item(each.text, mark="-", style="yellow")
        page.detail(facts_text(each), each.sources)
        if each.safe:
            page.item(each.safe)


def _ruled_out(page: Page, report: JobReport) -> None:
    page.heading("Not recommended")
    for each in report.recommendation.ruled_out:
        loss = "is ruled out" if each.strength == "required" else "serves less well"
        page.item(f"{each.pattern} {loss}: {each.text}", mark="x", style="red")
        page.detail(facts_text(each), each.sources)


def _alternatives(page: Page, report: JobReport) -> None:
    if report.recommendation.alternatives:
        page.heading(alternatives_title(report.recommendation))
    for each in report.recommendation.alternatives:
        cited = page.citations.cite(each.sources)
        page.item(f"{each.title}: {each.text} {cited}", mark="*", style="green")


def _changes(page: Page, report: JobReport) -> None:
    page.heading("What would change this")
    if not report.recommendation.would_change:
        page.item("No single other answer would.")
    for each in report.recommendation.would_change:
        then = outcome(each.pattern, each.variant, each.headline)
        page.item(f"If {each.text}: {then}", mark="~", style="cyan")


def _warnings(page: Page, report: JobReport) -> None:
    if report.recommendation.warnings:
        page.heading("Watch out")
    for each in report.recommendation.warnings:
        cited = page.citations.cite(each.sources)
        page.item(f"{each.title} ({each.id}) {cited}", mark="!", style="yellow")


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
    return ("yes", "green") if report.met else (f"no, {report.answers.expect}", "bold red")


def _main_trade_off(report: JobReport) -> str:
    """Return the main point against a recommendation, in a few words."""
    recommendation = report.recommendation
    if recommendation.pattern is None:
        return f"use {recommendation.alternatives[0].title}" if recommendation.alternatives else ""
    if recommendation.concessions:
        first = recommendation.concessions[0]
        return f"{first.characteristic}: {plain(first.facts[0].words)}"
    return ""
