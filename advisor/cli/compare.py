"""`advisor compare`: the documented comparison of the patterns, with measured values."""

from typing import Annotated

import typer

from advisor.answers.complete import assumption
from advisor.cli.output import Format, write_result
from advisor.knowledge.loader import load_disagreements, load_knowledge


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
    from advisor.cli.inputs import airflow_from
    from advisor.knowledge.evidence import load_evidence
    from advisor.render import comparison as render

    knowledge, disagreements, evidence = load_knowledge(), load_disagreements(), load_evidence()
    question = knowledge.questions["airflow_version"]
    text = assumption(question)[0] if airflow_version is None else airflow_version
    version = airflow_from("--airflow-version", text, question)
    comparison = render.Comparison(knowledge, disagreements, evidence, version)
    write_result(
        format_,
        terminal=lambda console: render.print_comparison(console, comparison),
        markdown=lambda: render.markdown_comparison(comparison),
        document=lambda: render.comparison_document(comparison),
    )
    return 0
