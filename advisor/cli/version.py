"""The options before any command: the version, and the version in detail."""

from __future__ import annotations

from typing import Annotated

import typer

from advisor import __version__


def version_option(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", "-V", help="Show the version.")] = False,
    verbose: Annotated[
        bool,
        typer.Option("--verbose", "-v", help="With --version: the knowledge's date and range."),
    ] = False,
) -> None:
    """Recommend how an Airflow task should wait for a job outside Airflow.

    Deferrable, resumable or async: derived from Airflow's documented comparison, reasons cited.
    """
    if version:
        typer.echo(f"advisor {__version__}")
        if verbose:
            from advisor.knowledge.load import load_edition

            edition = load_edition()
            covers = f"Airflow {edition.oldest} to {edition.newest}"
            typer.echo(f"knowledge of {edition.date}, {covers}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit
