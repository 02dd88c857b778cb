"""Recommendations as Markdown, suitable for a pull request, in the order of the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from advisor.decision.changes import Change
from advisor.decision.needs_table import NeedCell
from advisor.decision.operators import ExistingOperator
from advisor.decision.recommend import Concession, Reason, RuledOut
from advisor.decision.report import JobReport
from advisor.knowledge.model import Alternative, Knowledge, PatternWarning
from advisor.render.operators import core_fact, later_lines, operator_advice, operator_lines
from advisor.render.wording import (
    LOSSES,
    assumed_text,
    change_outcome,
    escape,
    expectation,
    facts_text,
    given_text,
    links,
    other_warnings_title,
    recommended_outcome,
    totals,
    verdict,
    version_of,
)


def markdown_document(
    reports: Sequence[JobReport], knowledge: Knowledge, *, many: bool
) -> Iterator[str]:
    """Yield the text: for a batch, a table followed by a collapsed section for each job."""
    if not many:
        yield from (f"{line}\n" for report in reports for line in _report(report, knowledge))
        return
    yield "| Job | Recommendation | Expectation |\n|---|---|---|\n"
    for report in reports:
        name = escape(report.answers.name)
        recommended = escape(recommended_outcome(report.recommendation))
        yield f"| {name} | {recommended} | {_expected(report)} |\n"
    yield f"\n{totals(reports)}\n"
    for report in reports:
        yield f"\n<details><summary>{_html(report.answers.name)}</summary>\n\n"
        yield from (f"{line}\n" for line in _report(report, knowledge))
        yield "\n</details>\n"


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _expected(report: JobReport) -> str:
    text = expectation(report)
    return f"**{text}**" if report.met is False else text


def _report(report: JobReport, knowledge: Knowledge) -> Iterator[str]:
    title = f"{verdict(report, knowledge)} (Airflow {version_of(report, knowledge)})"
    yield f"### {escape(report.answers.name)}: {escape(title)}"
    yield ""
    yield f"Answers: {escape(given_text(report.answers))}."
    if report.answers.assumed:
        yield f"Assumed: {escape(assumed_text(report.answers))}."
    if report.met is not None:
        yield f"Expectation: {_expected(report)}."
    for note in report.notes:
        yield from ("", f"> Note: {escape(note)}")
    if advice := operator_advice(report):
        yield from ("", escape(advice))
    if report.substitute and not report.operator:
        yield from ("", f"**Use this:** {_alternative(report.substitute)}")
        if report.split and report.choice.in_two_tasks:
            yield from ("", "```python", report.split.submit, report.split.sensor.line, "```")
    yield from _operators(report)
    yield from _needs(report)
    if report.cost:
        yield from ("", f"**Cost:** {escape(report.cost.text)} {links(report.cost.sources)}")
    yield from _sections(report)


def _operators(report: JobReport) -> Iterator[str]:
    if report.operator:
        yield from ("", "**Use this**", *_operator(report.operator))
    for label, text, sources in later_lines(report):
        yield from ("", f"**{label}:** {escape(text)} {links(sources)}")
    others = [each for each in report.existing if each != report.operator]
    if others:
        yield from ("", f"**{'Other' if report.operator else 'Existing'} operators**")
    for each in others:
        yield from _operator(each)
    if report.key:
        yield from ("", f"{escape(report.key.text)} {links(report.key.sources)}")


def _operator(operator: ExistingOperator) -> Iterator[str]:
    package = f"{operator.operator.package}{operator.provider}"
    yield from ("", escape(f"{operator.pattern}, {package}:"), "")
    for label, text, sources in operator_lines(operator):
        yield f"- **{label}:** {escape(text)} {links(sources)}".rstrip()
    yield from ("", "```python", f"from {operator.operator.module} import {operator.name}", "")
    yield from (operator.line, "```")


def _needs(report: JobReport) -> Iterator[str]:
    standings = report.recommendation.standings
    yield from ("", f"| What you need | Strength | {' | '.join(standings)} |")
    yield f"|---|---|{'---|' * len(standings)}"
    for row in report.recommendation.needs:
        cells = [_cell(row.cells[pattern]) for pattern in standings]
        yield f"| {escape(row.label)} | {row.strength} | {' | '.join(cells)} |"
    yield f"| | | {' | '.join(f'**{each}**' for each in standings.values())} |"


def _cell(cell: NeedCell | None) -> str:
    return f"{escape(cell.value)} ({'ok' if cell.satisfied else 'no'})" if cell else "-"


def _sections(report: JobReport) -> Iterator[str]:
    recommendation = report.recommendation
    others = [each for each in report.warnings if each not in report.act_on]
    facts = [f"{escape(core_fact(each))} {links(each.sources)}" for each in report.core_facts]
    sections = {
        "Alternatives": [_alternative(each) for each in report.other_alternatives],
        "Watch out": [*(_warning(each, report) for each in report.act_on), *facts],
        "What would change this": [_change(each) for each in recommendation.would_change],
        "Next": [f"`{command}`" for command in report.next],
        "Reasons": [_reason(each) for each in recommendation.reasons],
        "Trade-offs": [_concession(each) for each in recommendation.concessions],
        "Not recommended": [_ruled_out(each) for each in recommendation.ruled_out],
        other_warnings_title(report): [_warning(each, report) for each in others],
    }
    for title, items in sections.items():
        if items:
            yield from ("", f"**{title}**", "")
        for item in items:
            yield f"- {' '.join(item.split())}"


def _reason(each: Reason) -> str:
    facts = _facts(each)
    return f"{escape(each.text)} {facts} {links(each.sources)}"


def _concession(each: Concession) -> str:
    facts = _facts(each)
    return f"{escape(each.text)} {facts} {escape(each.safe)} {links(each.sources)}"


def _ruled_out(each: RuledOut) -> str:
    facts = _facts(each)
    lead = f"**{each.pattern}** is {LOSSES[each.strength]}:"
    return f"{lead} {escape(each.text)} {facts} {links(each.sources)}"


def _change(each: Change) -> str:
    return f"If {escape(each.text)}: **{escape(change_outcome(each))}**"


def _alternative(each: Alternative) -> str:
    return f"**{escape(each.title)}**: {escape(each.text)} {links(each.sources)}"


def _warning(each: PatternWarning, report: JobReport) -> str:
    is_handled = each.scaffold_handles and report.scaffolds
    handled = "The scaffold handles this. " if is_handled else ""
    lead = f"**{escape(each.title)}.** {escape(each.remedy)}."
    return f"{lead} {escape(each.text)} {handled}{links(each.sources)}"


def _facts(reason: Reason) -> str:
    text = facts_text(reason)
    return f"{escape(text)}." if text else ""
