"""Reads the answers that `advisor recommend` was given, and writes the recommendations."""

# A recommendation as JSON may take at most twice as long as `import typer, yaml`, so this module
# imports what JSON does not need only where it is used.
from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from advisor.answers.batch import Batch, Draft
from advisor.answers.complete import complete_answers, target_of
from advisor.answers.notes import notes_on
from advisor.answers.save import answers_file, command_line, save
from advisor.catalog.entries import load_core_facts
from advisor.catalog.installed import Installed
from advisor.cli.inputs import (
    flags_from,
    load_knowledge_with,
    path_from,
    read_batch,
    read_installed,
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

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True)
class Inputs:
    """What the command line names: files, environments, and single answers.

    `options` are the answers with options of their own, and `settings` those of `--set`.
    """

    answers: str | None
    example: str | None
    policy: str | None
    python: str | None
    requirements: str | None
    job: str | None
    options: Mapping[str, str | bool | None]
    settings: Sequence[str]


@dataclass(frozen=True)
class OutputOptions:
    """How the result is shown, and where the answers are saved."""

    format: Format
    details: bool
    save: str | None
    force: bool


def write_recommendations(inputs: Inputs, options: OutputOptions) -> int:
    """Write the recommendations for all jobs, after asking for what is missing.

    Returns the exit code. Raises InputError if an answer, a file or an option is invalid.
    """
    save_path = _save_path(options.save, force=options.force)
    knowledge = load_knowledge_with(inputs.policy)
    installed = read_installed(inputs.python, inputs.requirements)
    for note in installed.notes:
        say(f"note: {note}")
    flags, settings = flags_from(inputs.options), settings_from(inputs.settings)
    batch = read_batch(inputs.answers, inputs.example, flags, settings, knowledge, installed)
    if inputs.job is not None:
        batch = Batch((_job(batch, inputs.job),), many=False)
    advisor = Advisor(knowledge)
    asked = bool(batch.drafts[0].missing)
    if asked:
        from advisor.cli.interview import ask_missing_answers

        draft = ask_missing_answers(batch.drafts[0], advisor, installed)
        batch = replace(batch, drafts=(draft,))
    reports = [_report_on(draft, advisor, installed) for draft in batch.drafts]
    for note in dict.fromkeys(note for report in reports for note in report.notes):
        say(f"note: {note}")
    if save_path is not None:
        _save_answers(batch, save_path, knowledge, force=options.force)
    _write(reports, batch.many, knowledge, options)
    return _finish(batch.drafts[0], reports, options, asked=asked)


def _save_path(text: str | None, *, force: bool) -> Path | None:
    """Return the path to save the answers to, or None. Raises InputError for other options."""
    if text is None and force:
        raise InputError.of("", "--force requires --save")
    if text == STANDARD_INPUT:
        raise InputError.of("--save", "expected a file name, found '-'")
    return path_from("--save", text, "file")


def _finish(
    draft: Draft, reports: Sequence[JobReport], options: OutputOptions, *, asked: bool
) -> int:
    """Offer to scaffold what was asked for at a terminal; return the exit code."""
    code = ANSWER_IS_NO if any(report.says_no for report in reports) else DONE
    if asked:
        say(f"\nThe same run: {command_line(draft)}")
        if options.format == "terminal" and is_terminal():
            from advisor.cli.interview import offer

            return offer(reports[0]) or code
    return code


def _report_on(draft: Draft, advisor: Advisor, installed: Installed) -> JobReport:
    questions = advisor.knowledge.questions
    target = target_of(draft, questions, installed)
    answers = complete_answers(draft, questions, target, installed)
    notes = notes_on(answers, questions["airflow_version"], target)
    return make_report(advisor, answers, target, notes, load_core_facts())


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
    text = answers_file(draft, knowledge.questions)
    save(path, text, force=force)
    command = printable(shlex.join(["advisor", "recommend", "--answers", str(path)]))
    say(f"Saved the answers to {printable(str(path))}; `{command}` reads them.")


def _write(
    reports: Sequence[JobReport], many: bool, knowledge: Knowledge, options: OutputOptions
) -> None:
    """Write recommendations to standard output. `many` is true for a file of jobs."""

    def print_terminal(console: Console) -> None:
        # Imports rich, which takes 100 ms that JSON does not need.
        from advisor.render.recommendation_terminal import print_reports

        print_reports(console, reports, knowledge, many=many, details=options.details)

    def markdown() -> Iterator[str]:
        from advisor.render.recommendation_markdown import markdown_document

        return markdown_document(reports, knowledge, many=many)

    write_result(
        options.format,
        terminal=print_terminal,
        markdown=markdown,
        document=lambda: recommendations_document(reports),
        to_json=job_per_line if many else indented,
    )
