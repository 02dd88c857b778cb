"""What becomes of recommendations: shown in a format, and their answers kept."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from advisor.answers.batch import Batch
from advisor.cli.output import Format, Screen, say, write
from advisor.decision.case import Case
from advisor.errors import InputError
from advisor.knowledge.model import Knowledge

Cases = Callable[[], Iterator[Case]]
"""Makes the cases anew each time: a large batch is never held whole."""


class Wish(NamedTuple):
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


def show(cases: Cases, batch: Batch, knowledge: Knowledge, wish: Wish) -> None:
    """Write the recommendations to standard output."""
    if wish.format is Format.json:
        from advisor.view.as_json import json_document

        write(json_document(cases(), _common_version(cases), many=batch.many))
    elif wish.format is Format.yaml:
        from advisor.view.as_yaml import yaml_document

        write(yaml_document(cases(), _common_version(cases)))
    elif wish.format is Format.markdown:
        from advisor.view.markdown import markdown_document

        write(markdown_document(list(cases()), knowledge, many=batch.many))
    else:
        _print(list(cases()), batch, knowledge, details=wish.details)


def _print(cases: list[Case], batch: Batch, knowledge: Knowledge, *, details: bool) -> None:
    from advisor.view.terminal import print_case

    with Screen() as console:
        if batch.many:
            from advisor.view.batch_table import print_batch

            print_batch(console, cases)
        if batch.many and not details:
            console.print("--details shows each of them in full.", style="dim", soft_wrap=True)
            return
        for number, case in enumerate(cases):
            if batch.many or number:
                console.print()
            print_case(console, case, knowledge)


def _common_version(cases: Cases) -> str | None:
    """Return the Airflow version that all jobs run on, None where they differ."""
    versions = {case.answers.values["airflow_version"] for case in cases()}
    return versions.pop() if len(versions) == 1 else None
