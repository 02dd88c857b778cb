"""A recommendation for a terminal, or as plain text without colour where there is none."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from advisor.decision.case import Case
from advisor.decision.model import Concession, Reason, RuledOut
from advisor.knowledge.model import Advice, Knowledge
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


def _reasons(page: Page, case: Case) -> None:
    if case.recommendation.reasons:
        page.heading("Why")
    for reason in case.recommendation.reasons:
        page.item(f"{reason.text}", mark="+", style="green")
        _facts(page, reason)


def _facts(page: Page, said: Reason) -> None:
    found = facts(said.characteristic, (said.fact, *said.others))
    page.item(f"{found} {page.citations.cite(said.sources)}".strip())


def _concessions(page: Page, case: Case) -> None:
    if case.recommendation.concessions:
        page.heading("What it gives up")
    for each in case.recommendation.concessions:
        page.item(each.text, mark="-", style="yellow")
        _conceded(page, each)


def _conceded(page: Page, each: Concession) -> None:
    page.item(f"{facts(each.characteristic, (each.fact,))} {page.citations.cite(each.sources)}")
    if each.safe:
        page.item(each.safe)


def _ruled_out(page: Page, case: Case) -> None:
    page.heading("Not recommended")
    for each in case.recommendation.ruled_out:
        page.item(f"{each.pattern} {_loss(each)}: {each.text}", mark="x", style="red")
        if each.fact:
            found = facts(each.characteristic, (each.fact,))
            page.item(f"{found} {page.citations.cite(each.sources)}")


def _loss(each: RuledOut) -> str:
    return "is ruled out" if each.strength == "must" else "serves less well"


def _changes(page: Page, case: Case) -> None:
    page.heading("What would change this")
    if not case.recommendation.would_change:
        page.item("No single other answer would.")
    for each in case.recommendation.would_change:
        then = outcome(each.pattern, each.variant, each.headline)
        page.item(f"If {each.text}: {then}", mark="~", style="cyan")


def _warnings(page: Page, case: Case) -> None:
    _advice(page, "Watch out", case.recommendation.warnings, "!")


def _instead(page: Page, case: Case) -> None:
    if case.recommendation.instead:
        page.heading(instead_title(case.recommendation))
    for each in case.recommendation.instead:
        page.item(
            f"{each.title}: {each.text} {page.citations.cite(each.sources)}",
            mark="*",
            style="green",
        )


def _advice(page: Page, title: str, advice: Sequence[Advice], mark: str) -> None:
    if advice:
        page.heading(title)
    for each in advice:
        page.item(
            f"{each.title} ({each.id}) {page.citations.cite(each.sources)}",
            mark=mark,
            style="yellow",
        )


def _existing(page: Page, case: Case) -> None:
    if case.existing:
        page.heading("What exists already")
    for each in case.existing:
        page.item(
            f"{each.pattern}: {each.package}{each.provider} {page.citations.cite(each.sources)}",
            mark=">",
        )
        page.code(each.line)
        if each.note:
            page.item(each.note)
