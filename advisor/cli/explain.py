"""`advisor explain`: one topic with its sources, or the list of topics."""

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
    """Explain a pattern, need, warning or other topic, with sources."""
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
    elif topic in known:
        write_result(
            format_,
            terminal=lambda console: render.print_topic(console, known[topic]),
            markdown=lambda: render.markdown_topic(known[topic]),
            document=lambda: render.topic_document(known[topic]),
        )
    else:
        hint = nearest(topic, known) or "run 'advisor explain' for the list"
        raise InputError.of("", f"unknown topic {shown(topic)}", hint)
    return 0
