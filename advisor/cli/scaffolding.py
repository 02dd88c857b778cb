"""From what is wanted to files: everything planned, conflicts settled, then all written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from advisor.cli.output import Screen, indented, is_terminal, say, write
from advisor.documents.model import printable
from advisor.errors import ConflictError, Problem
from advisor.render.scaffold import (
    ScaffoldResult,
    command_for_tests,
    print_scaffold,
    shape_scaffold,
    text_lines,
)
from advisor.scaffold.manifest import TemplateManifest, load_manifest
from advisor.scaffold.model import ScaffoldSpec
from advisor.scaffold.plan import (
    Places,
    Plan,
    Status,
    Step,
    make_plan,
    resolve_conflicts,
    with_record,
)
from advisor.scaffold.render import render
from advisor.scaffold.shadowing import refuse_shadowing
from advisor.scaffold.specs import Overrides, ScaffoldRequest, make_specs, notes_on_systems

EDITED = "was edited, or advisor did not write it"
TIP = "--force overwrites it, --diff shows what would change"


class WriteOptions(NamedTuple):
    """Where the files go, and how they are written and shown."""

    places: Places
    dry_run: bool = False
    diff: bool = False
    force: bool = False
    json: bool = False


def default_places(into: Path | None = None, dags: Path | None = None) -> Places:
    """Return the folders given, else the ones that an Airflow project has, else this one."""
    return Places(into or _here("plugins"), dags or _here("dags"))


def carry_out(
    requests: Sequence[ScaffoldRequest],
    overrides: Overrides,
    templates: Path | None,
    options: WriteOptions,
) -> None:
    """Write what is wanted, and show what was done.

    Raises InputError where it is impossible, ConflictError where nothing was written so that an
    edited file is kept.
    """
    from advisor.scaffold.write import clean_up, write_plans

    manifest = load_manifest(templates)
    specs = make_specs(requests, overrides, manifest)
    for note in notes_on_systems(requests, overrides, manifest):
        say(f"note: {note}")
    if not options.dry_run:
        clean_up(options.places)
    plans = [_plan(spec, manifest, options.places) for spec in specs]
    plans = [with_record(plan) for plan in _resolve_conflicts(plans, options)]
    if not options.dry_run:
        write_plans(plans)
    _show(plans, () if options.dry_run else _next(plans, manifest), options)


def _plan(spec: ScaffoldSpec, manifest: TemplateManifest, places: Places) -> Plan:
    refuse_shadowing(spec.name, places.into / spec.name.package)
    return make_plan(spec, render(spec, manifest), places)


def _resolve_conflicts(plans: Sequence[Plan], options: WriteOptions) -> Sequence[Plan]:
    """Return plans without conflicts, or raise ConflictError that names every one."""
    conflicts = [step for plan in plans for step in plan.conflicts]
    if not conflicts:
        return plans
    if options.force:
        return [resolve_conflicts(plan, lambda _: Status.force) for plan in plans]
    from advisor.cli.prompts import can_ask

    if can_ask() and not options.dry_run:
        return _asked(plans)
    if options.dry_run or options.diff:
        _show([with_record(plan) for plan in plans], (), options._replace(dry_run=True))
    raise _conflict(conflicts)


def _asked(plans: Sequence[Plan]) -> Sequence[Plan]:
    """Return plans with what the user says of each conflict."""
    from advisor.cli.prompts import ALL, NO, QUIT, ask_overwrite
    from advisor.render.diff import difference

    message = ""

    def decide(step: Step) -> Status:
        nonlocal message
        if message != ALL:
            message = ask_overwrite(printable(str(step.target)), lambda: difference(step))
        if message == QUIT:
            raise ConflictError([Problem("", "stopped; nothing was written")])
        return Status.skip if message == NO else Status.force

    return [resolve_conflicts(plan, decide) for plan in plans]


def _conflict(conflicts: Iterable[Step]) -> ConflictError:
    return ConflictError([Problem(printable(str(each.target)), EDITED, TIP) for each in conflicts])


def _next(plans: Sequence[Plan], manifest: TemplateManifest) -> list[str]:
    tests = [command_for_tests(plan) for plan in plans]
    systems = [each for plan in plans for each in manifest.systems[plan.spec.system].next]
    return list(dict.fromkeys((*tests, *systems)))


def _show(plans: Sequence[Plan], next_: Sequence[str], options: WriteOptions) -> None:
    made = ScaffoldResult(plans, next_, options.dry_run, options.diff)
    if options.json:
        write(indented(shape_scaffold(made)))
    elif is_terminal():
        with Screen() as console:
            print_scaffold(console, made)
    else:
        # Not through a console: to import one takes as long as everything else.
        write("".join(text_lines(made)))


def _here(name: str) -> Path:
    return Path(name) if Path(name).is_dir() else Path()
