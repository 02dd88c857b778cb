"""Renders line drills, single runs and live drills for the terminal and as Markdown."""

from __future__ import annotations

import shlex
from collections.abc import Container, Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from rich.text import Text

from advisor.documents.model import printable
from advisor.drill.command_line import repeat_command
from advisor.drill.model import WARNINGS, DrillResult, Finding, Outcome, Target
from advisor.render.drill_source import (
    MARKS,
    Line,
    lines_near_marks,
    marked_files,
    marks_by_place,
)
from advisor.render.drill_steps import run_lines, step_lines
from advisor.render.drill_summary import (
    NO_POINT,
    SURVIVED,
    WORST_FIRST,
    Phase,
    counted,
    counts_text,
    duplicate_window,
    ending_of,
    meanings_of,
    phase_text,
    phases_of,
    service_fault_outcomes,
    totals,
    worst_of,
)
from advisor.render.drill_verdict import (
    group_text,
    groups_of,
    hints_of,
    signal_rows,
    signal_text,
    verdict,
)
from advisor.render.wording import escape

if TYPE_CHECKING:
    from rich.console import Console

    from advisor.drill.live.api import LiveDrillResult, Row

BAD, WARN = "bold red", "yellow"
STYLES: Final = {
    SURVIVED: "green",
    NO_POINT: "dim",
    **dict.fromkeys((finding.value for finding in WARNINGS), WARN),
}
MAX_GROUPS: Final = 20
"""Maximum number of groups that the terminal lists; JSON lists every outcome."""
HINT_WIDTH: Final = 96


def print_drill(console: Console, result: DrillResult) -> None:
    """Print the verdict, the findings by signal and by cause, and the marked source."""
    style = BAD if result.violations else WARN if result.noteworthy else STYLES[SURVIVED]
    console.print(Text(printable(verdict(result)), style), soft_wrap=True)
    console.print(Text(f"  {result.pattern.value}"), soft_wrap=True)
    for heading, rows in (
        ("By signal", _signal_rows(result)),
        ("Findings by cause (run a command to see an example step by step)", _group_rows(result)),
        ("Service faults", _service_fault_rows(result)),
        ("What the findings mean", _meaning_rows(result.counts)),
        ("By process and stage, worst finding of each run", _phase_rows(phases_of(result))),
    ):
        _print_section(console, heading, list(rows))
    console.print("\nWorst outcome at each line", style="bold")
    console.print(_legend(result))
    for name, lines in marked_files(result).items():
        _print_file(console, name, lines)
    _print_section(console, "Totals", [Text(f"  {line}") for line in totals(result)])


def print_run(console: Console, outcome: Outcome) -> None:
    """Print one run, step by step."""
    for line in run_lines(outcome):
        console.print(line, style=BAD if ">>>" in line else "", soft_wrap=True)


def markdown_drill(result: DrillResult) -> Iterator[str]:
    """Yield the result as Markdown."""
    yield f"### Drill of `{escape(result.target.text)}`\n\n"
    yield f"**{escape(verdict(result))}** ({result.pattern.value})\n\n"
    yield "| Signal | Runs and findings |\n|---|---|\n"
    yield from (f"| {each.label} | {signal_text(each)} |\n" for each in signal_rows(result))
    groups = groups_of(result)
    yield "\n" if groups else ""
    for group in groups:
        yield f"- {escape(group_text(group))}: `{repeat_command(result, group.example)}`\n"
    hints = [*hints_of(groups), duplicate_window(result)]
    yield from (f"\n{escape(each)}\n" for each in hints if each)
    yield from _markdown_phases(result)
    for each in service_fault_outcomes(result):
        command = f": `{repeat_command(result, each)}`" if each.findings else ""
        yield f"- {each.scenario.service_fault}: {ending_of(each)}{command}\n"
    yield "\n"
    yield from (f"- {escape(line)}\n" for line in totals(result))
    for name, lines in marked_files(result).items():
        yield f"\n`{escape(name)}`\n\n```text\n"
        yield from map(_markdown_line, lines_near_marks(lines))
        yield "```\n"


def markdown_run(outcome: Outcome) -> Iterator[str]:
    """Yield one run as Markdown, step by step."""
    yield "```text\n"
    yield from (f"{line}\n" for line in run_lines(outcome))
    yield "```\n"


def print_live_drill(console: Console, result: LiveDrillResult, *, steps: bool = False) -> None:
    """Print a table for each target, and the totals; with `steps`, also each run step by step."""
    for text, style in (*_live_lines(result), *(_live_steps(result) if steps else ())):
        console.print(text, style=style, soft_wrap=True)


def markdown_live_drill(result: LiveDrillResult) -> Iterator[str]:
    """Yield the result as Markdown."""
    yield f"### Drill on Airflow {escape(result.airflow)}\n\n"
    yield from (f"- {escape(line)}\n" for line in _live_totals(result))
    for target in result.targets:
        yield f"\n**{escape(target.text)}**\n\n| Fault | Task | Jobs | Tries | Findings |\n"
        yield "|---|---|---|---|---|\n"
        for row in _rows_of(result, target):
            submitted, tries = str(row.outcome.submissions), str(row.tries)
            cells = (row.fault.title, row.outcome.state, submitted, tries, _live_findings(row))
            yield f"| {' | '.join(map(escape, cells))} |\n"
    for row in result.violations:
        yield f"\n- {_live_findings(row)}: `{live_repeat_command(result, row)}`"
    yield "\n"


def live_repeat_command(result: LiveDrillResult, row: Row) -> str:
    """Return the command that repeats one row, step by step."""
    python = ["--python", row.target.python] if row.target.python else []
    keys = {None: [], True: ["--keys"], False: ["--no-keys"]}[result.honours_keys]
    words = ["advisor", "drill", row.target.text, "--live", *python, *keys]
    return printable(shlex.join([*words, "--fault", row.fault.id]))


def _print_section(console: Console, heading: str, rows: Sequence[Text]) -> None:
    if rows:
        console.print(f"\n{heading}", style="bold")
    for row in rows:
        console.print(row, soft_wrap=True)


def _legend(result: DrillResult) -> Text:
    """Return the marks that are in use, with their outcomes."""
    in_use = {SURVIVED, NO_POINT, *marks_by_place(result).values()}
    parts = [Text(f"{mark} {word}", _style(word)) for word, mark in MARKS.items() if word in in_use]
    return Text("  ").join(parts)


def _print_file(console: Console, name: str, lines: Sequence[Line]) -> None:
    console.print(f"\n{printable(name)}", style="bold")
    for line in lines_near_marks(lines):
        text = Text("       ...", "dim") if line is None else _line_text(line)
        # Cut long lines on a terminal, where wrapped source is hard to read.
        cut = console.is_terminal
        console.print(text, no_wrap=cut, overflow="ellipsis" if cut else None, soft_wrap=not cut)


def _line_text(line: Line) -> Text:
    style = _style(line.mark)
    mark = Text(MARKS.get(line.mark, " "), style)
    text_style = "" if line.mark == SURVIVED else style
    return Text.assemble(mark, (f" {line.number:4} ", "dim"), (printable(line.text), text_style))


def _phase_rows(phases: Sequence[Phase]) -> Iterator[Text]:
    texts = [phase_text(each) for each in phases]
    width = max(map(len, texts), default=0)
    for text, phase in zip(texts, phases, strict=True):
        worst = min(phase.counts, key=WORST_FIRST.index)
        yield Text(f"  {text:{width}}  {counts_text(phase.counts)}", _style(worst))


def _service_fault_rows(result: DrillResult) -> Iterator[Text]:
    for outcome in service_fault_outcomes(result):
        worst = worst_of(outcome)
        text = f"  {MARKS[worst]} {outcome.scenario.service_fault}: {ending_of(outcome)}"
        yield Text(text, _style(worst))
        if outcome.findings:
            yield Text(f"      {repeat_command(result, outcome)}", "dim")


def _signal_rows(result: DrillResult) -> Iterator[Text]:
    rows = signal_rows(result)
    width = max((len(each.label) for each in rows), default=0)
    for row in rows:
        worst = min(+row.counts, key=WORST_FIRST.index)
        yield Text(f"  {row.label:{width}}  {signal_text(row)}", _style(worst))


def _group_rows(result: DrillResult) -> Iterator[Text]:
    groups = groups_of(result)
    for group in groups[:MAX_GROUPS]:
        worst = group.worst.value
        yield Text(f"  {MARKS[worst]} {printable(group_text(group))}", _style(worst))
        yield Text(f"      {repeat_command(result, group.example)}", "dim")
    if len(groups) > MAX_GROUPS:
        yield Text(f"    and {len(groups) - MAX_GROUPS} more; --format json lists all", "dim")
    for hint in [*hints_of(groups), duplicate_window(result)]:
        yield from (Text(f"  {line}") for line in wrap(hint, HINT_WIDTH))


def _meaning_rows(findings: Container[Finding]) -> Iterator[Text]:
    meanings = meanings_of(findings)
    width = max((len(finding.value) for finding, _ in meanings), default=0)
    for finding, meaning in meanings:
        yield Text(f"  {finding.value:{width}}  {meaning}")


def _style(word: str) -> str:
    return STYLES.get(word, BAD if word else "")


def _markdown_phases(result: DrillResult) -> Iterator[str]:
    yield "\n| Phase | Outcomes |\n|---|---|\n"
    for phase in phases_of(result):
        yield f"| {phase_text(phase)} | {counts_text(phase.counts)} |\n"
    yield "\n"


def _markdown_line(line: Line | None) -> str:
    if line is None:
        return "       ...\n"
    mark = MARKS.get(line.mark, " ")
    return f"{mark} {line.number:4} {printable(line.text)}".rstrip() + "\n"


def _live_totals(result: LiveDrillResult) -> list[str]:
    counts = counts_text({each.value: result.counts[each] for each in Finding})
    survive = "the operator survives" if len(result.targets) == 1 else "the operators survive"
    return [
        f"{len(result.rows)} runs on Airflow {result.airflow} in {result.seconds:.0f} s",
        f"findings: {counts or f'none; {survive}'}",
    ]


def _rows_of(result: LiveDrillResult, target: Target) -> list[Row]:
    return [row for row in result.rows if row.target == target]


def _live_findings(row: Row) -> str:
    """Return the findings of a row as text, or `survived`."""
    words = [each.value for each in row.outcome.findings]
    if row.outcome.restarted:
        words.append("restarted")
    return ", ".join(words) or SURVIVED


def _live_lines(result: LiveDrillResult) -> Iterator[tuple[str, str]]:
    """Yield the lines of the terminal with their styles."""
    width = max(len(row.fault.title) for row in result.rows)
    for target in result.targets:
        yield f"{printable(target.text)}", "bold"
        for row in _rows_of(result, target):
            jobs = counted(row.outcome.submissions, "job", "jobs")
            tries = counted(row.tries, "try", "tries")
            ending = f"{row.outcome.state:7}  {jobs:7}  {tries:7}  {_live_findings(row)}"
            worst = worst_of(row.outcome)
            mark, style = MARKS[worst], _style(worst)
            yield f"  {mark} {row.fault.title:{width}}  {ending}", style
        yield "", ""
    if result.violations:
        yield "Violations (run the command to see one step by step)", "bold"
        for row in result.violations:
            yield f"  {live_repeat_command(result, row)}  # {_live_findings(row)}", BAD
        yield "", ""
        yield "What the findings mean", "bold"
        yield from ((row.plain, "") for row in _meaning_rows(result.counts))
        yield "", ""
    yield "Totals", "bold"
    yield from ((f"  {line}", "") for line in _live_totals(result))


def _live_steps(result: LiveDrillResult) -> Iterator[tuple[str, str]]:
    for row in result.rows:
        yield f"\n{printable(row.target.text)}: {row.fault.title}", "bold"
        yield from ((line, "") for line in step_lines(row.outcome))
