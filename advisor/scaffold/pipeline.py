"""Scaffolding as one call: takes requests, writes the files, and returns their statuses."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from advisor.documents.model import printable
from advisor.scaffold.manifest import TemplateManifest, load_manifest
from advisor.scaffold.model import Overrides, ScaffoldRequest
from advisor.scaffold.obstacles import hidden_module
from advisor.scaffold.plan import (
    Places,
    Plan,
    Resolve,
    Step,
    make_plan,
    resolve_conflicts,
    with_record,
)
from advisor.scaffold.render import render
from advisor.scaffold.specs import make_specs, notes_on_requests
from advisor.scaffold.write import write_plans

NO_RECORD = "no .advisor.yaml found; files that differ count as edited"


@dataclass(frozen=True)
class ScaffoldResult:
    """What a run did or, if nothing was written, would do."""

    plans: tuple[Plan, ...]
    notes: tuple[str, ...]
    next: tuple[str, ...]
    """Commands to run next; empty if nothing was written."""
    is_written: bool

    @property
    def conflicts(self) -> tuple[Step, ...]:
        """Return the unresolved conflicts; if there are any, nothing was written."""
        return tuple(step for plan in self.plans for step in plan.conflicts)


def scaffold(  # noqa: PLR0913 - all but the first two are passed by keyword
    requests: Sequence[ScaffoldRequest],
    overrides: Overrides,
    *,
    places: Places,
    templates: Path | None = None,
    dry_run: bool = False,
    resolve: Resolve | None = None,
) -> ScaffoldResult:
    """Scaffold an operator for each request: either all of them or none.

    Everything is rendered, compiled and planned before the first file is written.

    Args:
        requests: the operators.
        overrides: options that apply to all of them.
        places: the folders to write to; created if they do not exist.
        templates: a folder with the user's own templates.
        dry_run: plan, but do not write.
        resolve: called for each file that was edited. If it is None or leaves a conflict
            unresolved, nothing is written.

    Raises:
        InputError: a request is invalid, or a path cannot be written as a file.
        ConflictError: a file was edited during the run; nothing was written.
        OutputError: something cannot be written; all changes were undone.
    """
    manifest = load_manifest(templates)
    specs = make_specs(requests, overrides, manifest)
    plans = [make_plan(spec, render(spec, manifest), places) for spec in specs]
    if resolve is not None:
        plans = [resolve_conflicts(plan, resolve) for plan in plans]
    is_written = not dry_run and not any(plan.conflicts for plan in plans)
    complete = tuple(with_record(plan) for plan in plans)
    notes = (
        *notes_on_requests(requests, overrides, manifest),
        *_notes_on_hidden(plans),
        *_notes_on_incomplete(plans, is_written=is_written),
    )
    if is_written:
        write_plans(complete)
    return ScaffoldResult(
        complete, notes, _next_commands(plans, manifest) if is_written else (), is_written
    )


def default_places(into: Path | None = None, dags: Path | None = None) -> Places:
    """Return the given folders; by default plugins/ and dags/, or the working directory."""
    return Places(into or _folder_or_here("plugins"), dags or _folder_or_here("dags"))


def _folder_or_here(name: str) -> Path:
    return Path(name) if Path(name).is_dir() else Path()


def _notes_on_hidden(plans: Sequence[Plan]) -> list[str]:
    """Return a note for each package that would hide an importable module.

    Not an error, because the operator may run in a different environment.
    """
    modules = [(plan, hidden_module(plan.spec.name.package, plan.package)) for plan in plans]
    return [
        f"the package {plan.spec.name.package} would hide {printable(module)} if both are on the "
        "import path"
        for plan, module in modules
        if module
    ]


def _notes_on_incomplete(plans: Sequence[Plan], *, is_written: bool) -> list[str]:
    """Return a note for each package whose files and record do not match."""
    interrupted = f"an earlier run was interrupted{'; now complete' if is_written else ''}"
    return [
        f"{printable(plan.package.as_posix())}: "
        f"{interrupted if plan.was_interrupted else NO_RECORD}"
        for plan in plans
        if plan.is_incomplete
    ]


def _next_commands(plans: Sequence[Plan], manifest: TemplateManifest) -> tuple[str, ...]:
    """Return the commands that run the tests, followed by those of the systems."""
    folders = [shlex.quote((plan.package / "tests").as_posix()) for plan in plans]
    tests = [f"python -m pytest {printable(folder)}" for folder in folders]
    systems = [each for plan in plans for each in manifest.systems[plan.spec.system].next]
    return tuple(dict.fromkeys((*tests, *systems)))
