"""The options of `advisor drill`, by what they are for."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

WHAT = "What to drill"
HOW = "How to drill it"


class Format(str, Enum):
    """How the result is written."""

    terminal = "terminal"
    json = "json"
    markdown = "markdown"


class Signal(str, Enum):
    """What is sent: KILL, the worker is lost; TERM, it is stopped; END, a user ends the task."""

    KILL = "KILL"
    TERM = "TERM"
    END = "END"


TargetArguments = Annotated[
    list[str],
    typer.Argument(
        metavar="TARGET...",
        help="A folder that advisor scaffold wrote, or path/to/file.py:factory, a function that "
        "takes the drill's job service and returns an operator. Several with --real.",
        show_default=False,
    ),
]
Python = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH",
        rich_help_panel=WHAT,
        help="The Python of an environment that has Airflow; this one if unsaid.",
    ),
]
Signals = Annotated[
    list[Signal] | None,
    typer.Option(
        rich_help_panel=WHAT,
        help="KILL, the worker is lost; TERM, it is stopped; END, a user ends the task. "
        "Repeatable; all if unsaid.",
    ),
]
Real = Annotated[
    bool,
    typer.Option(
        "--real",
        rich_help_panel=HOW,
        help="On a throw-away Airflow with all its services, whose workers are killed.",
    ),
]
Only = Annotated[
    str | None,
    typer.Option(
        metavar="POINT",
        rich_help_panel=WHAT,
        help="One point, step by step, such as KILL:operators.py:57#3; with --real, one story, "
        "such as worker-killed.",
    ),
]
Keys = Annotated[
    bool | None,
    typer.Option(
        "--keys/--no-keys",
        rich_help_panel=HOW,
        help="Does the service honour idempotency keys? What the hook says if unsaid.",
    ),
]
Jobs = Annotated[
    int, typer.Option(min=1, rich_help_panel=HOW, help="How many scenarios run at a time.")
]
ResultFormat = Annotated[
    Format, typer.Option("--format", "-f", rich_help_panel=HOW, help="How to show the result.")
]
