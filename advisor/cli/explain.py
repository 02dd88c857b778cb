"""`advisor explain`: what the documentation says about one topic, where, and since when."""

from typing import Annotated

import typer

from advisor.cli.inputs import load_knowledge_with
from advisor.cli.output import Format, write_result
from advisor.documents.model import nearest, shown
from advisor.errors import InputError
from advisor.knowledge.loader import load_disagreements


def explain(
    topic: Annotated[
        str | None,
        typer.Argument(
            help="An id that advisor shows; without one, all of them.", show_default=False
        ),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Your organisation's policy, laid over ours."),
    ] = None,
    format_: Annotated[
        Format, typer.Option("--format", "-f", help="How to show the result.")
    ] = "terminal",
) -> int:
    """Explain a pattern, characteristic, need, warning or question, with its sources."""
    # With rich, these imports take 100 ms that other commands do not need.
    from advisor.knowledge.topics import topics
    from advisor.render import topic as render

    known = topics(load_knowledge_with(policy), load_disagreements())
    if topic is None:
        write_result(
            format_,
            terminal=lambda console: render.print_topics(console, known.values()),
            markdown=lambda: render.markdown_topics(known.values()),
            document=lambda: render.topics_document(known.values()),
        )
    elif topic in known:
        write_result(
            format_,
            terminal=lambda console: render.print_topic(console, known[topic]),
            markdown=lambda: render.markdown_topic(known[topic]),
            document=lambda: render.topic_document(known[topic]),
        )
    else:
        hint = nearest(topic, known) or "`advisor explain` lists all topics"
        raise InputError.of("explain", f"unknown topic {shown(topic)}", hint)
    return 0
