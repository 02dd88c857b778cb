"""`advisor schema`: the JSON Schemas of what advisor reads and writes."""

from typing import Annotated, Literal

import typer

from advisor.cli.output import indented, write
from advisor.knowledge.loader import load_knowledge


def schema(
    document: Annotated[
        Literal["answers", "recommendation", "scaffold", "drill"],
        typer.Argument(help="Which schema.", show_default=False),
    ],
) -> int:
    """Print the JSON Schema of the answers file, or of what another command writes."""
    # Imports the drill, which takes 30 ms that other commands do not need.
    from advisor.render.drill_json import drill_schema
    from advisor.render.recommendation_json import recommendation_schema
    from advisor.render.scaffold import scaffold_schema
    from advisor.render.schemas import answers_schema

    if document == "drill":
        write(indented(drill_schema()))
    elif document == "scaffold":
        write(indented(scaffold_schema()))
    elif document == "answers":
        write(indented(answers_schema(load_knowledge())))
    else:
        write(indented(recommendation_schema(load_knowledge())))
    return 0
