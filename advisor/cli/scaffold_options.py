"""The options of `advisor scaffold`, by what they are for."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

WHAT = "What to write"
WHERE = "Where it goes"
HOW = "How to write it"


class OnKill(str, Enum):
    """What becomes of the job when its task is killed."""

    auto = "auto"
    cancel = "cancel"
    leave = "leave"


class OnMissing(str, Enum):
    """What becomes of the task when the system no longer knows its job."""

    fail = "fail"
    resubmit = "resubmit"


class Format(str, Enum):
    """How the result is written."""

    terminal = "terminal"
    json = "json"


Pattern = Annotated[
    str | None,
    typer.Argument(
        metavar="[PATTERN]",
        help="deferrable or resumable, for one job; checkpoint, for batches one after the other; "
        "async, for many requests at once.",
        show_default=False,
    ),
]
Name = Annotated[
    str | None,
    typer.Argument(
        metavar="[NAME]", help="What to call it: NightlySpark, nightly-spark.", show_default=False
    ),
]
FromFile = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="FILE",
        rich_help_panel=WHAT,
        help="What advisor recommend said, as JSON, instead of PATTERN and NAME; - for standard "
        "input. (What you say yourself is for advisor recommend --answers.)",
    ),
]
System = Annotated[
    str | None,
    typer.Option(metavar="SYSTEM", rich_help_panel=WHAT, help="What runs the job; http if unsaid."),
]
AirflowVersion = Annotated[
    str | None, typer.Option(metavar="VERSION", rich_help_panel=WHAT, help="3.2, 3.3 or 3.4.")
]
OnKillOption = Annotated[
    OnKill | None,
    typer.Option("--on-kill", rich_help_panel=WHAT, help="What becomes of a killed task's job."),
]
OnMissingOption = Annotated[
    OnMissing | None,
    typer.Option("--on-missing", rich_help_panel=WHAT, help="What to do about a job that is gone."),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="ID=VALUE",
        rich_help_panel=WHAT,
        help="A setting of the system, repeatable.",
    ),
]
Templates = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", rich_help_panel=WHAT, help="Your own templates; each replaces one of ours."
    ),
]
Into = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        rich_help_panel=WHERE,
        help="Where the package goes; plugins/ where there is one, else here.",
    ),
]
Dags = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        rich_help_panel=WHERE,
        help="Where the example Dag goes; dags/ where there is one, else here.",
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", rich_help_panel=HOW, help="Say what would be done; do nothing.")
]
Diff = Annotated[
    bool, typer.Option("--diff", rich_help_panel=HOW, help="Show what changes in each file.")
]
Force = Annotated[
    bool, typer.Option("--force", rich_help_panel=HOW, help="Overwrite files that you edited.")
]
ResultFormat = Annotated[
    Format, typer.Option("--format", "-f", rich_help_panel=HOW, help="How to show the result.")
]
