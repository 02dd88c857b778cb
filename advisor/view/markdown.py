"""Recommendations as Markdown, fit to paste into a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from advisor.decision.case import Case
from advisor.decision.model import Fact
from advisor.knowledge.model import Knowledge, Source
from advisor.view.citations import say_source
from advisor.view.totals import totals
from advisor.view.wording import assumed, facts, given, made_outcome, outcome, verdict

# An underscore inside a word means nothing to Markdown.
MARKUP = re.compile(r"([\\`*{}\[\]<>#|~]|(?<!\w)_|_(?!\w))")


def markdown_document(cases: Sequence[Case], knowledge: Knowledge, *, many: bool) -> Iterator[str]:
    """Yield the text: for a batch a table first, then each job folded away."""
    if not many:
        yield from (f"{line}\n" for case in cases for line in _case(case, knowledge))
        return
    yield "| job | recommendation | expected |\n|---|---|---|\n"
    for case in cases:
        yield f"| {escape(case.answers.name)} | {escape(made_outcome(case.recommendation))} | {_expected(case)} |\n"
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
    for number, each in enumerate(case.existing):
        if number == 0:
            yield from ("", "**What exists already**")
        yield from ("", f"{each.pattern}, {each.package}{escape(each.provider)}: {escape(each.note)}")
        yield from ("", "```python", f"from {each.module} import {each.operator}", "", each.line, "```")


def _sections(case: Case) -> Iterator[str]:
    made = case.recommendation
    instead = "What to do instead" if made.pattern is None else "What may do better"
    yield from _section(
        "Why",
        (f"{escape(e.text)} {_facts(e.characteristic, (e.fact, *e.others))} {links(e.sources)}" for e in made.reasons),
    )
    yield from _section(
        "What it gives up",
        (
            f"{escape(e.text)} {_facts(e.characteristic, (e.fact,))} {escape(e.safe)} {links(e.sources)}"
            for e in made.concessions
        ),
    )
    yield from _section(
        "Not recommended",
        (
            f"**{e.pattern}**: {escape(e.text)} {_facts(e.characteristic, (e.fact,))} {links(e.sources)}"
            for e in made.ruled_out
        ),
    )
    yield from _section(
        "What would change this",
        (
            f"If {escape(e.text)}: **{escape(outcome(e.pattern, e.variant, e.headline))}**"
            for e in made.would_change
        ),
    )
    yield from _section(
        "Watch out", (f"**{escape(e.title)}** {escape(e.text)} {links(e.sources)}" for e in made.warnings)
    )
    yield from _section(
        instead, (f"**{escape(e.title)}**: {escape(e.text)} {links(e.sources)}" for e in made.instead)
    )
    yield from _section("Next", (f"`{command}`" for command in case.next))


def _section(title: str, items: Iterable[str]) -> Iterator[str]:
    for number, item in enumerate(items):
        if number == 0:
            yield from ("", f"**{title}**", "")
        yield f"- {' '.join(item.split())}"


def _facts(characteristic: str | None, found: Iterable[Fact | None]) -> str:
    said = facts(characteristic, found)
    return f"{escape(said)}." if said else ""
