"""The result of a live drill in every format: a row for each fault of each target."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from advisor.documents.model import printable
from advisor.drill.live.model import LiveDrillResult, Row
from advisor.drill.model import Finding, Target
from advisor.render.drill_summary import SURVIVED, step_lines
from advisor.render.wording import escape

if TYPE_CHECKING:
    from rich.console import Console

BAD: Final = "bold red"


def print_live_drill(console: Console, result: LiveDrillResult, *, steps: bool = False) -> None:
    """Print a table for each target and the totals; with `steps`, the events of each run."""
    for text, style in (*_lines(result), *(_steps(result) if steps else ())):
        console.print(text, style=style, soft_wrap=True)


def markdown_live_drill(result: LiveDrillResult) -> Iterator[str]:
    """Yield the result as Markdown."""
    yield f"### Drill on Airflow {escape(result.airflow)}\n\n"
    yield from (f"- {escape(line)}\n" for line in _totals(result))
    for target in result.targets:
        yield f"\n**{escape(target.text)}**\n\n| what happened | task | jobs | tries | found |\n"
        yield "|---|---|---|---|---|\n"
        for row in _rows_of(result, target):
            submitted, tries = str(row.outcome.submissions), str(row.tries)
            cells = (row.fault.title, row.outcome.state, submitted, tries, _findings(row))
            yield f"| {' | '.join(map(escape, cells))} |\n"
    for row in result.violations:
        yield f"\n- {_findings(row)}: `{repeat_command(result, row)}`"
    yield "\n"


def repeat_command(result: LiveDrillResult, row: Row) -> str:
    """Return the command that repeats one row, step by step."""
    python = ["--python", row.target.python] if row.target.python else []
    keys = {None: [], True: ["--keys"], False: ["--no-keys"]}[result.honours_keys]
    words = ["advisor", "drill", row.target.text, "--live", *python, *keys]
    return printable(shlex.join([*words, "--fault", row.fault.id]))


def _totals(result: LiveDrillResult) -> list[str]:
    counts = [f"{result.counts[each]} {each.value}" for each in Finding if result.counts[each]]
    survive = "the operator survives" if len(result.targets) == 1 else "the operators survive"
    return [
        f"{len(result.rows)} runs on Airflow {result.airflow} in {result.seconds:.0f} s",
        f"found: {', '.join(counts)}" if counts else f"found: nothing; {survive}",
    ]


def _rows_of(result: LiveDrillResult, target: Target) -> list[Row]:
    return [row for row in result.rows if row.target == target]


def _findings(row: Row) -> str:
    """Return the findings of a row in words, or that the operator survived."""
    words = [each.value for each in row.outcome.findings]
    if row.outcome.restarted:
        words.append("restarted")
    return ", ".join(words) or SURVIVED


def _lines(result: LiveDrillResult) -> Iterator[tuple[str, str]]:
    """Yield the lines of the terminal with their styles."""
    width = max(len(row.fault.title) for row in result.rows)
    for target in result.targets:
        yield f"{printable(target.text)}", "bold"
        for row in _rows_of(result, target):
            jobs = _counted(row.outcome.submissions, "job", "jobs")
            tries = _counted(row.tries, "try", "tries")
            ending = f"{row.outcome.state:7}  {jobs:7}  {tries:7}  {_findings(row)}"
            mark, style = ("!", BAD) if row.outcome.findings else ("+", "green")
            yield f"  {mark} {row.fault.title:{width}}  {ending}", style
        yield "", ""
    if result.violations:
        yield "To see one step by step", "bold"
        for row in result.violations:
            yield f"  {repeat_command(result, row)}  # {_findings(row)}", BAD
        yield "", ""
    yield "Totals", "bold"
    yield from ((f"  {line}", "") for line in _totals(result))


def _counted(number: int, singular: str, plural: str) -> str:
    return f"{number} {singular if number == 1 else plural}"


def _steps(result: LiveDrillResult) -> Iterator[tuple[str, str]]:
    for row in result.rows:
        yield f"\n{printable(row.target.text)}: {row.fault.title}", "bold"
        yield from ((line, "") for line in step_lines(row.outcome))
