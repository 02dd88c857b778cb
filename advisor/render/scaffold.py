"""The result of `advisor scaffold`: a status for each file and the next commands, or JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from advisor.documents.model import printable
from advisor.render.schemas import (
    SCHEMA_VERSION,
    TEXT,
    Document,
    Schema,
    document_schema,
    list_of,
    object_of,
)
from advisor.scaffold.pipeline import ScaffoldResult
from advisor.scaffold.plan import CHANGES, Plan, Status, Step

if TYPE_CHECKING:
    from rich.console import Console

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
DIFFERS = CHANGES | {Status.conflict}
"""The statuses of files that have a diff."""
NOTHING = "/dev/null"
NO_NEWLINE = "\\ No newline at end of file"


def print_scaffold(console: Console, result: ScaffoldResult, *, diff: bool) -> None:
    """Print the result; `diff` adds the diff of each file."""
    from rich.segment import Segment, Segments

    styles = {status.value: console.get_style(style) for status, style in STYLES.items()}
    for line in text_lines(result, diff=diff):
        status = line.split(maxsplit=1)[0] if line.strip() else ""
        # Segments, because rich expands tabs in a Text, and the diff would no longer apply.
        segments = [Segment(line.removesuffix("\n"), styles.get(status)), Segment.line()]
        console.print(Segments(segments), end="", soft_wrap=True)


def text_lines(result: ScaffoldResult, *, diff: bool) -> Iterator[str]:
    """Yield the lines of the result as plain text, with their line ends."""
    steps = [step for plan in result.plans for step in plan.steps]
    for step in steps:
        yield f"{step.status.value:>{WIDTH}}  {_path(step)}\n"
    if diff:
        yield from ("\n" + each for each in map(difference, steps) if each)
    if result.next:
        yield "\nNext\n"
        yield from (f"    {command}\n" for command in result.next)


def scaffold_document(result: ScaffoldResult, *, diff: bool, dry_run: bool) -> Document:
    """Return the result as mappings and lists; `diff` and `dry_run` are the options as given."""
    return {
        "schema_version": SCHEMA_VERSION,
        "dry_run": dry_run,
        "scaffolds": [_plan_document(plan, diff=diff) for plan in result.plans],
        "next": list(result.next),
    }


def scaffold_schema() -> Schema:
    """Return the schema of what `advisor scaffold --format json` writes."""
    file = {
        "status": {"enum": [status.value for status in Status]},
        "path": {"type": "string", "description": "Path relative to the working directory."},
    }
    diff = {"type": "string", "description": "Unified diff, only with --diff."}
    texts = ("operator", "package", "pattern", "system", "airflow_version", "on_kill")
    scaffolded = {
        **dict.fromkeys((*texts, "on_missing"), TEXT),
        "files": list_of({**object_of({**file, "diff": diff}), "required": list(file)}),
    }
    properties = {
        "dry_run": {"type": "boolean"},
        "scaffolds": list_of(object_of(scaffolded)),
        "next": {"description": "Commands to run next.", **list_of(TEXT)},
    }
    return document_schema("Output of advisor scaffold", properties)


def difference(step: Step) -> str:
    """Return the unified diff of a step, or "" if nothing changes."""
    if step.status not in DIFFERS:
        return ""
    from difflib import unified_diff

    name = printable(step.target.as_posix())
    lines = unified_diff(
        _lines(step.old),
        _lines(step.new),
        name if step.old is not None else NOTHING,
        name if step.new is not None else NOTHING,
    )
    return "".join(map(_printable_line, lines))


def _plan_document(plan: Plan, *, diff: bool) -> Document:
    spec = plan.spec
    return {
        "operator": spec.name.operator,
        "package": spec.name.package,
        "pattern": spec.pattern,
        "system": spec.system,
        "airflow_version": spec.airflow,
        "on_kill": spec.on_kill,
        "on_missing": spec.on_missing,
        "files": [_step_document(step, diff=diff) for step in plan.steps],
    }


def _step_document(step: Step, *, diff: bool) -> Document:
    shape: Document = {"status": step.status.value, "path": _path(step)}
    return {**shape, "diff": difference(step)} if diff else shape


def _path(step: Step) -> str:
    return printable(step.target.as_posix())


def _lines(content: bytes | None) -> list[str]:
    """Split content into lines, keeping line endings; a carriage return does not end a line."""
    *lines, last = (content or b"").decode("utf-8", "replace").split("\n")
    return [*(f"{line}\n" for line in lines), *([last] if last else [])]


def _printable_line(line: str) -> str:
    text = "\t".join(map(printable, line.removesuffix("\n").split("\t")))
    return f"{text}\n" if line.endswith("\n") else f"{text}\n{NO_NEWLINE}\n"
