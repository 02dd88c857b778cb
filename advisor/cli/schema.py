"""`advisor schema`: prints the JSON Schemas of the files and output of advisor."""

from typing import Annotated, Literal

import typer

from advisor.cli.output import indented, write
from advisor.knowledge.loader import load_knowledge


def schema(
    document: Annotated[
        Literal["answers", "recommendation", "scaffold", "drill", "catalog"],
        typer.Argument(
            metavar="DOCUMENT",
            help="File or output to describe: answers, recommendation, scaffold, drill or catalog.",
            show_default=False,
        ),
    ],
) -> int:
    """Print the JSON Schema of a file or of JSON output."""
    # Imports the drill, which takes 30 ms, and only this command needs it.
    from advisor.render.catalog_document import catalog_schema
    from advisor.render.drill_json import drill_schema
    from advisor.render.recommendation_json import recommendation_schema
    from advisor.render.scaffold import scaffold_schema
    from advisor.render.schemas import answers_schema

    if document == "drill":
        write(indented(drill_schema()))
    elif document == "scaffold":
        write(indented(scaffold_schema()))
    elif document == "catalog":
        write(indented(catalog_schema()))
    elif document == "answers":
        write(indented(answers_schema(load_knowledge())))
    else:
        write(indented(recommendation_schema(load_knowledge())))
    return 0
