"""`advisor schema`: the JSON Schemas of the answers file and of the recommendation."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from advisor.cli.output import write
from advisor.knowledge.load import load_knowledge


class Document(str, Enum):
    """What has a schema."""

    answers = "answers"
    recommendation = "recommendation"


def schema(
    document: Annotated[Document, typer.Argument(help="Which schema.", show_default=False)],
) -> int:
    """Print the JSON Schema of the answers file or of the JSON that recommend writes."""
    import json

    from advisor.view.schemas import answers_schema, recommendation_schema

    made = answers_schema if document is Document.answers else recommendation_schema
    write([json.dumps(made(load_knowledge()), indent=2), "\n"])
    return 0
