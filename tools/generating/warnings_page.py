"""Generates docs/warnings.md: every warning, when it is shown, and its sources."""

from __future__ import annotations

from advisor.knowledge.loader import load_knowledge
from advisor.knowledge.model import Advice
from advisor.render.wording import escape, links
from generating.markdown import condition, head, page

LEAD = """\
This page lists all warnings, in the order in which a recommendation shows them. Each heading is the
id of a warning; `advisor explain ID` shows the same text in a terminal.
"""


def warnings_page() -> str:
    """Return the text of the page."""
    warnings = load_knowledge().warnings
    return page([*head("Warnings"), LEAD, *(line for each in warnings for line in _warning(each))])


def _warning(warning: Advice) -> list[str]:
    return [
        f"## `{warning.id}`",
        "",
        f"**{escape(warning.title)}**",
        "",
        escape(warning.text),
        "",
        f"- Shown if: {condition(warning.when)}.",
        f"- Sources: {links(warning.sources)[1:-1]}",
        "",
    ]
