"""Renders line drills, single runs and live drills for the terminal and as Markdown."""

from __future__ import annotations

import shlex
from collections.abc import Container, Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from rich.text import Text

from advisor.documents.model import printable
from advisor.drill.command_line import point_options, repeat_command
from advisor.drill.model import DrillResult, Finding, Outcome, Target
from advisor.render.drill_source import (
    MARKS,
    Line,
    call_marks,
    lines_near_marks,
    marked_files,
    marks_by_place,
)
from advisor.render.drill_summary import (
    NOT_EXECUTED,
    SURVIVED,
    WORST_FIRST,
    Phase,
    counted,
    counts_text,
    duplicate_window,
    ending_of,
    findings_of,
    meanings_of,
    phase_text,
    phases_of,
    repeatable_violations,
    run_lines,
    service_fault_outcomes,
    step_lines,
    totals,
    worst_of,
)
from advisor.render.wording import escape

if TYPE_CHECKING:
    from rich.console import Console

    from advisor.drill.live.api import LiveDrillResult, Row

STYLES: Final = {SURVIVED: "green", NOT_EXECUTED: "dim"}
BAD: Final = "bold red"
MAX_VIOLATIONS: Final = 20
"""Maximum number of violations that the terminal lists; JSON lists all."""


def print_drill(console: Console, result: DrillResult) -> None:
    """Print the marked source, the tables and the totals."""
    console.print("Worst outcome at each line", style="bold")
    console.print(_legend(result))
    for name, lines in marked_files(result).items():
        _print_file(console, name, lines)
    for heading, rows in (
        ("Outcomes by phase", _phase_rows(phases_of(result))),
        ("Outcomes by call", _call_rows(result)),
        ("Outcomes of service faults", _service_fault_rows(result)),
        ("Violations (run one with its --point to see it step by step)", _violation_rows(result)),
    ):
        _print_section(console, heading, list(rows))
    if message := duplicate_window(result):
        lines_of_message = wrap(message, max(console.width - 2, 8))
        _print_section(console, "Duplicates", [Text(f"  {each}", BAD) for each in lines_of_message])
    _print_section(console, "What the findings mean", list(_meaning_rows(result.counts)))
    _print_section(console, "Totals", [Text(f"  {line}") for line in totals(result)])


def print_run(console: Console, outcome: Outcome) -> None:
    """Print one run, step by step."""
    for line in run_lines(outcome):
        console.print(line, style=BAD if ">>>" in line else "", soft_wrap=True)


def markdown_drill(result: DrillResult) -> Iterator[str]:
    """Yield the result as Markdown."""
    yield f"### Drill of `{escape(result.target.text)}`\n\n"
    yield from (f"- {escape(line)}\n" for line in totals(result))
    if message := duplicate_window(result):
        yield f"- {escape(message)}\n"
    yield from _markdown_phases(result)
    for each in service_fault_outcomes(result):
        yield f"- {each.scenario.service_fault}: {ending_of(each)}\n"
    for name, lines in marked_files(result).items():
        yield f"\n`{escape(name)}`\n\n```text\n"
        yield from map(_markdown_line, lines_near_marks(lines))
        yield "```\n"
    violations = repeatable_violations(result)
    if violations:
        yield "\n"
    yield from (f"- {findings_of(each)}: `{repeat_command(result, each)}`\n" for each in violations)


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
    in_use = {SURVIVED, NOT_EXECUTED, *marks_by_place(result).values()}
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


def _call_rows(result: DrillResult) -> Iterator[Text]:
    for call, (before, after) in call_marks(result).items():
        row = Text(f"  {call:14}")
        for side, mark in (("before", before), ("after", after)):
            row.append(f"{MARKS.get(mark, ' ')} {side:8}" if mark else " " * 10, _style(mark))
        row.rstrip()
        yield row


def _service_fault_rows(result: DrillResult) -> Iterator[Text]:
    for outcome in service_fault_outcomes(result):
        worst = worst_of(outcome)
        text = f"  {MARKS[worst]} {outcome.scenario.service_fault}: {ending_of(outcome)}"
        yield Text(text, _style(worst))


def _violation_rows(result: DrillResult) -> Iterator[Text]:
    violations = repeatable_violations(result)
    if not violations:
        return
    yield Text(f"  {repeat_command(result, violations[0])}")
    shown = violations[:MAX_VIOLATIONS]
    width = max(len(point_options(outcome)) for outcome in shown)
    for outcome in shown:
        yield Text(f"    {point_options(outcome):{width}}  {findings_of(outcome)}", BAD)
    if len(violations) > len(shown):
        more = len(violations) - len(shown)
        yield Text(f"    and {more} more; --format json lists all", "dim")


def _meaning_rows(findings: Container[Finding]) -> Iterator[Text]:
    for finding, meaning in meanings_of(findings):
        yield Text(f"  {finding.value:13}  {meaning}")


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
            mark, style = ("!", BAD) if row.outcome.findings else ("+", "green")
            yield f"  {mark} {row.fault.title:{width}}  {ending}", style
        yield "", ""
    if result.violations:
        yield "Violations (run the command to see one step by step)", "bold"
        for row in result.violations:
            yield f"  {live_repeat_command(result, row)}  # {_live_findings(row)}", BAD
        yield "", ""
        yield "What the findings mean", "bold"
        for finding, meaning in meanings_of(result.counts):
            yield f"  {finding.value:13}  {meaning}", ""
        yield "", ""
    yield "Totals", "bold"
    yield from ((f"  {line}", "") for line in _live_totals(result))


def _live_steps(result: LiveDrillResult) -> Iterator[tuple[str, str]]:
    for row in result.rows:
        yield f"\n{printable(row.target.text)}: {row.fault.title}", "bold"
        yield from ((line, "") for line in step_lines(row.outcome))
