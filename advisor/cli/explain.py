"""`advisor explain`: what is said of one topic, where, and since when."""

from __future__ import annotations

from typing import Annotated

import typer

from advisor.answers.batch import option_error
from advisor.answers.parse import nearest
from advisor.cli.output import Format, make_console, write, write_shape
from advisor.documents.model import shown
from advisor.knowledge.load import load_knowledge, load_notes
from advisor.knowledge.topics import topics


def explain(
    topic: Annotated[
        str | None,
        typer.Argument(
            help="An id that advisor shows; without one, all of them.", show_default=False
        ),
    ] = None,
    format_: Annotated[
        Format, typer.Option("--format", "-f", help="How to show the result.")
    ] = Format.terminal,
) -> int:
    """Explain a pattern, characteristic, need, warning or question, with its sources."""
    from advisor.view.topic import markdown_topic, print_topic, print_topics, shape_topic

    known = topics(load_knowledge(), load_notes())
    if topic is None:
        print_topics(make_console(), known.values())
        return 0
    if topic not in known:
        tip = nearest(topic, known) or "`advisor explain` lists all topics"
        raise option_error("explain", f"found {shown(topic)}, which is no topic", tip)
    found = known[topic]
    if format_ is Format.terminal:
        print_topic(make_console(), found)
    elif format_ is Format.markdown:
        write(markdown_topic(found))
    else:
        write_shape(shape_topic(found), format_)
    return 0
