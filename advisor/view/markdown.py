"""Recommendations as Markdown, fit to paste into a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from advisor.decision.case import Case
from advisor.decision.model import Change, Concession, Fact, Reason, RuledOut
from advisor.knowledge.model import Advice, Knowledge, Source
from advisor.view.citations import say_source
from advisor.view.totals import totals
from advisor.view.wording import (
    assumed,
    facts,
    given,
    instead_title,
    made_outcome,
    outcome,
    verdict,
)

# An underscore inside a word means nothing to Markdown.
MARKUP = re.compile(r"([\\`*{}\[\]<>#|~]|(?<!\w)_|_(?!\w))")


def markdown_document(cases: Sequence[Case], knowledge: Knowledge, *, many: bool) -> Iterator[str]:
    """Yield the text: for a batch a table first, then each job folded away."""
    if not many:
        yield from (f"{line}\n" for case in cases for line in _case(case, knowledge))
        return
    yield "| job | recommendation | expected |\n|---|---|---|\n"
    for case in cases:
        name, made = escape(case.answers.name), escape(made_outcome(case.recommendation))
        yield f"| {name} | {made} | {_expected(case)} |\n"
    yield f"\n{totals(cases)}\n"
    for case in cases:
        yield f"\n<details><summary>{_html(case.answers.name)}</summary>\n\n"
        yield from (f"{line}\n" for line in _case(case, knowledge))
        yield "\n</details>\n"


def escape(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return MARKUP.sub(r"\\\1", text)


def links(sources: Iterable[Source]) -> str:
    """Return sources as links, in parentheses; those without an address as words."""
    said = [
        f"[{escape(say_source(each))}]({each.url})" if each.url else escape(say_source(each))
        for each in sources
    ]
    return f"({'; '.join(said)})" if said else ""


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _expected(case: Case) -> str:
    if case.met is None:
        return ""
    return "as expected" if case.met else f"**{case.answers.expect} was expected**"


def _case(case: Case, knowledge: Knowledge) -> Iterator[str]:
    yield f"### {escape(case.answers.name)}: {escape(verdict(case, knowledge))}"
    yield ""
    yield f"Said: {escape(given(case.answers))}."
    if case.answers.assumed:
        yield f"Assumed: {escape(assumed(case.answers))}."
    if case.met is not None:
        yield f"Expectation: {_expected(case)}."
    if case.cost:
        yield ""
        yield f"{escape(case.cost.text)} {links(case.cost.sources)}"
    yield from _existing(case)
    yield from _sections(case)


def _existing(case: Case) -> Iterator[str]:
    if case.existing or case.key:
        yield from ("", "**What exists already**")
    for each in case.existing:
        package = f"{each.package}{each.provider}"
        yield from ("", escape(f"{each.pattern}, {package}: {each.note}"))
        yield from ("", "```python", f"from {each.module} import {each.operator}", "")
        yield from (each.line, "```")
    if case.key:
        yield from ("", f"{escape(case.key.text)} {links(case.key.sources)}")


def _sections(case: Case) -> Iterator[str]:
    made = case.recommendation
    sections = {
        "Why": [_reason(each) for each in made.reasons],
        "What it gives up": [_concession(each) for each in made.concessions],
        "Not recommended": [_ruled_out(each) for each in made.ruled_out],
        instead_title(made): [_advice(each, ":") for each in made.instead],
        "What would change this": [_change(each) for each in made.would_change],
        "Watch out": [_advice(each) for each in made.warnings],
        "Next": [f"`{command}`" for command in case.next],
    }
    for title, items in sections.items():
        if items:
            yield from ("", f"**{title}**", "")
        for item in items:
            yield f"- {' '.join(item.split())}"


def _reason(each: Reason) -> str:
    found = _facts(each.characteristic, (each.fact, *each.others))
    return f"{escape(each.text)} {found} {links(each.sources)}"


def _concession(each: Concession) -> str:
    found = _facts(each.characteristic, (each.fact,))
    return f"{escape(each.text)} {found} {escape(each.safe)} {links(each.sources)}"


def _ruled_out(each: RuledOut) -> str:
    found = _facts(each.characteristic, (each.fact,))
    return f"**{each.pattern}**: {escape(each.text)} {found} {links(each.sources)}"


def _change(each: Change) -> str:
    then = outcome(each.pattern, each.variant, each.headline)
    return f"If {escape(each.text)}: **{escape(then)}**"


def _advice(each: Advice, colon: str = "") -> str:
    return f"**{escape(each.title)}**{colon} {escape(each.text)} {links(each.sources)}"


def _facts(characteristic: str | None, found: Iterable[Fact | None]) -> str:
    said = facts(characteristic, found)
    return f"{escape(said)}." if said else ""
