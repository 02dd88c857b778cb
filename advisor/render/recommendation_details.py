"""The details of one recommendation on a terminal: all reasons, warnings and sources."""

from __future__ import annotations

from collections.abc import Iterable

from advisor.decision.report import JobReport
from advisor.knowledge.model import PatternWarning
from advisor.render.operators import core_fact, later_lines, operator_lines
from advisor.render.page import Page
from advisor.render.wording import (
    LOSSES,
    assumed_text,
    change_outcome,
    facts_text,
    given_text,
    other_warnings_title,
)


def print_details(page: Page, report: JobReport) -> None:
    """Add everything that the screen leaves out, with citations, to a page."""
    _answers(page, report)
    _reasons(page, report)
    _trade_offs(page, report)
    _ruled_out(page, report)
    _operators(page, report)
    _alternatives(page, report)
    _changes(page, report)
    _warnings(page, report)
    _cost(page, report)
    page.sources()


def _answers(page: Page, report: JobReport) -> None:
    page.heading("Answers")
    page.item(f"Given: {given_text(report.answers)}")
    if report.answers.assumed:
        page.item(f"Assumed: {assumed_text(report.answers)}")
    for note in report.notes:
        page.item(f"Note: {note}")


def _reasons(page: Page, report: JobReport) -> None:
    if report.recommendation.reasons:
        page.heading("Reasons")
    for each in report.recommendation.reasons:
        page.item(each.text, mark="+", style="green")
        page.detail(facts_text(each), each.sources)


def _trade_offs(page: Page, report: JobReport) -> None:
    if report.recommendation.concessions:
        page.heading("Trade-offs")
    for each in report.recommendation.concessions:
        page.item(each.text, mark="-", style="yellow")
        page.detail(facts_text(each), each.sources)
        if each.safe:
            page.item(each.safe)


def _ruled_out(page: Page, report: JobReport) -> None:
    page.heading("Not recommended")
    for each in report.recommendation.ruled_out:
        page.item(f"{each.pattern} is {LOSSES[each.strength]}: {each.text}", mark="x", style="red")
        page.detail(facts_text(each), each.sources)


def _operators(page: Page, report: JobReport) -> None:
    if report.existing or report.later or report.key:
        page.heading("Existing operators")
    for each in report.existing:
        package = f"{each.operator.package}{each.provider}"
        page.item(f"{each.pattern}: {package}", mark=">", style="green")
        page.code(f"from {each.operator.module} import {each.name}")
        page.code(each.line)
        for label, text, sources in operator_lines(each):
            page.detail(f"{label}: {text}", sources)
        for fact in each.upcoming:
            page.detail(f"Planned: {fact.text}", fact.sources)
    for label, text, sources in later_lines(report):
        page.item(f"{label}: {text} {page.citations.cite(sources)}", mark=">", style="green")
    if report.split:
        page.item("in two tasks:", mark=">", style="green")
        page.code(report.split.submit)
        page.code(report.split.sensor.line)
    if report.key:
        page.item(f"{report.key.text} {page.citations.cite(report.key.sources)}", mark="*")


def _alternatives(page: Page, report: JobReport) -> None:
    if report.alternatives:
        page.heading("Alternatives")
    for each in report.alternatives:
        cited = page.citations.cite(each.sources)
        page.item(f"{each.title}: {each.text} {cited}", mark="*", style="green")


def _changes(page: Page, report: JobReport) -> None:
    page.heading("All answers that would change this")
    if not report.recommendation.would_change:
        page.item("No single other answer would.")
    for each in report.recommendation.would_change:
        page.item(f"If {each.text}: {change_outcome(each)}", mark="~", style="cyan")


def _warnings(page: Page, report: JobReport) -> None:
    act_on = report.act_on
    others = [each for each in report.warnings if each not in act_on]
    if act_on or report.core_facts:
        page.heading("Warnings to act on")
        _add_warnings(page, act_on)
    for fact in report.core_facts:
        page.item(core_fact(fact), mark="!", style="yellow")
        page.detail("", fact.sources)
    if others:
        page.heading(other_warnings_title(report))
        _add_warnings(page, others, name_handled=report.scaffolds)


def _add_warnings(
    page: Page, warnings: Iterable[PatternWarning], *, name_handled: bool = False
) -> None:
    for each in warnings:
        handled = ", handled by the scaffold" if each.scaffold_handles and name_handled else ""
        page.item(f"{each.title}. {each.remedy}. ({each.id}{handled})", mark="!", style="yellow")
        page.detail(each.text, each.sources)


def _cost(page: Page, report: JobReport) -> None:
    if report.cost:
        page.heading("Cost")
        page.item(f"{report.cost.text} {page.citations.cite(report.cost.sources)}")
