"""`advisor compare`: the documented comparison of the three patterns, and what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from advisor.answers.model import assumption
from advisor.answers.parse import InvalidAnswer, newer_than_known, parse_answer, too_new
from advisor.cli.output import Format, Screen, say, write, write_shape
from advisor.errors import InputError
from advisor.knowledge.loader import load_disagreements, load_knowledge
from advisor.knowledge.model import Question
from advisor.knowledge.versions import Version, parse_version

if TYPE_CHECKING:
    from advisor.render.comparison import Comparison


def compare(
    airflow_version: Annotated[
        str | None, typer.Option(metavar="VERSION", help="What holds in this version; 2.2 to 3.4.")
    ] = None,
    format_: Annotated[
        Format, typer.Option("--format", "-f", help="How to show the result.")
    ] = Format.terminal,
) -> int:
    """Compare the patterns: each documented cell, its source, and what was measured."""
    from advisor.render.comparison import markdown_comparison, print_comparison, shape_comparison

    shown = _comparison(airflow_version)
    if format_ is Format.terminal:
        with Screen() as console:
            print_comparison(console, shown)
    elif format_ is Format.markdown:
        write(markdown_comparison(shown))
    else:
        write_shape(shape_comparison(shown), format_)
    return 0


def _comparison(airflow_version: str | None) -> Comparison:
    from advisor.knowledge.evidence import check_evidence, load_evidence
    from advisor.render.comparison import Comparison

    knowledge, notes, evidence = load_knowledge(), load_disagreements(), load_evidence()
    check_evidence(evidence, knowledge, notes)
    version = _version(knowledge.questions["airflow_version"], airflow_version)
    return Comparison(knowledge, notes, evidence, version)


def _version(question: Question, text: str | None) -> Version:
    if text is None:
        return parse_version(assumption(question)[0])
    try:
        version = parse_answer(question, text)
    except InvalidAnswer as error:
        raise InputError.of("--airflow-version", error.message, error.hint) from None
    if newest := newer_than_known(question, version):
        say(f"note: {too_new(version, newest)}")
        return newest
    return parse_version(version)
