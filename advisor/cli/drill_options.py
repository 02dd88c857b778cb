"""The options of `advisor drill`, by what they are for."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from advisor.cli.output import Format
from advisor.drill.scenarios import BUDGET, SEED

WHAT = "What to drill"
HOW = "How to drill it"


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
        "Repeatable; all if unsaid, with --twice KILL.",
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
    list[str] | None,
    typer.Option(
        metavar="POINT",
        rich_help_panel=WHAT,
        help="One point, step by step, such as KILL:operators.py:57#3. Given twice, the second is "
        "where the retry is hit. With --real what happens, such as worker-killed.",
    ),
]
Twice = Annotated[
    bool,
    typer.Option("--twice", rich_help_panel=WHAT, help="Kill the retry too: pairs of points."),
]
Budget = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="N",
        rich_help_panel=WHAT,
        help=f"With --twice: how many pairs to run, drawn at random; {BUDGET} if unsaid.",
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        rich_help_panel=WHAT,
        help=f"With --twice: what the pairs are drawn with; {SEED} if unsaid.",
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
