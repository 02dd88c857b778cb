"""A topic in every format, and the list of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console

from advisor.knowledge.topics import Topic
from advisor.render.page import Page
from advisor.render.schemas import SCHEMA_VERSION, Document, source_documents
from advisor.render.wording import escape, links


def print_topic(console: Console, topic: Topic) -> None:
    """Print a topic, its sources numbered at the end."""
    page = Page(console)
    page.line((topic.title, "bold green"), (f" ({topic.kind}: {topic.id})", "dim"))
    for heading, statements in topic.sections:
        if heading:
            page.heading(heading)
        for each in statements:
            page.item(f"{each.text} {page.citations.cite(each.sources)}".strip(), mark="-")
    page.sources()
    page.print()


def print_topics(console: Console, topics: Iterable[Topic]) -> None:
    """Print the list of topics, by kind."""
    by_kind: dict[str, list[Topic]] = {}
    for topic in topics:
        by_kind.setdefault(topic.kind.split(" ")[0], []).append(topic)
    page = Page(console)
    for kind, topics_of_kind in by_kind.items():
        page.heading(kind)
        for topic in topics_of_kind:
            page.item(f"{topic.id}: {topic.title}")
    page.print()


def markdown_topics(topics: Iterable[Topic]) -> Iterator[str]:
    """Yield the list of topics as a Markdown table."""
    yield "| kind | topic | title |\n|---|---|---|\n"
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
