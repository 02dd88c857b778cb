"""`advisor recommend`: recommends a pattern, from prompts, files and options."""

# A recommendation as JSON may take at most twice as long as `import typer, yaml`, so this module
# imports what JSON does not need only where it is used. There is no `from __future__ import
# annotations`, because typer would then evaluate each option several times.
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.answers.batch import Batch, Draft
from advisor.answers.model import complete_answers
from advisor.answers.notes import notes_on
from advisor.answers.save import answers_file, command_line, save
from advisor.catalog.operators import find_system, load_systems
from advisor.cli.inputs import (
    flags_from,
    load_knowledge_with,
    path_from,
    read_batch,
    settings_from,
)
from advisor.cli.output import Format, indented, is_terminal, say, write_result
from advisor.decision.recommend import Advisor
from advisor.decision.report import JobReport, make_report
from advisor.documents.model import hint_for, printable, shown
from advisor.documents.read import STANDARD_INPUT
from advisor.errors import ANSWER_IS_NO, DONE, InputError
from advisor.knowledge.model import Knowledge
from advisor.render.recommendation_json import job_per_line, recommendations_document
from advisor.render.recommendation_markdown import markdown_document

if TYPE_CHECKING:
    from rich.console import Console

source_option = partial(typer.Option, rich_help_panel="Input")
answer_option = partial(typer.Option, rich_help_panel="Single answers (override the file)")
output_option = partial(typer.Option, rich_help_panel="Output")


@dataclass(frozen=True)
class OutputOptions:
    """How the result is shown, and where the answers are saved."""

    format: Format
    details: bool
    save: Path | None
    force: bool


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
            metavar="SYSTEM", help="System that runs the job, such as spark or bigquery."
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
            help="Exit 1 unless PATTERN is recommended: deferrable, resumable, async or none.",
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
    expect in the file) is not met, or if neither a pattern nor an alternative fits.
    """
    save_path = _save_path(save_, force=force)
    knowledge = load_knowledge_with(policy)
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
        }
    )
    batch = read_batch(answers, example, flags, settings_from(set_ or []), knowledge)
    if job is not None:
        batch = Batch((_job(batch, job),), many=False)
    advisor = Advisor(knowledge)
    asked = bool(batch.drafts[0].missing)
    if asked:
        from advisor.cli.interview import ask_missing_answers

        batch = replace(batch, drafts=(ask_missing_answers(batch.drafts[0], advisor),))
    return _finish(batch, advisor, OutputOptions(format_, details, save_path, force), asked=asked)


def _save_path(text: str | None, *, force: bool) -> Path | None:
    """Return the path to save the answers to, or None. Raises InputError for other options."""
    if text is None and force:
        raise InputError.of("", "--force requires --save")
    if text == STANDARD_INPUT:
        raise InputError.of("--save", "expected a file name, found '-'")
    return path_from("--save", text, "file")


def _finish(batch: Batch, advisor: Advisor, options: OutputOptions, *, asked: bool) -> int:
    """Save the answers and show the recommendations of a batch; return the exit code."""
    reports = [_report_on(draft, advisor) for draft in batch.drafts]
    for note in dict.fromkeys(note for report in reports for note in report.notes):
        say(f"note: {note}")
    if options.save is not None:
        _save_answers(batch, options.save, advisor.knowledge, force=options.force)
    _write(reports, batch.many, advisor.knowledge, options)
    code = ANSWER_IS_NO if any(report.says_no for report in reports) else DONE
    if asked:
        draft = batch.drafts[0]
        say(f"\nThe same run: {command_line(draft.given, draft.expect)}")
        if options.format == "terminal" and is_terminal():
            from advisor.cli.interview import offer

            return offer(reports[0]) or code
    return code


def _report_on(draft: Draft, advisor: Advisor) -> JobReport:
    answers = complete_answers(draft, advisor.knowledge.questions)
    name = answers.values.get("system", "")
    system = find_system(name)
    known = [each.id for each in load_systems()] if name else []
    notes = notes_on(answers, advisor.knowledge.questions["airflow_version"], system, known)
    return make_report(advisor, answers, system, notes)


def _job(batch: Batch, name: str) -> Draft:
    """Return the job with a name. Raises InputError if there is none, or more than one."""
    drafts = [draft for draft in batch.drafts if draft.name == name.strip()]
    if not drafts:
        hint = hint_for(name, [draft.name for draft in batch.drafts])
        raise InputError.of("--job", f"unknown job {shown(name)}", hint)
    if len(drafts) > 1:
        raise InputError.of("--job", f"{len(drafts)} jobs are called {shown(name)}", "rename them")
    return drafts[0]


def _save_answers(batch: Batch, path: Path, knowledge: Knowledge, *, force: bool) -> None:
    if batch.many:
        raise InputError.of("", "--save cannot be combined with a file of several jobs")
    draft = batch.drafts[0]
    text = answers_file(draft.name, draft.given, draft.expect, knowledge.questions)
    save(path, text, force=force)
    command = printable(shlex.join(["advisor", "recommend", "--answers", str(path)]))
    say(f"Saved the answers to {printable(str(path))}; `{command}` reads them.")


def _write(
    reports: Sequence[JobReport], many: bool, knowledge: Knowledge, options: OutputOptions
) -> None:
    """Write recommendations to standard output. `many` is true for a file of jobs."""

    def print_terminal(console: "Console") -> None:
        # Imports rich, which takes 100 ms that JSON does not need.
        from advisor.render.recommendation_terminal import print_reports

        print_reports(console, reports, knowledge, many=many, details=options.details)

    write_result(
        options.format,
        terminal=print_terminal,
        markdown=lambda: markdown_document(reports, knowledge, many=many),
        document=lambda: recommendations_document(reports),
        to_json=job_per_line if many else indented,
    )
