"""`advisor scaffold`: an operator with its tests and an example Dag, written from templates."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from advisor.cli.inputs import flags_from
from advisor.errors import ANSWER_IS_NO, DONE

WHAT = "What to write"
WHERE = "Where it goes"
HOW = "How to write it"


class OnKill(str, Enum):
    """What happens to the job when its task is killed."""

    auto = "auto"
    cancel = "cancel"
    leave = "leave"


class OnMissing(str, Enum):
    """What happens to the task when the system no longer knows its job."""

    fail = "fail"
    resubmit = "resubmit"


class Format(str, Enum):
    """How the result is written."""

    terminal = "terminal"
    json = "json"


def scaffold(
    pattern: Annotated[
        str | None,
        typer.Argument(
            metavar="[PATTERN]",
            help="deferrable or resumable, for one job; checkpoint, for batches one after the "
            "other; async, for many requests at once.",
            show_default=False,
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="What to call it: NightlySpark, nightly-spark.",
            show_default=False,
        ),
    ] = None,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="FILE",
            rich_help_panel=WHAT,
            help="What advisor recommend said, as JSON, instead of PATTERN and NAME; - for "
            "standard input. (What you say yourself is for advisor recommend --answers.)",
        ),
    ] = None,
    system: Annotated[
        str | None,
        typer.Option(
            metavar="SYSTEM", rich_help_panel=WHAT, help="What runs the job (default: http)."
        ),
    ] = None,
    airflow_version: Annotated[
        str | None, typer.Option(metavar="VERSION", rich_help_panel=WHAT, help="3.2, 3.3 or 3.4.")
    ] = None,
    on_kill: Annotated[
        OnKill | None,
        typer.Option(rich_help_panel=WHAT, help="What happens to the job of a killed task."),
    ] = None,
    on_missing: Annotated[
        OnMissing | None,
        typer.Option(rich_help_panel=WHAT, help="What to do about a job that is gone."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="ID=VALUE",
            rich_help_panel=WHAT,
            help="A setting of the system, repeatable.",
        ),
    ] = None,
    templates: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            rich_help_panel=WHAT,
            help="Your own templates; each replaces one of ours.",
        ),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            rich_help_panel=WHERE,
            help="Where the package goes (default: plugins/ if it exists, else here).",
        ),
    ] = None,
    dags: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            rich_help_panel=WHERE,
            help="Where the example Dag goes (default: dags/ if it exists, else here).",
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", rich_help_panel=HOW, help="Say what would be done; do nothing."),
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", rich_help_panel=HOW, help="Show what changes in each file.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", rich_help_panel=HOW, help="Overwrite files that you edited.")
    ] = False,
    format_: Annotated[
        Format, typer.Option("--format", "-f", rich_help_panel=HOW, help="How to show the result.")
    ] = Format.terminal,
) -> int:
    """Write an operator that follows a pattern: a package with its tests, and an example Dag.

    Files that you edited are kept, unless you say otherwise. Exits with 1 if nothing was written
    for that reason, with 2 if the input is wrong.
    """
    # Imported here: what scaffolds takes 30 ms that other commands do not need.
    from advisor.cli.scaffold_run import WriteOptions, read_requests, write_scaffolds
    from advisor.scaffold.model import Overrides
    from advisor.scaffold.pipeline import default_places

    requests = read_requests(pattern, name, from_)
    if not requests:
        return ANSWER_IS_NO
    overrides = Overrides(
        system=system,
        airflow=airflow_version,
        on_kill=on_kill.value if on_kill else None,
        on_missing=on_missing.value if on_missing else None,
        settings=flags_from({}, set_ or []),
    )
    options = WriteOptions(
        places=default_places(into, dags),
        templates=templates,
        dry_run=dry_run,
        diff=diff,
        force=force,
        json=format_ is Format.json,
    )
    write_scaffolds(requests, overrides, options)
    return DONE
