"""`advisor schema`: the JSON Schemas of what advisor reads and writes."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from advisor.cli.output import write
from advisor.knowledge.loader import load_knowledge


class Document(str, Enum):
    """What has a schema."""

    answers = "answers"
    recommendation = "recommendation"
    scaffold = "scaffold"
    drill = "drill"


def schema(
    document: Annotated[Document, typer.Argument(help="Which schema.", show_default=False)],
) -> int:
    """Print the JSON Schema of the answers file, or of what another command writes."""
    import json

    from advisor.render.schemas import (
        answers_schema,
        recommendation_schema,
        scaffold_schema,
    )

    if document is Document.drill:
        from advisor.render.drill_schema import drill_schema

        made = drill_schema()
    elif document is Document.scaffold:
        made = scaffold_schema()
    elif document is Document.answers:
        made = answers_schema(load_knowledge())
    else:
        made = recommendation_schema(load_knowledge())
    write([json.dumps(made, indent=2), "\n"])
    return 0
