"""Recommendations as Markdown, suitable for a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from advisor.decision.changes import Change
from advisor.decision.recommend import Concession, Reason, RuledOut
from advisor.decision.report import JobReport
from advisor.knowledge.model import Advice, Knowledge
from advisor.render.wording import (
    alternatives_title,
    assumed_text,
    escape,
    facts_text,
    given_text,
    links,
    outcome,
    recommended_outcome,
    totals,
    verdict,
)


def markdown_document(
    reports: Sequence[JobReport], knowledge: Knowledge, *, many: bool
) -> Iterator[str]:
    """Yield the text: for a batch, a table followed by a collapsed section for each job."""
    if not many:
        yield from (f"{line}\n" for report in reports for line in _report(report, knowledge))
        return
    yield "| job | recommendation | expected |\n|---|---|---|\n"
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
    if report.met is None:
        return ""
    return "as expected" if report.met else f"**{report.answers.expect} was expected**"


def _report(report: JobReport, knowledge: Knowledge) -> Iterator[str]:
    yield f"### {escape(report.answers.name)}: {escape(verdict(report, knowledge))}"
    yield ""
    yield f"Said: {escape(given_text(report.answers))}."
    if report.answers.assumed:
        yield f"Assumed: {escape(assumed_text(report.answers))}."
    if report.met is not None:
        yield f"Expectation: {_expected(report)}."
    if report.cost:
        yield ""
        yield f"{escape(report.cost.text)} {links(report.cost.sources)}"
    yield from _existing(report)
    yield from _sections(report)


def _existing(report: JobReport) -> Iterator[str]:
    if report.existing or report.key:
        yield from ("", "**What exists already**")
    for each in report.existing:
        package = f"{each.package}{each.provider}"
        yield from ("", escape(f"{each.pattern}, {package}: {each.note}"))
        yield from ("", "```python", f"from {each.module} import {each.operator}", "")
        yield from (each.line, "```")
    if report.key:
        yield from ("", f"{escape(report.key.text)} {links(report.key.sources)}")


def _sections(report: JobReport) -> Iterator[str]:
    recommendation = report.recommendation
    sections = {
        "Why": [_reason(each) for each in recommendation.reasons],
        "What it gives up": [_concession(each) for each in recommendation.concessions],
        "Not recommended": [_ruled_out(each) for each in recommendation.ruled_out],
        alternatives_title(recommendation): [
            _advice(each, ":") for each in recommendation.alternatives
        ],
        "What would change this": [_change(each) for each in recommendation.would_change],
        "Watch out": [_advice(each) for each in recommendation.warnings],
        "Next": [f"`{command}`" for command in report.next],
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
    return f"**{each.pattern}**: {escape(each.text)} {facts} {links(each.sources)}"


def _change(each: Change) -> str:
    then = outcome(each.pattern, each.variant, each.headline)
    return f"If {escape(each.text)}: **{escape(then)}**"


def _advice(each: Advice, colon: str = "") -> str:
    return f"**{escape(each.title)}**{colon} {escape(each.text)} {links(each.sources)}"


def _facts(reason: Reason) -> str:
    text = facts_text(reason)
    return f"{escape(text)}." if text else ""
