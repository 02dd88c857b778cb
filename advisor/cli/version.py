"""The options before any command: the version, and the version in detail."""

from __future__ import annotations

from typing import Annotated

import typer

from advisor import __version__


def version_option(
    version: Annotated[bool, typer.Option("--version", "-V", help="Show the version.")] = False,
    verbose: Annotated[
        bool, typer.Option("-v", help="With --version: the knowledge's date and range.")
    ] = False,
) -> None:
    """Recommend how an Airflow task should wait for a job outside Airflow."""
    if not version:
        return
    typer.echo(f"advisor {__version__}")
    if verbose:
        from advisor.knowledge.load import load_edition

        edition = load_edition()
        typer.echo(f"knowledge of {edition.date}, Airflow {edition.oldest} to {edition.newest}")
    raise typer.Exit
