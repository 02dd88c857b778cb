"""What a drill found, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from advisor.documents.model import printable
from advisor.drill.model import Drilled, Outcome
from advisor.drill.repeating import again
from advisor.view.drilled import besides, ended, findings_of, in_words, repeatable, totals
from advisor.view.drilled_lines import MARKS, Line, near_marks, pictures
from advisor.view.drilled_phases import by_phase, window
from advisor.view.drilled_run import run_lines
from advisor.view.markdown import escape


def markdown_drilled(drilled: Drilled) -> Iterator[str]:
    """Yield the result as Markdown."""
    yield f"### Drill of `{escape(drilled.target.text)}`\n\n"
    yield from (f"- {escape(line)}\n" for line in totals(drilled))
    if said := window(drilled):
        yield f"- {escape(said)}\n"
    yield from _phases(drilled)
    yield from (f"- {each.scenario.circumstance}: {ended(each)}\n" for each in besides(drilled))
    for name, lines in pictures(drilled).items():
        yield f"\n`{escape(name)}`\n\n```text\n"
        yield from map(_line, near_marks(lines))
        yield "```\n"
    yield from _violations(drilled)


def markdown_run(outcome: Outcome) -> Iterator[str]:
    """Yield one run as Markdown, step by step."""
    yield "```text\n"
    yield from (f"{line}\n" for line in run_lines(outcome))
    yield "```\n"


def _phases(drilled: Drilled) -> Iterator[str]:
    yield "\n| how far it had got | outcomes |\n|---|---|\n"
    for moments, counts in by_phase(drilled):
        where = ", then ".join(f"{where}: {stage}" for where, stage in moments)
        yield f"| {where} | {in_words(counts)} |\n"
    yield "\n"


def _line(line: Line | None) -> str:
    if line is None:
        return "       ...\n"
    mark = MARKS.get(line.mark, " ")
    return f"{mark} {line.number:4} {printable(line.text)}".rstrip() + "\n"


def _violations(drilled: Drilled) -> Iterator[str]:
    found: Sequence[Outcome] = repeatable(drilled)
    if found:
        yield "\n"
    yield from (f"- {findings_of(each)}: `{again(drilled, each)}`\n" for each in found)
