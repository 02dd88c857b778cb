"""`advisor scaffold`: writes an operator with its tests and an example Dag."""

# The scaffold package is imported where it is used, to keep `advisor recommend` fast: it may take
# at most twice as long as `import typer, yaml`.
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from advisor.cli.inputs import path_from, read_input, settings_from
from advisor.cli.output import indented, say, screen, write
from advisor.cli.prompts import ALL, EDITED, NO, QUIT, ask_overwrite, can_ask
from advisor.documents.model import printable
from advisor.errors import ANSWER_IS_NO, DONE, ConflictError, InputError, Problem

if TYPE_CHECKING:
    from advisor.scaffold.model import Overrides, ScaffoldRequest
    from advisor.scaffold.plan import Places, Resolve, Status, Step

HINT = "--force overwrites it"
DIFF_HINT = f"{HINT}, --diff shows the changes"
what_option = partial(typer.Option, rich_help_panel="What to write")
where_option = partial(typer.Option, rich_help_panel="Where it goes")
how_option = partial(typer.Option, rich_help_panel="How to write it")


@dataclass(frozen=True)
class WriteOptions:
    """Where the files are written to, and how they are written and shown."""

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
            help="Pattern of the operator: deferrable or resumable (one job), checkpoint (batches "
            "in order) or async (many requests at once).",
            show_default=False,
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="Name of the operator, such as NightlySpark or nightly-spark.",
            show_default=False,
        ),
    ] = None,
    from_: Annotated[
        str | None,
        what_option(
            "--from",
            metavar="FILE",
            help="JSON or YAML output of advisor recommend, to use instead of PATTERN and NAME; "
            "- for standard input.",
        ),
    ] = None,
    all_: Annotated[
        bool,
        what_option(
            "--all", help="With --from, also scaffold jobs for which something else is recommended."
        ),
    ] = False,
    system: Annotated[
        str | None,
        what_option(
            metavar="SYSTEM",
            help="System that runs the jobs: http, custom, bigquery, emr, kubernetes, "
            "step-functions, spark-standalone, or one that your templates define (default: http).",
        ),
    ] = None,
    airflow_version: Annotated[
        str | None,
        what_option(
            metavar="VERSION",
            help="Airflow version to target: 2.11 to 3.4 (default: installed, else stable).",
        ),
    ] = None,
    on_kill: Annotated[
        Literal["auto", "cancel", "leave"] | None,
        what_option(
            help="What happens to the job when its task is killed: auto cancels it if a user ended "
            "the task or it timed out (default: auto; before Airflow 3.3: leave; in 2.11: cancel)."
        ),
    ] = None,
    on_missing: Annotated[
        Literal["fail", "resubmit"] | None,
        what_option(help="Action when the system no longer knows the job (default: fail)."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        what_option("--set", metavar="ID=VALUE", help="Setting that --system defines. Repeatable."),
    ] = None,
    templates: Annotated[
        str | None,
        what_option(
            metavar="DIR", help="Folder with your own templates, which override the shipped ones."
        ),
    ] = None,
    into: Annotated[
        str | None,
        where_option(
            metavar="DIR",
            help="Folder for the package (default: plugins/ if it exists, else the current one).",
        ),
    ] = None,
    dags: Annotated[
        str | None,
        where_option(
            metavar="DIR",
            help="Folder for the example Dag (default: dags/ if it exists, else the current one).",
        ),
    ] = None,
    dry_run: Annotated[
        bool, how_option("--dry-run", help="Show what would be written, without writing it.")
    ] = False,
    diff: Annotated[bool, how_option("--diff", help="Also show a diff of each file.")] = False,
    force: Annotated[bool, how_option("--force", help="Overwrite edited files.")] = False,
    format_: Annotated[
        Literal["terminal", "json"], how_option("--format", "-f", help="Output format.")
    ] = "terminal",
) -> int:
    """Write an operator with its tests and an example Dag.

    Asks before it overwrites a file that was edited; without a terminal, exits with 1 instead.
    """
    from advisor.scaffold.model import Overrides
    from advisor.scaffold.pipeline import default_places

    own_templates = path_from("--templates", templates)
    requests = _requests(pattern, name, from_, own_templates, everything=all_)
    if not requests:
        return ANSWER_IS_NO
    overrides = Overrides(
        system=system,
        airflow=airflow_version,
        on_kill=on_kill,
        on_missing=on_missing,
        settings=settings_from(set_ or []),
    )
    options = WriteOptions(
        places=default_places(path_from("--into", into), path_from("--dags", dags)),
        templates=own_templates,
        dry_run=dry_run,
        diff=diff,
        force=force,
        json=format_ == "json",
    )
    write_scaffolds(requests, overrides, options)
    return DONE


def _requests(
    pattern: str | None,
    name: str | None,
    from_: str | None,
    templates: Path | None,
    *,
    everything: bool,
) -> "tuple[ScaffoldRequest, ...]":
    """Return what to scaffold: a pattern and a name, or everything in a file of recommendations.

    Raises InputError if both or neither are given, or if the file has no recommendations.
    """
    from advisor.scaffold.manifest import load_manifest
    from advisor.scaffold.model import ScaffoldRequest
    from advisor.scaffold.requests import PIPE, read_recommended
    from advisor.scaffold.specs import check_pattern

    if from_ is not None:
        if pattern is not None:
            raise InputError.of("", "PATTERN and --from cannot be combined")
        recommended = read_recommended(read_input("--from", from_, PIPE), everything=everything)
        for note in recommended.notes:
            say(f"note: {note}")
        return recommended.requests
    if everything:
        raise InputError.of("", "--all requires --from")
    if pattern is None or name is None:
        if pattern is not None:  # a single argument may be the name
            check_pattern(pattern, load_manifest(templates))
        message = "missing argument NAME" if pattern else "missing arguments PATTERN and NAME"
        raise InputError.of("", message, "example: `advisor scaffold resumable NightlySpark`")
    if existing := _existing_class(name):
        say(f"note: {existing} already exists; `advisor catalog {existing}` shows it")
    return (ScaffoldRequest(pattern, name),)


def _existing_class(name: str) -> str:
    """Return the operator in the catalogue that has a name, with or without the suffix, or ""."""
    from advisor.catalog.lookup import class_named

    return class_named(name) or class_named(f"{name}Operator")


def write_scaffolds(
    requests: "Sequence[ScaffoldRequest]", overrides: "Overrides", options: WriteOptions
) -> None:
    """Scaffold operators and show the status of each file.

    Raises InputError if a request is invalid, and ConflictError if a file was edited, in which
    case nothing is written.
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
            document = scaffold_document(result, diff=options.diff, dry_run=options.dry_run)
            write(indented(document))
        else:
            with screen() as console:
                print_scaffold(console, result, diff=options.diff)
    if result.conflicts:
        hint = HINT if options.diff else DIFF_HINT
        raise ConflictError(
            [Problem(printable(str(each.target)), EDITED, hint) for each in result.conflicts]
        )


def _resolver(options: WriteOptions) -> "Resolve | None":
    """Return the function that resolves conflicts, or None if they remain unresolved."""
    from advisor.scaffold.plan import Status

    if options.force:
        return lambda _: Status.force
    return _ask_about_conflicts() if can_ask() and not options.dry_run else None


def _ask_about_conflicts() -> "Resolve":
    """Return a function that asks about each conflict until the answer is "all"."""
    from advisor.render.scaffold import difference
    from advisor.scaffold.plan import Status

    answer = ""

    def resolve(step: "Step") -> "Status":
        nonlocal answer
        if answer != ALL:
            answer = ask_overwrite(printable(str(step.target)), lambda: difference(step))
        if answer == QUIT:
            raise ConflictError([Problem("", "cancelled; nothing was written")])
        return Status.skip if answer == NO else Status.force

    return resolve
