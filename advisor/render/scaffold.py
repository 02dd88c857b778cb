"""What was scaffolded: a word for each file and the commands to run next, or the same as JSON."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from advisor.documents.model import printable
from advisor.render.diff import difference
from advisor.scaffold.plan import Plan, Status, Step

if TYPE_CHECKING:
    from rich.console import Console

Shape = dict[str, Any]

SCHEMA_VERSION = 1
WIDTH = max(len(status.value) for status in Status)
STYLES = {
    Status.create: "green",
    Status.update: "green",
    Status.identical: "dim",
    Status.conflict: "bold red",
    Status.force: "yellow",
    Status.skip: "yellow",
    Status.remove: "yellow",
    Status.leave: "yellow",
}


class ScaffoldResult(NamedTuple):
    """What a run did, or would do; `next` are commands to run."""

    plans: Sequence[Plan]
    next: Sequence[str]
    dry_run: bool
    diff: bool


def text_lines(made: ScaffoldResult) -> Iterator[str]:
    """Yield the result as plain text, with the end of each line."""
    for step in _steps(made.plans):
        yield f"{step.status.value:>{WIDTH}}  {_path(step)}\n"
    if made.diff:
        yield from ("\n" + each for each in map(difference, _steps(made.plans)) if each)
    if made.next:
        yield "\nNext\n"
        yield from (f"    {command}\n" for command in made.next)


def print_scaffold(console: Console, made: ScaffoldResult) -> None:
    """Print the same on a console, in colour where it has any."""
    styles = {status.value: style for status, style in STYLES.items()}
    for line in text_lines(made):
        word = line.split(maxsplit=1)[0] if line.strip() else ""
        console.print(line, style=styles.get(word), end="", soft_wrap=True)


def shape_scaffold(made: ScaffoldResult) -> Shape:
    """Return the result as mappings and lists."""
    return {
        "schema_version": SCHEMA_VERSION,
        "dry_run": made.dry_run,
        "scaffolds": [_shape_plan(plan, diff=made.diff) for plan in made.plans],
        "next": list(made.next),
    }


def command_for_tests(plan: Plan) -> str:
    """Return the command that runs the tests of a scaffold."""
    return f"python -m pytest {printable(shlex.quote((plan.package / 'tests').as_posix()))}"


def _shape_plan(plan: Plan, *, diff: bool) -> Shape:
    spec = plan.spec
    return {
        "operator": spec.name.operator,
        "package": spec.name.package,
        "pattern": spec.pattern,
        "system": spec.system,
        "airflow_version": spec.airflow,
        "on_kill": spec.on_kill,
        "on_missing": spec.on_missing,
        "files": [_shape_step(step, diff=diff) for step in plan.steps],
    }


def _shape_step(step: Step, *, diff: bool) -> Shape:
    shape: Shape = {"status": step.status.value, "path": _path(step)}
    return {**shape, "diff": difference(step)} if diff else shape


def _steps(plans: Iterable[Plan]) -> Iterator[Step]:
    return (step for plan in plans for step in plan.steps)


def _path(step: Step) -> str:
    return printable(step.target.as_posix())
