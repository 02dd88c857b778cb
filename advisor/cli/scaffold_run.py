"""Scaffold for `advisor scaffold`, and for `advisor recommend`, which offers to do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from advisor.cli.output import Screen, indented, say, write
from advisor.cli.prompts import ALL, NO, QUIT, ask_overwrite, ask_yes, can_ask, make_prompter
from advisor.decision.report import (
    JobReport,
    class_name,
    scaffold_command,
    scaffold_target,
    scaffolded_pattern,
)
from advisor.documents.model import printable
from advisor.documents.read import read_document
from advisor.errors import DONE, INTERRUPTED, ConflictError, InputError, Problem
from advisor.knowledge.versions import Version
from advisor.naming import parse_name
from advisor.render.scaffold import difference, print_scaffold, scaffold_document
from advisor.scaffold.model import Overrides, ScaffoldRequest
from advisor.scaffold.pipeline import ScaffoldResult, default_places
from advisor.scaffold.pipeline import scaffold as run_pipeline
from advisor.scaffold.plan import Places, Resolve, Status, Step
from advisor.scaffold.requests import read_recommended

EDITED = "was edited, or advisor did not write it"
HINT = "--force overwrites it, --diff shows what would change"


@dataclass(frozen=True)
class WriteOptions:
    """Where the files go, and how they are written and shown."""

    places: Places
    templates: Path | None = None
    dry_run: bool = False
    diff: bool = False
    force: bool = False
    json: bool = False


def read_requests(
    pattern: str | None, name: str | None, from_: str | None
) -> tuple[ScaffoldRequest, ...]:
    """Return what to scaffold: a pattern under a name, or what a file of recommendations names.

    Raises InputError if both or neither is given, or the file is no such file.
    """
    if from_ is not None:
        if pattern is not None:
            raise InputError.of("--from", "and PATTERN say the same thing; give one of them")
        return _recommended(from_)
    if pattern is None or name is None:
        message = f"{'NAME is' if pattern else 'PATTERN and NAME are'} missing"
        raise InputError.of("", message, "such as: advisor scaffold resumable NightlySpark")
    return (ScaffoldRequest(pattern, name),)


def write_scaffolds(
    requests: Sequence[ScaffoldRequest], overrides: Overrides, options: WriteOptions
) -> None:
    """Scaffold operators and show what was done.

    Raises InputError if that is impossible, ConflictError if nothing was written because a file
    was edited.
    """
    result = run_pipeline(
        requests,
        overrides,
        places=options.places,
        templates=options.templates,
        dry_run=options.dry_run,
        resolve=_resolver(options),
    )
    for note in result.notes:
        say(f"note: {note}")
    if not result.conflicts or options.dry_run or options.diff:
        _show(result, options)
    if result.conflicts:
        raise ConflictError(
            [Problem(printable(str(each.target)), EDITED, HINT) for each in result.conflicts]
        )


def offer(report: JobReport) -> int:
    """Ask whether to scaffold a recommendation and under which name, and do it.

    Returns the exit code.
    """
    target = scaffold_target(report.recommendation, report.answers)
    if target is None:
        return DONE
    try:
        if ask_yes("\nScaffold it now?"):
            _scaffold(report, _ask_name(class_name(report.answers.name)), target)
    except (KeyboardInterrupt, EOFError):
        say("\nInterrupted; nothing was scaffolded.")
        return INTERRUPTED
    return DONE


def _recommended(source: str) -> tuple[ScaffoldRequest, ...]:
    recommended = read_recommended(read_document(source))
    for note in recommended.notes:
        say(f"note: {note}")
    return recommended.requests


def _resolver(options: WriteOptions) -> Resolve | None:
    """Return how to resolve conflicts, None to leave them unresolved."""
    if options.force:
        return lambda _: Status.force
    return _ask_about_conflicts() if can_ask() and not options.dry_run else None


def _ask_about_conflicts() -> Resolve:
    """Return a function that asks the user about each conflict, until they answer for all."""
    answer = ""

    def resolve(step: Step) -> Status:
        nonlocal answer
        if answer != ALL:
            answer = ask_overwrite(printable(str(step.target)), lambda: difference(step))
        if answer == QUIT:
            raise ConflictError([Problem("", "stopped; nothing was written")])
        return Status.skip if answer == NO else Status.force

    return resolve


def _show(result: ScaffoldResult, options: WriteOptions) -> None:
    if options.json:
        write(indented(scaffold_document(result, diff=options.diff)))
        return
    with Screen() as console:
        print_scaffold(console, result, diff=options.diff)


def _scaffold(report: JobReport, name: str, target: Version) -> None:
    say(f"\n{scaffold_command(report.recommendation, name, target)}\n")
    request = ScaffoldRequest(scaffolded_pattern(report.recommendation), name)
    write_scaffolds([request], Overrides(airflow=str(target)), WriteOptions(default_places()))


def _ask_name(default: str) -> str:
    help_ = "The class is called after it, and so is its folder: NightlySpark, nightly_spark/."
    typed = make_prompter().write("What is the operator called?", help_, default, _wrong)
    return parse_name(typed).stem


def _wrong(text: str) -> str:
    """Return what is wrong with a name, "" if it is possible."""
    try:
        parse_name(text)
    except InputError as error:
        problem = error.problems[0]
        return f"{problem.message}; {problem.hint}" if problem.hint else problem.message
    return ""
