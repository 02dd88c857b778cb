"""A topic, and the list of all topics, in every format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final

from rich.console import Console

from advisor.knowledge.topics import Topic
from advisor.render.page import Page
from advisor.render.schemas import SCHEMA_VERSION, Document, source_documents
from advisor.render.wording import escape, links

LIST_WIDTH: Final = 80
"""The most columns of a line in the list of topics."""
ELLIPSIS: Final = "..."
HEADINGS: Final[Mapping[str, str]] = {
    "pattern": "Patterns",
    "variant": "Patterns",
    "characteristic": "Characteristics",
    "question": "Questions",
    "need": "Needs",
    "policy": "Needs",
    "alternative": "Alternatives",
    "warning": "Warnings",
    "disagreement": "Disagreements",
}
"""The heading of each kind of topic in the list."""


def print_topic(console: Console, topic: Topic) -> None:
    """Print a topic, its sources numbered at the end."""
    page = Page(console)
    page.line((topic.title, "bold green"), (f" - {topic.kind}: {topic.id}", "dim"))
    for heading, statements in topic.sections:
        if heading:
            page.heading(heading)
        for each in statements:
            page.item(f"{each.text} {page.citations.cite(each.sources)}".strip(), mark="-")
    page.sources()
    page.print()


def print_topics(console: Console, topics: Iterable[Topic]) -> None:
    """Print the list of topics by kind, one line for each."""
    page = Page(console)
    width = min(console.width, LIST_WIDTH)
    page.line("Run `advisor explain ID` to read a topic.")
    for heading, group in groupby(topics, _heading):
        page.heading(heading)
        of_kind = list(group)
        # An exceptionally long id of a policy does not push away the titles of the others.
        longest = max(len(topic.id) for topic in of_kind if len(topic.id) <= LIST_WIDTH / 2)
        for topic in of_kind:
            lead = f"  {topic.id:{longest}}  "
            title = shortened(topic.title, width - len(lead))
            page.line((lead if title else lead.rstrip(), "bold"), title)
    page.print()


def _heading(topic: Topic) -> str:
    return HEADINGS[topic.kind.partition(" ")[0]]


def shortened(text: str, width: int) -> str:
    """Return a text, cut after a word if it is longer than `width`; "" if no word fits."""
    if len(text) <= width:
        return text
    kept, _, _ = text[: max(width - len(ELLIPSIS) + 1, 0)].rpartition(" ")
    return f"{kept.rstrip(' ,;:.')}{ELLIPSIS}" if kept else ""


def markdown_topics(topics: Iterable[Topic]) -> Iterator[str]:
    """Yield the list of topics as a Markdown table."""
    yield "| Kind | Topic | Title |\n|---|---|---|\n"
    for topic in topics:
        yield f"| {escape(topic.kind)} | `{topic.id}` | {escape(topic.title)} |\n"


def topics_document(topics: Iterable[Topic]) -> Document:
    """Return the list of topics as mappings and lists."""
    listed = [{"id": topic.id, "kind": topic.kind, "title": topic.title} for topic in topics]
    return {"schema_version": SCHEMA_VERSION, "topics": listed}


def markdown_topic(topic: Topic) -> Iterator[str]:
    """Yield a topic as Markdown."""
    yield f"### {escape(topic.title)}\n\n{escape(topic.kind)}: `{topic.id}`\n"
    for heading, statements in topic.sections:
        if heading:
            yield f"\n**{escape(heading)}**\n"
        yield "\n"
        for each in statements:
            yield f"- {escape(each.text)} {links(each.sources)}".rstrip() + "\n"


def topic_document(topic: Topic) -> Document:
    """Return a topic as mappings and lists."""
    return {
        "schema_version": SCHEMA_VERSION,
        "id": topic.id,
        "kind": topic.kind,
        "title": topic.title,
        "sections": [
            {
                "heading": heading,
                "statements": [
                    {"text": each.text, "source": source_documents(each.sources)}
                    for each in statements
                ],
            }
            for heading, statements in topic.sections
        ],
    }
