"""Many recommendations for a terminal: a table with a line of totals."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from advisor.decision.case import Case
from advisor.view.page import NARROW, Page
from advisor.view.totals import totals
from advisor.view.wording import made_outcome

COLUMNS = ("job", "recommendation", "expected", "gives up")


def print_batch(console: Console, cases: Sequence[Case]) -> None:
    """Print a row for each job, then the totals."""
    page = Page(console)
    if console.width < 2 * NARROW:
        _add_list(page, cases)
    else:
        page.table(_table(cases))
    page.heading(totals(cases))
    page.print()


def _table(cases: Sequence[Case]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in COLUMNS:
        table.add_column(title, overflow="fold")
    for case in cases:
        expected, style = _expected(case)
        style_of_outcome = "green" if case.recommendation.pattern else "yellow"
        table.add_row(
            Text(case.answers.name),
            Text(made_outcome(case.recommendation), style=style_of_outcome),
            Text(expected, style=style),
            Text(gist(case)),
        )
    return table


def _add_list(page: Page, cases: Sequence[Case]) -> None:
    for case in cases:
        page.line((case.answers.name, "bold"), ": ", made_outcome(case.recommendation))
        expected, style = _expected(case)
        if expected:
            page.line((f"expected: {expected}", style))


def _expected(case: Case) -> tuple[str, str]:
    if case.met is None:
        return "", ""
    return ("yes", "green") if case.met else (f"no, {case.answers.expect}", "bold red")


def gist(case: Case) -> str:
    """Return what weighs most against a recommendation, in a few words."""
    made = case.recommendation
    if made.pattern is None:
        return f"use {made.instead[0].title}" if made.instead else ""
    if made.concessions:
        first = made.concessions[0]
        return f"{first.characteristic}: {first.fact.words.replace('``', '')}"
    return ""
