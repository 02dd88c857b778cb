"""`advisor recommend`: recommends a pattern, from prompts, files and options."""

# There is no `from __future__ import annotations`, because typer would then evaluate each option
# several times.
from functools import partial
from typing import Annotated

import typer

from advisor.cli.output import Format

source_option = partial(typer.Option, rich_help_panel="Input")
answer_option = partial(typer.Option, rich_help_panel="Single answers (override the file)")
output_option = partial(typer.Option, rich_help_panel="Output")


def recommend(
    answers: Annotated[
        str | None,
        source_option(
            "--answers",
            "-a",
            metavar="FILE",
            help="YAML or JSON file with answers; - for standard input.",
        ),
    ] = None,
    example: Annotated[
        str | None,
        source_option(
            metavar="NAME", help="Shipped example to use instead of a file, such as nightly_spark."
        ),
    ] = None,
    policy: Annotated[
        str | None,
        source_option(
            metavar="FILE",
            help="YAML file with your organisation's policy, which overrides the shipped rules.",
        ),
    ] = None,
    python: Annotated[
        str | None,
        source_option(
            metavar="PATH",
            help="Python interpreter, environment or site-packages folder where Airflow runs: use "
            "the versions and operators installed there.",
        ),
    ] = None,
    requirements: Annotated[
        str | None,
        source_option(
            metavar="FILE",
            help="Requirements or constraints file: use the versions of Airflow and its providers "
            "that it pins.",
        ),
    ] = None,
    triggerer: Annotated[
        bool | None,
        answer_option(
            "--triggerer/--no-triggerer", help="Whether a Triggerer runs in your deployment."
        ),
    ] = None,
    duration: Annotated[
        str | None,
        answer_option(metavar="TIME", help="Length of one wait, such as 45s, 20m, 3h or 2d."),
    ] = None,
    duplicate_risk: Annotated[
        str | None,
        answer_option(
            metavar="RISK", help="Effect of a duplicate job: harmless, costly or unacceptable."
        ),
    ] = None,
    async_client: Annotated[
        bool | None,
        answer_option(
            "--async-client/--no-async-client",
            help="Whether the system has an async client or hook.",
        ),
    ] = None,
    work: Annotated[
        str | None,
        answer_option(
            metavar="WORK",
            help="What the task waits for: job, batches, requests or event (default: job).",
        ),
    ] = None,
    airflow_version: Annotated[
        str | None,
        answer_option(
            metavar="VERSION",
            help="Airflow version, 2.2 to 3.4 (default: installed, else the latest stable).",
        ),
    ] = None,
    system: Annotated[
        str | None,
        answer_option(
            metavar="SYSTEM",
            help="System, operator or sensor that the task uses, such as glue or GlueJobOperator.",
        ),
    ] = None,
    set_: Annotated[
        list[str] | None,
        answer_option(
            "--set", metavar="ID=VALUE", help="Answer to any question by its id. Repeatable."
        ),
    ] = None,
    expect: Annotated[
        str | None,
        output_option(
            metavar="PATTERN",
            help="Exit 1 unless PATTERN is recommended: deferrable, resumable, async, none, or the "
            "class of an operator.",
        ),
    ] = None,
    format_: Annotated[Format, output_option("--format", "-f", help="Output format.")] = "terminal",
    details: Annotated[
        bool,
        output_option("--details", help="Add all reasons, warnings and sources; show every job."),
    ] = False,
    job: Annotated[
        str | None,
        output_option(metavar="NAME", help="Show only this job of a file with several."),
    ] = None,
    save_: Annotated[
        str | None,
        output_option(
            "--save", metavar="FILE", help="Save the answers of a single job, for --answers."
        ),
    ] = None,
    force: Annotated[
        bool, output_option("--force", help="Overwrite the --save file if it exists.")
    ] = False,
) -> int:
    """Recommend a pattern for a task.

    Asks for missing answers at a terminal. Exits with 1 if an expectation (--expect, or
    expect or safe in the file) is not met, or if neither a pattern nor an alternative fits.
    """
    # These imports take 60 ms that other commands do not need.
    from advisor.cli.recommend_results import Inputs, OutputOptions, write_recommendations

    inputs = Inputs(
        answers=answers,
        example=example,
        policy=policy,
        python=python,
        requirements=requirements,
        job=job,
        options={
            "triggerer": triggerer,
            "duration": duration,
            "duplicate_risk": duplicate_risk,
            "async_client": async_client,
            "work": work,
            "airflow_version": airflow_version,
            "system": system,
            "expect": expect,
        },
        settings=set_ or [],
    )
    return write_recommendations(inputs, OutputOptions(format_, details, save_, force))
