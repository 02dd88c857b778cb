"""`advisor compare`: the documented comparison of the patterns, with measured values."""

from typing import Annotated

import typer

from advisor.answers.complete import assumption
from advisor.answers.parse import InvalidAnswer, newer_than_known, parse_answer, too_new
from advisor.cli.output import Format, say, write_result
from advisor.errors import InputError
from advisor.knowledge.loader import load_disagreements, load_knowledge
from advisor.knowledge.model import Question
from advisor.knowledge.versions import Version, parse_version


def compare(
    airflow_version: Annotated[
        str | None,
        typer.Option(
            metavar="VERSION",
            help="Airflow version, 2.2 to 3.4 (default: installed, else the latest stable).",
        ),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", "-f", help="Output format.")] = "terminal",
) -> int:
    """Compare the patterns by documented and measured values."""
    # With rich, these imports take 100 ms that other commands do not need.
    from advisor.knowledge.evidence import load_evidence
    from advisor.render import comparison as render

    knowledge, disagreements, evidence = load_knowledge(), load_disagreements(), load_evidence()
    version = _version(knowledge.questions["airflow_version"], airflow_version)
    comparison = render.Comparison(knowledge, disagreements, evidence, version)
    write_result(
        format_,
        terminal=lambda console: render.print_comparison(console, comparison),
        markdown=lambda: render.markdown_comparison(comparison),
        document=lambda: render.comparison_document(comparison),
    )
    return 0


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
