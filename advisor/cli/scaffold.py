"""`advisor scaffold`: an operator with its tests and an example Dag, written from templates."""

# The scaffold package is imported where it is used: other commands do not need it, and a
# recommendation may take at most twice as long as `import typer, yaml`.
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from advisor.cli.inputs import flags_from
from advisor.cli.output import indented, say, screen, write
from advisor.cli.prompts import ALL, NO, QUIT, ask_overwrite, can_ask
from advisor.documents.model import printable
from advisor.documents.read import read_document
from advisor.errors import ANSWER_IS_NO, DONE, ConflictError, InputError, Problem

if TYPE_CHECKING:
    from advisor.scaffold.model import Overrides, ScaffoldRequest
    from advisor.scaffold.plan import Places, Resolve, Status, Step

EDITED = "was edited, or advisor did not write it"
HINT = "--force overwrites it, --diff shows what would change"
what_option = partial(typer.Option, rich_help_panel="What to write")
where_option = partial(typer.Option, rich_help_panel="Where it goes")
how_option = partial(typer.Option, rich_help_panel="How to write it")


@dataclass(frozen=True)
class WriteOptions:
    """Where the files go, and how they are written and shown."""

    places: "Places"
    templates: Path | None = None
    dry_run: bool = False
    diff: bool = False
    force: bool = False
    json: bool = False


def scaffold(
    pattern: Annotated[
        str | None,
        typer.Argument(
            metavar="[PATTERN]",
            help="deferrable or resumable, for one job; checkpoint, for batches one after the "
            "other; async, for many requests at once.",
            show_default=False,
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="What to call it: NightlySpark, nightly-spark.",
            show_default=False,
        ),
    ] = None,
    from_: Annotated[
        str | None,
        what_option(
            "--from",
            metavar="FILE",
            help="What advisor recommend said, as JSON, instead of PATTERN and NAME; - for "
            "standard input. (What you say yourself is for advisor recommend --answers.)",
        ),
    ] = None,
    system: Annotated[
        str | None, what_option(metavar="SYSTEM", help="What runs the job (default: http).")
    ] = None,
    airflow_version: Annotated[
        str | None, what_option(metavar="VERSION", help="3.2, 3.3 or 3.4.")
    ] = None,
    on_kill: Annotated[
        Literal["auto", "cancel", "leave"] | None,
        what_option(help="What happens to the job of a killed task."),
    ] = None,
    on_missing: Annotated[
        Literal["fail", "resubmit"] | None, what_option(help="What to do about a job that is gone.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        what_option("--set", metavar="ID=VALUE", help="A setting of the system, repeatable."),
    ] = None,
    templates: Annotated[
        Path | None,
        what_option(metavar="DIR", help="Your own templates; each replaces one of ours."),
    ] = None,
    into: Annotated[
        Path | None,
        where_option(
            metavar="DIR",
            help="Where the package goes (default: plugins/ if it exists, else here).",
        ),
    ] = None,
    dags: Annotated[
        Path | None,
        where_option(
            metavar="DIR",
            help="Where the example Dag goes (default: dags/ if it exists, else here).",
        ),
    ] = None,
    dry_run: Annotated[
        bool, how_option("--dry-run", help="Say what would be done; do nothing.")
    ] = False,
    diff: Annotated[bool, how_option("--diff", help="Show what changes in each file.")] = False,
    force: Annotated[bool, how_option("--force", help="Overwrite files that you edited.")] = False,
    format_: Annotated[
        Literal["terminal", "json"], how_option("--format", "-f", help="How to show the result.")
    ] = "terminal",
) -> int:
    """Write an operator that follows a pattern: a package with its tests, and an example Dag.

    Files that you edited are kept, unless you say otherwise. Exits with 1 if nothing was written
    for that reason, with 2 if the input is wrong.
    """
    from advisor.scaffold.model import Overrides
    from advisor.scaffold.pipeline import default_places

    requests = _requests(pattern, name, from_)
    if not requests:
        return ANSWER_IS_NO
    overrides = Overrides(
        system=system,
        airflow=airflow_version,
        on_kill=on_kill,
        on_missing=on_missing,
        settings=flags_from({}, set_ or []),
    )
    options = WriteOptions(
        places=default_places(into, dags),
        templates=templates,
        dry_run=dry_run,
        diff=diff,
        force=force,
        json=format_ == "json",
    )
    write_scaffolds(requests, overrides, options)
    return DONE


def _requests(
    pattern: str | None, name: str | None, from_: str | None
) -> "tuple[ScaffoldRequest, ...]":
    """Return what to scaffold: a pattern under a name, or what a file of recommendations names.

    Raises InputError if both or neither is given, or if the file has no recommendations.
    """
    from advisor.scaffold.model import ScaffoldRequest
    from advisor.scaffold.requests import read_recommended

    if from_ is not None:
        if pattern is not None:
            raise InputError.of("--from", "and PATTERN say the same thing; give one of them")
        recommended = read_recommended(read_document(from_))
        for note in recommended.notes:
            say(f"note: {note}")
        return recommended.requests
    if pattern is None or name is None:
        message = f"{'NAME is' if pattern else 'PATTERN and NAME are'} missing"
        raise InputError.of("", message, "such as: advisor scaffold resumable NightlySpark")
    return (ScaffoldRequest(pattern, name),)


def write_scaffolds(
    requests: "Sequence[ScaffoldRequest]", overrides: "Overrides", options: WriteOptions
) -> None:
    """Scaffold operators and show what was done.

    Raises InputError if that is impossible, ConflictError if nothing was written because a file
    was edited.
    """
    from advisor.render.scaffold import print_scaffold, scaffold_document
    from advisor.scaffold.pipeline import scaffold as run_pipeline

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
        if options.json:
            write(indented(scaffold_document(result, diff=options.diff)))
        else:
            with screen() as console:
                print_scaffold(console, result, diff=options.diff)
    if result.conflicts:
        raise ConflictError(
            [Problem(printable(str(each.target)), EDITED, HINT) for each in result.conflicts]
        )


def _resolver(options: WriteOptions) -> "Resolve | None":
    """Return a function that resolves conflicts, or None to leave them unresolved."""
    from advisor.scaffold.plan import Status

    if options.force:
        return lambda _: Status.force
    return _ask_about_conflicts() if can_ask() and not options.dry_run else None


def _ask_about_conflicts() -> "Resolve":
    """Return a function that asks the user about each conflict until the answer is "all"."""
    from advisor.render.scaffold import difference
    from advisor.scaffold.plan import Status

    answer = ""

    def resolve(step: "Step") -> "Status":
        nonlocal answer
        if answer != ALL:
            answer = ask_overwrite(printable(str(step.target)), lambda: difference(step))
        if answer == QUIT:
            raise ConflictError([Problem("", "stopped; nothing was written")])
        return Status.skip if answer == NO else Status.force

    return resolve
