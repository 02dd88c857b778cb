"""Generates docs/warnings.md: every warning, when it is shown, and its sources."""

from __future__ import annotations

from advisor.knowledge.loader import load_knowledge
from advisor.knowledge.model import PatternWarning
from advisor.render.wording import escape, links
from generating.markdown import condition, head, page

LEAD = """\
This page lists all warnings, in the order in which a recommendation shows them. Each heading is the
id of a warning; `advisor explain ID` shows the same text in a terminal.
"""
APPLIES_TO = {
    "use": "Applies to users of an existing operator.",
    "write": "Applies to authors of an operator.",
    "both": "Applies to users of an existing operator and to authors.",
}
HANDLED = "The scaffold handles it."


def warnings_page() -> str:
    """Return the text of the page."""
    warnings = load_knowledge().warnings
    return page([*head("Warnings"), LEAD, *(line for each in warnings for line in _warning(each))])


def _warning(warning: PatternWarning) -> list[str]:
    return [
        f"## `{warning.id}`",
        "",
        f"**{escape(warning.title)}.** {escape(warning.remedy)}.",
        "",
        escape(warning.text),
        "",
        f"- Shown if: {condition(warning.when)}.",
        *([f"- And if: {_given(warning)}."] if warning.given else []),
        f"- {APPLIES_TO[warning.applies_to]}{' ' + HANDLED if warning.scaffold_handles else ''}",
        f"- Sources: {links(warning.sources)[1:-1]}",
        "",
    ]


def _given(warning: PatternWarning) -> str:
    """Return the further condition of a warning, in words."""
    texts = {
        "executor": "the answer to `executor` is",
        "retry": "for the answered risk, a retry is",
        "stores": "the id of the job is stored:",
        "timeout_while_deferred": "execution_timeout holds while deferred:",
        "redelivered": "the wait takes more than 24 hours, and Celery sends its message again:",
        "needs_logical_date": "the line of code needs a logical date:",
    }
    clauses = (f"{texts[key]} {' or '.join(values)}" for key, values in warning.given.items())
    return ", and ".join(clauses)
