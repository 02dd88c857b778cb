"""What became of operators on a real Airflow: a row for each thing that happened to them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from advisor.documents.model import printable
from advisor.drill.live.model import LiveDrillResult, Row
from advisor.drill.model import Finding, Target
from advisor.drill.runtime.events import to_json
from advisor.render.drill_json import SCHEMA_VERSION
from advisor.render.drill_run import steps_of
from advisor.render.markdown import escape

if TYPE_CHECKING:
    from rich.console import Console

Shape = dict[str, Any]

BAD: Final = "bold red"


def print_live_drill(console: Console, result: LiveDrillResult, *, steps: bool = False) -> None:
    """Print a table for each target and the totals; with `steps`, what happened in each run."""
    for text, style in (*_lines(result), *(_steps(result) if steps else ())):
        console.print(text, style=style, soft_wrap=True)


def markdown_live_drill(result: LiveDrillResult) -> Iterator[str]:
    """Yield the result as Markdown."""
    yield f"### Drill on Airflow {escape(result.airflow)}\n\n"
    yield from (f"- {escape(line)}\n" for line in summary(result))
    for target in result.targets:
        yield f"\n**{escape(target.text)}**\n\n| what happened | task | jobs | tries | found |\n"
        yield "|---|---|---|---|---|\n"
        for row in rows_of(result, target):
            submitted, tries = row.outcome.submissions, row.tries
            cells = (row.fault.title, row.outcome.state, str(submitted), str(tries), found(row))
            yield f"| {' | '.join(map(escape, cells))} |\n"
    for row in result.violations:
        yield f"\n- {found(row)}: `{again(result, row)}`"
    yield "\n"


def shape_live_drill(result: LiveDrillResult) -> Shape:
    """Return the result as mappings and lists."""
    return {
        "schema_version": SCHEMA_VERSION,
        "targets": [each.text for each in result.targets],
        "airflow": result.airflow,
        "survived": not result.violations,
        "seconds": round(result.seconds, 1),
        "totals": {each.value: result.counts[each] for each in Finding},
        "outcomes": [_shape_row(row) for row in result.rows],
    }


def summary(result: LiveDrillResult) -> list[str]:
    """Return the totals: what was done, and what was found."""
    totals = [f"{result.counts[each]} {each.value}" for each in Finding if result.counts[each]]
    survive = "the operator survives" if len(result.targets) == 1 else "the operators survive"
    return [
        f"{len(result.rows)} runs on Airflow {result.airflow} in {result.seconds:.0f} s",
        f"found: {', '.join(totals)}" if totals else f"found: nothing; {survive}",
    ]


def rows_of(result: LiveDrillResult, target: Target) -> list[Row]:
    """Return what became of one target."""
    return [row for row in result.rows if row.target == target]


def found(row: Row) -> str:
    """Return what was found, in words."""
    message = [each.value for each in row.outcome.findings]
    if row.outcome.restarted:
        message.append("restarted")
    return ", ".join(message) or "survived"


def again(result: LiveDrillResult, row: Row) -> str:
    """Return the command that repeats one row, step by step."""
    python = ["--python", row.target.python] if row.target.python else []
    keys = {None: [], True: ["--keys"], False: ["--no-keys"]}[result.honours_keys]
    words = ["advisor", "drill", row.target.text, "--real", *python, *keys, "--only", row.fault.id]
    return printable(shlex.join(words))


def _lines(result: LiveDrillResult) -> Iterator[tuple[str, str]]:
    width = max(len(row.fault.title) for row in result.rows)
    for target in result.targets:
        yield f"{printable(target.text)}", "bold"
        for row in rows_of(result, target):
            jobs = _counted(row.outcome.submissions, "job", "jobs")
            tries = _counted(row.tries, "try", "tries")
            message = f"{row.outcome.state:7}  {jobs:7}  {tries:7}  {found(row)}"
            mark = "!" if row.outcome.findings else "+"
            yield f"  {mark} {row.fault.title:{width}}  {message}", _style(row)
        yield "", ""
    if result.violations:
        yield "To see one step by step", "bold"
        yield from ((f"  {again(result, row)}  # {found(row)}", BAD) for row in result.violations)
        yield "", ""
    yield "Totals", "bold"
    yield from ((f"  {line}", "") for line in summary(result))


def _counted(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def _steps(result: LiveDrillResult) -> Iterator[tuple[str, str]]:
    for row in result.rows:
        yield f"\n{printable(row.target.text)}: {row.fault.title}", "bold"
        yield from ((line, "") for line in steps_of(row.outcome))


def _style(row: Row) -> str:
    return BAD if row.outcome.findings else "green"


def _shape_row(row: Row) -> Shape:
    outcome = row.outcome
    return {
        "target": row.target.text,
        "story": row.fault.id,
        "title": row.fault.title,
        "state": outcome.state,
        "findings": [each.value for each in outcome.findings],
        "restarted": outcome.restarted,
        "in_window": outcome.in_window,
        "submissions": outcome.submissions,
        "tries": row.tries,
        "events": [to_json(event) for event in outcome.events],
    }
