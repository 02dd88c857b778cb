"""`advisor catalog`: existing operators and sensors that wait, and how they behave."""

# Without `from __future__ import annotations`, as in recommend.py.
from typing import Annotated

import typer

from advisor.cli.output import Format


def catalog(
    query: Annotated[
        str | None,
        typer.Argument(
            metavar="[QUERY]",
            help="Class, or part of a class, module, provider or system (default: list providers).",
            show_default=False,
        ),
    ] = None,
    deferrable: Annotated[
        bool, typer.Option("--deferrable", help="List only operators that can defer.")
    ] = False,
    durable: Annotated[
        bool, typer.Option("--durable", help="List only operators on which durable has an effect.")
    ] = False,
    airflow_version: Annotated[
        str | None,
        typer.Option(
            metavar="VERSION",
            help="Airflow version, 2.2 to 3.4: use the newest provider releases for it (default: "
            "of all).",
        ),
    ] = None,
    python: Annotated[
        str | None,
        typer.Option(
            metavar="PATH",
            help="Read an interpreter, environment or site-packages folder (default: snapshot).",
        ),
    ] = None,
    diff: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="OLD NEW",
            help="Show what an upgrade between two provider releases changes for CLASS.",
        ),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", "-f", help="Output format.")] = "terminal",
) -> int:
    """List existing operators and sensors, or show one in full."""
    # These imports take 30 ms that other commands do not need.
    from advisor.catalog.listing import Filters
    from advisor.cli.catalog_results import CatalogOptions, write_catalog
    from advisor.cli.inputs import path_from

    filters = Filters(deferrable, durable)
    path = path_from("--python", python, "path")
    return write_catalog(CatalogOptions(query, filters, airflow_version, path, diff, format_))
