"""What becomes of recommendations: shown in a format, and their answers kept."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from advisor.answers.batch import Batch
from advisor.cli.output import Format, Screen, say, write
from advisor.decision.report import JobReport
from advisor.errors import InputError
from advisor.knowledge.model import Knowledge

Reports = Callable[[], Iterator[JobReport]]
"""Makes the cases anew each time: a large batch is never held whole."""


class OutputOptions(NamedTuple):
    """How the result is to be shown and kept."""

    format: Format
    details: bool
    save: Path | None
    force: bool


def save_answers(batch: Batch, path: Path, knowledge: Knowledge, *, force: bool) -> None:
    """Write the answers of a run to a file."""
    import shlex

    from advisor.answers.save import answers_file, save
    from advisor.documents.model import printable

    if batch.many:
        raise InputError.of("--save", "keeps one job's answers; these are a file of jobs already")
    draft = batch.drafts[0]
    text = answers_file(draft.name, draft.given, draft.expect, knowledge.questions)
    save(path, text, force=force)
    again = printable(shlex.join(["advisor", "recommend", "--answers", str(path)]))
    say(f"Saved the answers to {printable(str(path))}; `{again}` reads them.")


def show(reports: Reports, batch: Batch, knowledge: Knowledge, options: OutputOptions) -> None:
    """Write the recommendations to standard output."""
    if options.format is Format.json:
        from advisor.render.as_json import json_document

        write(json_document(reports(), _common_version(reports), many=batch.many))
    elif options.format is Format.yaml:
        from advisor.render.as_yaml import yaml_document

        write(yaml_document(reports(), _common_version(reports)))
    elif options.format is Format.markdown:
        from advisor.render.markdown import markdown_document

        write(markdown_document(list(reports()), knowledge, many=batch.many))
    else:
        _print(list(reports()), batch, knowledge, details=options.details)


def _print(reports: list[JobReport], batch: Batch, knowledge: Knowledge, *, details: bool) -> None:
    from advisor.render.terminal import print_report

    with Screen() as console:
        if batch.many:
            from advisor.render.batch_table import print_batch

            print_batch(console, reports)
        if batch.many and not details:
            console.print("--details shows each of them in full.", style="dim", soft_wrap=True)
            return
        for number, report in enumerate(reports):
            if batch.many or number:
                console.print()
            print_report(console, report, knowledge)


def _common_version(reports: Reports) -> str | None:
    """Return the Airflow version that all jobs run on, None where they differ."""
    versions = {report.answers.values["airflow_version"] for report in reports()}
    return versions.pop() if len(versions) == 1 else None
