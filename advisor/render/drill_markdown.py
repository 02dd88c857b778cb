"""What a drill found, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from advisor.documents.model import printable
from advisor.drill.model import DrillResult, Outcome
from advisor.drill.reproduce import again
from advisor.render.drill_lines import MARKS, Line, near_marks, pictures
from advisor.render.drill_phases import by_phase, window
from advisor.render.drill_run import run_lines
from advisor.render.drill_text import (
    ended,
    findings_of,
    in_words,
    repeatable,
    service_faults,
    totals,
)
from advisor.render.markdown import escape


def markdown_drill(result: DrillResult) -> Iterator[str]:
    """Yield the result as Markdown."""
    yield f"### Drill of `{escape(result.target.text)}`\n\n"
    yield from (f"- {escape(line)}\n" for line in totals(result))
    if message := window(result):
        yield f"- {escape(message)}\n"
    yield from _phases(result)
    yield from (
        f"- {each.scenario.service_fault}: {ended(each)}\n" for each in service_faults(result)
    )
    for name, lines in pictures(result).items():
        yield f"\n`{escape(name)}`\n\n```text\n"
        yield from map(_line, near_marks(lines))
        yield "```\n"
    yield from _violations(result)


def markdown_run(outcome: Outcome) -> Iterator[str]:
    """Yield one run as Markdown, step by step."""
    yield "```text\n"
    yield from (f"{line}\n" for line in run_lines(outcome))
    yield "```\n"


def _phases(result: DrillResult) -> Iterator[str]:
    yield "\n| how far it had got | outcomes |\n|---|---|\n"
    for moments, counts in by_phase(result):
        where = ", then ".join(f"{where}: {stage}" for where, stage in moments)
        yield f"| {where} | {in_words(counts)} |\n"
    yield "\n"


def _line(line: Line | None) -> str:
    if line is None:
        return "       ...\n"
    mark = MARKS.get(line.mark, " ")
    return f"{mark} {line.number:4} {printable(line.text)}".rstrip() + "\n"


def _violations(result: DrillResult) -> Iterator[str]:
    found: Sequence[Outcome] = repeatable(result)
    if found:
        yield "\n"
    yield from (f"- {findings_of(each)}: `{again(result, each)}`\n" for each in found)
