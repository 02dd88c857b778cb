"""`advisor compare`: the documented comparison of the three patterns."""

from __future__ import annotations

from typing import Annotated

import typer

from advisor.answers.complete import assumption
from advisor.answers.parse import Rejected, newer_than_known, parse_answer, too_new
from advisor.cli.output import Format, Screen, say, write, write_shape
from advisor.errors import InputError
from advisor.knowledge.load import load_knowledge, load_notes
from advisor.knowledge.model import Question
from advisor.knowledge.versions import Version, parse_version


def compare(
    airflow_version: Annotated[
        str | None, typer.Option(metavar="VERSION", help="What holds in this version; 2.2 to 3.4.")
    ] = None,
    format_: Annotated[
        Format, typer.Option("--format", "-f", help="How to show the result.")
    ] = Format.terminal,
) -> int:
    """Compare the patterns as Airflow documents them, each cell with its source."""
    from advisor.view.comparison import markdown_comparison, print_comparison, shape_comparison

    knowledge, notes = load_knowledge(), load_notes()
    version = _version(knowledge.questions["airflow_version"], airflow_version)
    if format_ is Format.terminal:
        with Screen() as console:
            print_comparison(console, knowledge, notes, version)
    elif format_ is Format.markdown:
        write(markdown_comparison(knowledge, notes, version))
    else:
        write_shape(shape_comparison(knowledge, notes, version), format_)
    return 0


def _version(question: Question, text: str | None) -> Version:
    if text is None:
        return parse_version(assumption(question)[0])
    try:
        version = parse_answer(question, text)
    except Rejected as error:
        raise InputError.of("--airflow-version", error.said, error.tip) from None
    if newest := newer_than_known(question, version):
        say(f"note: {too_new(version, newest)}")
        return newest
    return parse_version(version)
