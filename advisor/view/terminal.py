"""A recommendation for a terminal, or as plain text without colour where there is none."""

from __future__ import annotations

from rich.console import Console

from advisor.decision.case import Case
from advisor.knowledge.model import Knowledge
from advisor.view.page import Page
from advisor.view.wording import assumed, facts, given, instead_title, outcome, verdict


def print_case(console: Console, case: Case, knowledge: Knowledge) -> None:
    """Print a recommendation: the verdict first, what it stands on last."""
    page = Page(console)
    _verdict(page, case, knowledge)
    sections = (_existing, _reasons, _concessions, _ruled_out, _instead, _changes, _warnings)
    for section in sections:
        section(page, case)
    page.heading("Next")
    for command in case.next:
        page.code(command)
    page.sources()
    page.print()


def _verdict(page: Page, case: Case, knowledge: Knowledge) -> None:
    style = "bold green" if case.recommendation.pattern else "bold yellow"
    page.line((f"{case.answers.name}: ", "bold"), (verdict(case, knowledge), style))
    page.item(f"You said: {given(case.answers)}.")
    if case.answers.assumed:
        page.item(f"Assumed: {assumed(case.answers)}.")
    if case.met is not None:
        said = "as expected" if case.met else f"but {case.answers.expect} was expected"
        page.item(f"That is {said}.", style="" if case.met else "bold red")
    if case.cost:
        page.item(f"{case.cost.text} {page.citations.cite(case.cost.sources)}")


def _existing(page: Page, case: Case) -> None:
    if case.existing or case.key:
        page.heading("What exists already")
    for each in case.existing:
        page.item(f"{each.pattern}: {each.package}{each.provider}", mark=">", style="green")
        page.code(each.line)
        page.detail(each.note, each.sources)
    if case.key:
        page.item(f"{case.key.text} {page.citations.cite(case.key.sources)}", mark="*")


def _reasons(page: Page, case: Case) -> None:
    if case.recommendation.reasons:
        page.heading("Why")
    for each in case.recommendation.reasons:
        page.item(each.text, mark="+", style="green")
        page.detail(facts(each.characteristic, (each.fact, *each.others)), each.sources)


def _concessions(page: Page, case: Case) -> None:
    if case.recommendation.concessions:
        page.heading("What it gives up")
    for each in case.recommendation.concessions:
        page.item(each.text, mark="-", style="yellow")
        page.detail(facts(each.characteristic, (each.fact,)), each.sources)
        if each.safe:
            page.item(each.safe)


def _ruled_out(page: Page, case: Case) -> None:
    page.heading("Not recommended")
    for each in case.recommendation.ruled_out:
        loss = "is ruled out" if each.strength == "must" else "serves less well"
        page.item(f"{each.pattern} {loss}: {each.text}", mark="x", style="red")
        page.detail(facts(each.characteristic, (each.fact,)), each.sources)


def _instead(page: Page, case: Case) -> None:
    if case.recommendation.instead:
        page.heading(instead_title(case.recommendation))
    for each in case.recommendation.instead:
        cited = page.citations.cite(each.sources)
        page.item(f"{each.title}: {each.text} {cited}", mark="*", style="green")


def _changes(page: Page, case: Case) -> None:
    page.heading("What would change this")
    if not case.recommendation.would_change:
        page.item("No single other answer would.")
    for each in case.recommendation.would_change:
        then = outcome(each.pattern, each.variant, each.headline)
        page.item(f"If {each.text}: {then}", mark="~", style="cyan")


def _warnings(page: Page, case: Case) -> None:
    if case.recommendation.warnings:
        page.heading("Watch out")
    for each in case.recommendation.warnings:
        cited = page.citations.cite(each.sources)
        page.item(f"{each.title} ({each.id}) {cited}", mark="!", style="yellow")
