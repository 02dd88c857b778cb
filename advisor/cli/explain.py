"""`advisor explain`: one topic with its sources, or the list of topics."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli.inputs import load_knowledge_with
from advisor.cli.output import Format, write_result
from advisor.documents.model import nearest, shown
from advisor.errors import InputError
from advisor.knowledge.loader import load_disagreements

if TYPE_CHECKING:
    from advisor.knowledge.topics import Topic


def explain(
    topic: Annotated[
        str | None,
        typer.Argument(
            metavar="[TOPIC]",
            help="Id of the topic (default: list all topics).",
            show_default=False,
        ),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Policy file to apply (default: none)."),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", "-f", help="Output format.")] = "terminal",
) -> int:
    """Explain a pattern, need, warning or other topic."""
    # With rich, these imports take 100 ms that other commands do not need.
    from advisor.knowledge.evidence import load_evidence
    from advisor.knowledge.topics import topics
    from advisor.render import topic as render

    known = topics(load_knowledge_with(policy), load_disagreements(), load_evidence())
    if topic is None:
        write_result(
            format_,
            terminal=lambda console: render.print_topics(console, known.values()),
            markdown=lambda: render.markdown_topics(known.values()),
            document=lambda: render.topics_document(known.values()),
        )
    elif found := known.get(topic) or _by_title(known.values(), topic):
        write_result(
            format_,
            terminal=lambda console: render.print_topic(console, found),
            markdown=lambda: render.markdown_topic(found),
            document=lambda: render.topic_document(found),
        )
    else:
        hint = nearest(topic, known) or "run `advisor explain` for the list"
        raise InputError.of("", f"unknown topic {shown(topic)}", hint)
    return 0


def _by_title(topics: "Iterable[Topic]", title: str) -> "Topic | None":
    """Return the first topic with a title, such as the name of a need in a table."""
    return next((each for each in topics if each.title.lower() == title.lower()), None)
