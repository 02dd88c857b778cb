"""The options before any command: the version, and the version in detail."""

from __future__ import annotations

from typing import Annotated

import typer

from advisor import __version__
from advisor.cli.output import write


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
        lines = [f"advisor {__version__}\n"]
        if verbose:
            from advisor.knowledge.loader import load_edition

            edition = load_edition()
            covers = f"Airflow {edition.oldest} to {edition.newest}"
            lines.append(f"knowledge of {edition.date}, {covers}\n")
        write(lines)
        raise typer.Exit
    if context.invoked_subcommand is None:
        write([context.get_help(), "\n"])
        raise typer.Exit
