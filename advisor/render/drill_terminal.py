"""What a drill found, on a terminal: the source with its marks, tables, totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from rich.text import Text

from advisor.documents.model import printable
from advisor.drill.model import DrillResult, Outcome
from advisor.drill.reproduce import again, only
from advisor.render.drill_lines import MARKS, Line, calls, marks_of, near_marks, pictures
from advisor.render.drill_phases import Phase, by_phase, window
from advisor.render.drill_run import run_lines
from advisor.render.drill_text import (
    NOT_EXECUTED,
    ORDER,
    SURVIVED,
    ended,
    findings_of,
    in_words,
    repeatable,
    said_of,
    service_faults,
    totals,
)

if TYPE_CHECKING:
    from rich.console import Console

STYLES: Final = {SURVIVED: "green", NOT_EXECUTED: "dim"}
BAD: Final = "bold red"
SHOWN: Final = 20
"""Violations that the terminal names; JSON names all."""


def print_drill(console: Console, result: DrillResult) -> None:
    """Print the picture, the tables and the totals."""
    console.print(_legend(result))
    for name, lines in pictures(result).items():
        _print_picture(console, name, lines)
    for heading, rows in (
        ("By phase", _phases(by_phase(result))),
        ("Calls", _calls(result)),
        ("Besides", _service_faults(result)),
        ("To see one step by step", _violations(result)),
    ):
        _print_section(console, heading, list(rows))
    if message := window(result):
        console.print("\nDuplicates", style="bold")
        for line in wrap(message, max(console.width - 2, 8)):
            console.print(f"  {line}", style=BAD)
    _print_section(console, "Totals", [Text(f"  {line}") for line in totals(result)])


def print_run(console: Console, outcome: Outcome) -> None:
    """Print one run, step by step."""
    for line in run_lines(outcome):
        console.print(line, style=BAD if ">>>" in line else "", soft_wrap=True)


def _print_section(console: Console, heading: str, rows: Sequence[Text]) -> None:
    if rows:
        console.print(f"\n{heading}", style="bold")
    for row in rows:
        console.print(row, soft_wrap=True)


def _legend(result: DrillResult) -> Text:
    """Return what the marks mean: of those that there are."""
    there = {SURVIVED, NOT_EXECUTED, *marks_of(result).values()}
    parts = [
        Text(f"{mark} {message}", _style(message))
        for message, mark in MARKS.items()
        if message in there
    ]
    return Text("  ").join(parts)


def _print_picture(console: Console, name: str, lines: Sequence[Line]) -> None:
    console.print(f"\n{printable(name)}", style="bold")
    for line in near_marks(lines):
        text = Text("       ...", "dim") if line is None else _line(line)
        # A line of source that goes on in the next one is hard to read; elsewhere it stays whole.
        cut = console.is_terminal
        console.print(text, no_wrap=cut, overflow="ellipsis" if cut else None, soft_wrap=not cut)


def _line(line: Line) -> Text:
    style = _style(line.mark)
    mark = Text(MARKS.get(line.mark, " "), style)
    text = "" if line.mark == SURVIVED else style
    return Text.assemble(mark, (f" {line.number:4} ", "dim"), (printable(line.text), text))


def _phases(phases: Sequence[Phase]) -> Iterator[Text]:
    moments = [" > ".join(f"{where}, {stage}" for where, stage in each.moments) for each in phases]
    width = max(map(len, moments), default=0)
    for text, phase in zip(moments, phases, strict=True):
        worst = min(phase.counts, key=ORDER.index)
        yield Text(f"  {text:{width}}  {in_words(phase.counts)}", _style(worst))


def _calls(result: DrillResult) -> Iterator[Text]:
    for call, (before, after) in calls(result).items():
        row = Text(f"  {call:14}")
        for word, mark in (("before", before), ("after", after)):
            row.append(f"{MARKS.get(mark, ' ')} {word:8}" if mark else " " * 10, _style(mark))
        row.rstrip()
        yield row


def _service_faults(result: DrillResult) -> Iterator[Text]:
    for outcome in service_faults(result):
        message = said_of(outcome)
        yield Text(
            f"  {MARKS[message]} {outcome.scenario.service_fault}: {ended(outcome)}",
            _style(message),
        )


def _violations(result: DrillResult) -> Iterator[Text]:
    found = repeatable(result)
    if not found:
        return
    yield Text(f"  {again(result, found[0])}")
    width = max(len(only(outcome)) for outcome in found[:SHOWN])
    for outcome in found[:SHOWN]:
        yield Text(f"    {only(outcome):{width}}  {findings_of(outcome)}", BAD)
    if found[SHOWN:]:
        yield Text(f"    and {len(found) - SHOWN} more; --format json names all", "dim")


def _style(message: str) -> str:
    return STYLES.get(message, BAD if message else "")
