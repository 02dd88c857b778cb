"""`advisor explain`: what is said of one topic, where, and since when."""

from __future__ import annotations

from typing import Annotated

import typer

from advisor.answers.parse import nearest
from advisor.cli.answers_from import knowledge_with
from advisor.cli.output import Format, Screen, write, write_shape
from advisor.documents.model import shown
from advisor.errors import InputError
from advisor.knowledge.loader import load_disagreements
from advisor.knowledge.topics import Topic, topics


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
    ] = Format.terminal,
) -> int:
    """Explain a pattern, characteristic, need, warning or question, with its sources."""
    known = topics(knowledge_with(policy), load_disagreements())
    if topic is None:
        _show_all(known, format_)
    elif topic in known:
        _show(known[topic], format_)
    else:
        hint = nearest(topic, known) or "`advisor explain` lists all topics"
        raise InputError.of("explain", f"found {shown(topic)}, which is no topic", hint)
    return 0


def _show_all(known: dict[str, Topic], format_: Format) -> None:
    from advisor.render.topic import markdown_topics, print_topics, shape_topics

    if format_ is Format.terminal:
        with Screen() as console:
            print_topics(console, known.values())
    elif format_ is Format.markdown:
        write(markdown_topics(known.values()))
    else:
        write_shape(shape_topics(known.values()), format_)


def _show(topic: Topic, format_: Format) -> None:
    from advisor.render.topic import markdown_topic, print_topic, shape_topic

    if format_ is Format.terminal:
        with Screen() as console:
            print_topic(console, topic)
    elif format_ is Format.markdown:
        write(markdown_topic(topic))
    else:
        write_shape(shape_topic(topic), format_)
