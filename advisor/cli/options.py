"""The options of `advisor recommend`, by what they are for."""

from pathlib import Path
from typing import Annotated

import typer

from advisor.cli.output import Format

SOURCES = "Where the answers come from"
ANSWERS = "Single answers (they beat the file)"
OUTPUT = "What to do with the result"

AnswersFile = Annotated[
    str | None,
    typer.Option(
        "--answers",
        "-a",
        metavar="FILE",
        rich_help_panel=SOURCES,
        help="What you say: a YAML or JSON file, or - for standard input.",
    ),
]
Example = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", rich_help_panel=SOURCES, help="A shipped example instead of a file."
    ),
]
PolicyFile = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        rich_help_panel=SOURCES,
        help="Your organisation's policy, laid over ours.",
    ),
]
Triggerer = Annotated[
    bool | None,
    typer.Option(
        "--triggerer/--no-triggerer", rich_help_panel=ANSWERS, help="Does a Triggerer run?"
    ),
]
Duration = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        rich_help_panel=ANSWERS,
        help="How long one wait lasts: 45s, 20m, 3h, 2d.",
    ),
]
DuplicateRisk = Annotated[
    str | None,
    typer.Option(metavar="RISK", rich_help_panel=ANSWERS, help="harmless, costly or unacceptable."),
]
AsyncClient = Annotated[
    bool | None,
    typer.Option(
        "--async-client/--no-async-client",
        rich_help_panel=ANSWERS,
        help="Is there an async client or hook?",
    ),
]
Work = Annotated[
    str | None,
    typer.Option(metavar="WORK", rich_help_panel=ANSWERS, help="job, batches, requests or event."),
]
AirflowVersion = Annotated[
    str | None,
    typer.Option(metavar="VERSION", rich_help_panel=ANSWERS, help="2.2 to 3.4."),
]
System = Annotated[
    str | None,
    typer.Option(
        metavar="SYSTEM", rich_help_panel=ANSWERS, help="What runs the job: spark, bigquery, ..."
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="ID=VALUE",
        rich_help_panel=ANSWERS,
        help="Any other answer, repeatable.",
    ),
]
Expect = Annotated[
    str | None,
    typer.Option(
        metavar="PATTERN",
        rich_help_panel=OUTPUT,
        help="Exit with 1 where anything else is recommended; none is a value.",
    ),
]
ResultFormat = Annotated[
    Format,
    typer.Option("--format", "-f", rich_help_panel=OUTPUT, help="How to show the result."),
]
Details = Annotated[
    bool,
    typer.Option("--details", rich_help_panel=OUTPUT, help="Every job of a batch in full."),
]
Save = Annotated[
    Path | None,
    typer.Option(metavar="FILE", rich_help_panel=OUTPUT, help="Write the answers to a file."),
]
Force = Annotated[
    bool,
    typer.Option("--force", rich_help_panel=OUTPUT, help="Let --save overwrite another text."),
]
