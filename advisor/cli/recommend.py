"""`advisor recommend`: answers from prompts, files and flags; recommendations in every format."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from advisor.answers.batch import JOBS, Batch, Reader, option_error
from advisor.answers.complete import Completer
from advisor.answers.prompts import can_ask
from advisor.cli.answers_from import (
    example_document,
    flags_from,
    knowledge_with,
    piped_document,
)
from advisor.cli.notices import notices_on_assumed, notices_on_systems
from advisor.cli.output import Format, say
from advisor.cli.showing import Wish, save_answers, show
from advisor.decision.case import Case, make_case
from advisor.decision.recommend import Advisor
from advisor.documents.model import Document
from advisor.documents.read import read_document
from advisor.errors import ANSWER_IS_NO, DONE
from advisor.knowledge.model import Knowledge

SOURCES = "Where the answers come from"
ANSWERS = "Single answers (they beat the file)"
OUTPUT = "What to do with the result"


def recommend(
    answers: Annotated[
        str | None,
        typer.Option(
            "--answers",
            "-a",
            metavar="FILE",
            rich_help_panel=SOURCES,
            help="What you say: a YAML or JSON file, or - for standard input.",
        ),
    ] = None,
    example: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", rich_help_panel=SOURCES, help="A shipped example instead of a file."
        ),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            rich_help_panel=SOURCES,
            help="Your organisation's policy, laid over ours.",
        ),
    ] = None,
    triggerer: Annotated[
        bool | None,
        typer.Option(
            "--triggerer/--no-triggerer", rich_help_panel=ANSWERS, help="Does a Triggerer run?"
        ),
    ] = None,
    duration: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            rich_help_panel=ANSWERS,
            help="How long one wait lasts: 45s, 20m, 3h, 2d.",
        ),
    ] = None,
    duplicate_risk: Annotated[
        str | None,
        typer.Option(
            metavar="RISK", rich_help_panel=ANSWERS, help="harmless, costly or unacceptable."
        ),
    ] = None,
    async_client: Annotated[
        bool | None,
        typer.Option(
            "--async-client/--no-async-client",
            rich_help_panel=ANSWERS,
            help="Is there an async client or hook?",
        ),
    ] = None,
    work: Annotated[
        str | None,
        typer.Option(
            metavar="WORK", rich_help_panel=ANSWERS, help="job, batches, requests or event."
        ),
    ] = None,
    airflow_version: Annotated[
        str | None,
        typer.Option(metavar="VERSION", rich_help_panel=ANSWERS, help="2.2 to 3.4."),
    ] = None,
    system: Annotated[
        str | None,
        typer.Option(
            metavar="SYSTEM",
            rich_help_panel=ANSWERS,
            help="What runs the job: spark, bigquery, ...",
        ),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="ID=VALUE",
            rich_help_panel=ANSWERS,
            help="Any other answer, repeatable.",
        ),
    ] = None,
    expect: Annotated[
        str | None,
        typer.Option(
            metavar="PATTERN",
            rich_help_panel=OUTPUT,
            help="Exit with 1 where anything else is recommended; none is a value.",
        ),
    ] = None,
    format_: Annotated[
        Format,
        typer.Option("--format", "-f", rich_help_panel=OUTPUT, help="How to show the result."),
    ] = Format.terminal,
    details: Annotated[
        bool,
        typer.Option("--details", rich_help_panel=OUTPUT, help="Every job of a batch in full."),
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option(metavar="FILE", rich_help_panel=OUTPUT, help="Write the answers to a file."),
    ] = None,
    force: Annotated[
        bool,
        typer.Option("--force", rich_help_panel=OUTPUT, help="Let --save overwrite another text."),
    ] = False,
) -> int:
    """Recommend a pattern for a task, with cited reasons.

    Asks at a terminal; elsewhere reads --answers, piped input or options. Exits with 0, with 1
    where another pattern was expected or nothing fits, with 2 where the input is wrong.
    """
    knowledge = knowledge_with(policy)
    flags = flags_from(
        {
            "triggerer": triggerer,
            "duration": duration,
            "duplicate_risk": duplicate_risk,
            "async_client": async_client,
            "work": work,
            "airflow_version": airflow_version,
            "system": system,
            "expect": expect,
        },
        set_ or [],
    )
    batch = _read(answers, example, flags, knowledge)
    advisor = Advisor(knowledge)
    asked = bool(batch.drafts[0].missing)
    if asked:
        from advisor.cli.asking import ask_draft

        batch = batch._replace(drafts=(ask_draft(batch.drafts[0], advisor),))
    _tell(batch, knowledge)
    return _finish(batch, advisor, Wish(format_, details, save, force), asked=asked)


def _read(
    answers: str | None, example: str | None, flags: dict[str, str], knowledge: Knowledge
) -> Batch:
    """Return what was said. Only one job at a terminal may still lack answers."""
    reader = Reader(knowledge)
    document = _document(answers, example, complete=all(each in flags for each in reader.required))
    many = document is not None and isinstance(document.root, dict) and JOBS in document.root
    return reader.read(document, flags, complete=many or not can_ask())


def _document(answers: str | None, example: str | None, *, complete: bool) -> Document | None:
    """Return the document of answers, None where there is none and options or prompts must do."""
    if answers is not None and example is not None:
        raise option_error("--example", "and --answers are two sources of answers; name one")
    if answers is not None:
        return read_document(answers)
    if example is not None:
        return example_document(example)
    return None if complete else piped_document()


def _tell(batch: Batch, knowledge: Knowledge) -> None:
    """Write what the user should know beside the result."""
    version = knowledge.questions["airflow_version"]
    assumed = notices_on_assumed(version, batch.drafts)
    for notice in (*batch.notices, *assumed, *notices_on_systems(batch.drafts)):
        say(f"note: {notice}")


def _finish(batch: Batch, advisor: Advisor, wish: Wish, *, asked: bool) -> int:
    """Keep and show the recommendations of a batch, and return the exit code."""
    completer = Completer(advisor.knowledge)
    draft = batch.drafts[0]
    only = None if batch.many else [make_case(advisor, completer.complete(draft))]

    def cases() -> Iterator[Case]:
        made = (make_case(advisor, completer.complete(each)) for each in batch.drafts)
        return iter(only) if only else made

    # Known before anything is written, so that a reader who stops early changes nothing.
    code = ANSWER_IS_NO if any(case.says_no for case in cases()) else DONE
    if wish.save is not None:
        save_answers(batch, wish.save, advisor.knowledge, force=wish.force)
    show(cases, batch, advisor.knowledge, wish)
    if asked:
        from advisor.answers.save import command_line

        say(f"\nThe same run: {command_line(draft.given, draft.expect)}")
    return code
