"""What became of operators on a real Airflow: a row for each thing that happened to them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from advisor.documents.model import printable
from advisor.drill.model import Finding, Target
from advisor.drill.real.model import RealDrilled, Row
from advisor.view.drilled_run import steps_of
from advisor.view.drilled_shape import SCHEMA_VERSION
from advisor.view.markdown import escape

if TYPE_CHECKING:
    from rich.console import Console

Shape = dict[str, Any]

BAD: Final = "bold red"


def print_really(console: Console, drilled: RealDrilled, *, steps: bool = False) -> None:
    """Print a table for each target and the totals; with `steps`, what happened in each run."""
    for text, style in (*_lines(drilled), *(_steps(drilled) if steps else ())):
        console.print(text, style=style, soft_wrap=True)


def markdown_really(drilled: RealDrilled) -> Iterator[str]:
    """Yield the result as Markdown."""
    yield f"### Drill on Airflow {escape(drilled.airflow)}\n\n"
    yield from (f"- {escape(line)}\n" for line in summary(drilled))
    for target in drilled.targets:
        yield f"\n**{escape(target.text)}**\n\n| what happened | task | jobs | tries | found |\n"
        yield "|---|---|---|---|---|\n"
        for row in rows_of(drilled, target):
            submitted, tries = row.outcome.submissions, row.tries
            cells = (row.story.title, row.outcome.state, str(submitted), str(tries), found(row))
            yield f"| {' | '.join(map(escape, cells))} |\n"
    for row in drilled.violations:
        yield f"\n- {found(row)}: `{again(drilled, row)}`"
    yield "\n"


def shape_really(drilled: RealDrilled) -> Shape:
    """Return the result as mappings and lists."""
    return {
        "schema_version": SCHEMA_VERSION,
        "targets": [each.text for each in drilled.targets],
        "airflow": drilled.airflow,
        "survived": not drilled.violations,
        "seconds": round(drilled.seconds, 1),
        "totals": {each.value: drilled.counts[each] for each in Finding},
        "outcomes": [_shape_row(row) for row in drilled.rows],
    }


def summary(drilled: RealDrilled) -> list[str]:
    """Return the totals: what was done, and what was found."""
    totals = [f"{drilled.counts[each]} {each.value}" for each in Finding if drilled.counts[each]]
    survive = "the operator survives" if len(drilled.targets) == 1 else "the operators survive"
    return [
        f"{len(drilled.rows)} runs on Airflow {drilled.airflow} in {drilled.seconds:.0f} s",
        f"found: {', '.join(totals)}" if totals else f"found: nothing; {survive}",
    ]


def rows_of(drilled: RealDrilled, target: Target) -> list[Row]:
    """Return what became of one target."""
    return [row for row in drilled.rows if row.target == target]


def found(row: Row) -> str:
    """Return what was found, in words."""
    said = [each.value for each in row.outcome.findings]
    if row.outcome.restarted:
        said.append("restarted")
    return ", ".join(said) or "survived"


def again(drilled: RealDrilled, row: Row) -> str:
    """Return the command that repeats one row, step by step."""
    python = ["--python", row.target.python] if row.target.python else []
    keys = {None: [], True: ["--keys"], False: ["--no-keys"]}[drilled.honours_keys]
    words = ["advisor", "drill", row.target.text, "--real", *python, *keys, "--only", row.story.id]
    return printable(shlex.join(words))


def _lines(drilled: RealDrilled) -> Iterator[tuple[str, str]]:
    width = max(len(row.story.title) for row in drilled.rows)
    for target in drilled.targets:
        yield f"{printable(target.text)}", "bold"
        for row in rows_of(drilled, target):
            jobs = _counted(row.outcome.submissions, "job", "jobs")
            tries = _counted(row.tries, "try", "tries")
            said = f"{row.outcome.state:7}  {jobs:7}  {tries:7}  {found(row)}"
            mark = "!" if row.outcome.findings else "+"
            yield f"  {mark} {row.story.title:{width}}  {said}", _style(row)
        yield "", ""
    if drilled.violations:
        yield "To see one step by step", "bold"
        yield from ((f"  {again(drilled, row)}  # {found(row)}", BAD) for row in drilled.violations)
        yield "", ""
    yield "Totals", "bold"
    yield from ((f"  {line}", "") for line in summary(drilled))


def _counted(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def _steps(drilled: RealDrilled) -> Iterator[tuple[str, str]]:
    for row in drilled.rows:
        yield f"\n{printable(row.target.text)}: {row.story.title}", "bold"
        yield from ((line, "") for line in steps_of(row.outcome))


def _style(row: Row) -> str:
    return BAD if row.outcome.findings else "green"


def _shape_row(row: Row) -> Shape:
    outcome = row.outcome
    return {
        "target": row.target.text,
        "story": row.story.id,
        "title": row.story.title,
        "state": outcome.state,
        "findings": [each.value for each in outcome.findings],
        "restarted": outcome.restarted,
        "in_window": outcome.in_window,
        "submissions": outcome.submissions,
        "tries": row.tries,
        "events": [*outcome.events],
    }
