"""`advisor recommend`: answers from prompts, files and flags; recommendations in every format."""

from collections.abc import Iterator
from dataclasses import replace

from advisor.answers.batch import Batch, Draft, Reader, has_jobs
from advisor.answers.model import complete_answers
from advisor.catalog.operators import find_system
from advisor.cli import options
from advisor.cli.answers_from import (
    example_document,
    flags_from,
    knowledge_with,
    piped_document,
)
from advisor.cli.notices import notices_on_assumed, notices_on_systems
from advisor.cli.output import Format, is_terminal, say
from advisor.cli.prompts import can_ask
from advisor.cli.showing import OutputOptions, save_answers, show
from advisor.decision.recommend import Advisor
from advisor.decision.report import JobReport, make_report
from advisor.documents.model import Document
from advisor.documents.read import read_document
from advisor.errors import ANSWER_IS_NO, DONE, InputError
from advisor.knowledge.model import Knowledge


def recommend(
    answers: options.AnswersFile = None,
    example: options.Example = None,
    policy: options.PolicyFile = None,
    triggerer: options.Triggerer = None,
    duration: options.Duration = None,
    duplicate_risk: options.DuplicateRisk = None,
    async_client: options.AsyncClient = None,
    work: options.Work = None,
    airflow_version: options.AirflowVersion = None,
    system: options.System = None,
    set_: options.Settings = None,
    expect: options.Expect = None,
    format_: options.ResultFormat = Format.terminal,
    details: options.Details = False,
    save: options.Save = None,
    force: options.Force = False,
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

        batch = replace(batch, drafts=(ask_draft(batch.drafts[0], advisor),))
    _tell(batch, knowledge)
    return _finish(batch, advisor, OutputOptions(format_, details, save, force), asked=asked)


def _read(
    answers: str | None, example: str | None, flags: dict[str, str], knowledge: Knowledge
) -> Batch:
    """Return what was said. Only one job at a terminal may still lack answers."""
    reader = Reader(knowledge)
    document = _document(answers, example, complete=all(each in flags for each in reader.required))
    return reader.read(document, flags, complete=has_jobs(document) or not can_ask())


def _document(answers: str | None, example: str | None, *, complete: bool) -> Document | None:
    """Return the document of answers, None where there is none and options or prompts must do."""
    if answers is not None and example is not None:
        raise InputError.of("--example", "and --answers are two sources of answers; name one")
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


def _finish(batch: Batch, advisor: Advisor, wish: OutputOptions, *, asked: bool) -> int:
    """Keep and show the recommendations of a batch, and return the exit code."""
    draft = batch.drafts[0]

    def report_on(draft: Draft) -> JobReport:
        answers = complete_answers(draft, advisor.knowledge.questions)
        return make_report(advisor, answers, find_system(answers.values.get("system", "")))

    only = None if batch.many else [report_on(draft)]

    def reports() -> Iterator[JobReport]:
        return iter(only) if only else map(report_on, batch.drafts)

    # Known before anything is written, so that a reader who stops early changes nothing.
    code = ANSWER_IS_NO if any(report.says_no for report in reports()) else DONE
    if wish.save is not None:
        save_answers(batch, wish.save, advisor.knowledge, force=wish.force)
    show(reports, batch, advisor.knowledge, wish)
    if asked:
        from advisor.answers.save import command_line

        say(f"\nThe same run: {command_line(draft.given, draft.expect)}")
        if wish.format is Format.terminal and is_terminal():
            from advisor.cli.scaffold_offer import offer

            return offer(next(reports())) or code
    return code
