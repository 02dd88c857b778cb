"""What a drill found: the operator's own source with a mark on each line, tables and totals."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from advisor.documents.model import printable
from advisor.drill.executable import executable_lines
from advisor.drill.judge import stage_of
from advisor.drill.model import Drilled, Finding, Outcome
from advisor.drill.scenarios import text_of
from advisor.view.markdown import escape

if TYPE_CHECKING:
    from rich.console import Console

SURVIVED, NOT_REACHED = "survived", "not reached"
MARKS: Final = {
    SURVIVED: "+",
    Finding.duplicate.value: "D",
    Finding.result_lost.value: "R",
    Finding.orphan.value: "O",
    Finding.false_success.value: "S",
    Finding.failed.value: "F",
    Finding.stuck.value: "!",
    Finding.unfired.value: "?",
    NOT_REACHED: "-",
}
STYLES: Final = {SURVIVED: "green", NOT_REACHED: "dim"}
BAD: Final = "bold red"
PHASES: Final = {"execute": "worker", "trigger": "trigger", "resume": "worker, resumed"}
SHOWN: Final = 20
"""Violations that the terminal names; JSON names all."""


class Line(NamedTuple):
    """A line of source: its number, what became of the kills at it ("" where none can be)."""

    number: int
    mark: str
    text: str


def source_lines(drilled: Drilled, name: str) -> list[Line]:
    """Return a file of the operator, line by line, each with the worst that happened there."""
    source = Path(drilled.files[name]).read_text(encoding="utf-8")
    marks = _marks(drilled)
    executable = executable_lines(source)
    return [
        Line(
            number,
            marks.get(f"{name}:{number}", NOT_REACHED if number in executable else ""),
            text,
        )
        for number, text in enumerate(source.splitlines(), 1)
    ]


def summary(drilled: Drilled) -> list[str]:
    """Return the totals: what was done, and what was found."""
    promised = sum(len(each.scenario.aims) for each in drilled.outcomes)
    found = drilled.counts
    totals = [f"{found[each]} {each.value}" for each in Finding if found[each]]
    each_took = 1000 * drilled.seconds / max(1, len(drilled.outcomes))
    restarted = sum(each.restarted for each in drilled.outcomes)
    return [
        f"{len(drilled.reached)} points reached, {promised} signals to send, {drilled.fired} sent",
        f"{len(drilled.outcomes)} scenarios in {drilled.seconds:.1f} s, {each_took:.0f} ms each, "
        f"task SDK {drilled.sdk}",
        f"{restarted} restarted a job that had failed, was cancelled or lost",
        f"found: {', '.join(totals)}" if totals else "found: nothing; the operator survives",
    ]


def by_phase(drilled: Drilled) -> list[tuple[str, str, Counter[str]]]:
    """Return how the kills ended, by where the task was and how far it had got."""
    behaviour = drilled.undisturbed.scenario.behaviour
    events = drilled.undisturbed.events
    stages = {point: stage_of(events[:at], behaviour) for point, at in drilled.reached}
    rows: dict[tuple[str, str], Counter[str]] = {}
    for outcome in drilled.outcomes:
        for point, _ in outcome.scenario.aims:
            if not outcome.scenario.circumstance:
                row = (PHASES[point.phase], stages[point])
                rows.setdefault(row, Counter())[_said(outcome)] += 1
    order = list(
        dict.fromkeys((PHASES[point.phase], stages[point]) for point, _ in drilled.reached)
    )
    return [(*row, rows[row]) for row in order if row in rows]


def again(drilled: Drilled, outcome: Outcome) -> str:
    """Return the command that repeats one scenario, step by step."""
    target = drilled.target
    python = ["--python", target.python] if target.python else []
    words = ["advisor", "drill", target.text, *python, "--only", text_of(outcome.scenario)]
    return printable(shlex.join(words))


def print_drilled(console: Console, drilled: Drilled) -> None:
    """Print the picture, the tables and the totals."""
    for text, style in _lines(drilled):
        console.print(text, style=style, soft_wrap=True)


def _lines(drilled: Drilled) -> Iterator[tuple[str, str]]:
    yield "  ".join(f"{mark} {said}" for said, mark in MARKS.items()), "dim"
    for name in drilled.own:
        yield from _picture(drilled, name)
    for heading, rows in (("By phase", _phase_rows(drilled)), ("Calls", _call_rows(drilled))):
        yield f"\n{heading}", "bold"
        yield from rows
    yield "\nBesides", "bold"
    for outcome in drilled.outcomes:
        if outcome.scenario.circumstance:
            said = f"  {_mark(outcome)} {outcome.scenario.circumstance}: {_ended(outcome)}"
            yield said, _style(_said(outcome))
    yield from _violations(drilled)
    yield "\nTotals", "bold"
    yield from ((f"  {line}", "") for line in summary(drilled))


def _picture(drilled: Drilled, name: str) -> Iterator[tuple[str, str]]:
    lines = source_lines(drilled, name)
    if not any(line.mark and line.mark != NOT_REACHED for line in lines):
        return
    yield f"\n{name}", "bold"
    shown = _near_marks(lines)
    for before, line in zip([None, *lines], lines, strict=False):
        if line.number in shown:
            mark = MARKS[line.mark] if line.mark else " "
            yield f"{mark} {line.number:4} {printable(line.text)}".rstrip(), _style(line.mark)
        elif before is None or before.number in shown:
            yield "       ...", "dim"


def _near_marks(lines: Sequence[Line]) -> set[int]:
    """Return the numbers of the lines that are marked, or stand between two that are."""
    marked = [line.number for line in lines if line.mark]
    close = {number + 1 for number in marked if number + 2 in marked}
    headings = {number - 1 for number in marked}
    return {*marked, *close, *headings}


def _phase_rows(drilled: Drilled) -> Iterator[tuple[str, str]]:
    for where, stage, counts in by_phase(drilled):
        said = ", ".join(f"{count} {what}" for what, count in counts.most_common())
        yield f"  {where:16} {stage:22} {said}", _style(_worst(counts))


def _call_rows(drilled: Drilled) -> Iterator[tuple[str, str]]:
    places = {point.place for point, _ in drilled.reached}
    for place, said in _marks(drilled).items():
        if place in places and not place.rpartition(":")[2].isdecimal():
            yield f"  {MARKS[said]} {place}", _style(said)


def _violations(drilled: Drilled) -> Iterator[tuple[str, str]]:
    found = [each for each in drilled.violations if each.scenario.aims]
    if not found:
        return
    yield f"\nTo see one step by step ({len(found)} in all)", "bold"
    for outcome in found[:SHOWN]:
        said = ", ".join(finding.value for finding in outcome.findings)
        window = " (between the submission and its id's way to the store)"
        inside = window if outcome.in_window and Finding.duplicate in outcome.findings else ""
        yield f"  {again(drilled, outcome)}  # {said}{inside}", BAD


def _marks(drilled: Drilled) -> dict[str, str]:
    """Return the worst that happened at each place, in the order of the run."""
    worst: dict[str, str] = {}
    order = list(MARKS)
    for outcome in drilled.outcomes:
        for point, _ in outcome.scenario.aims:
            said = _said(outcome)
            known = worst.setdefault(point.place, said)
            if known == SURVIVED or (said != SURVIVED and order.index(said) < order.index(known)):
                worst[point.place] = said
    return worst


def _worst(counts: Mapping[str, int]) -> str:
    return next((each.value for each in Finding if counts.get(each.value)), SURVIVED)


def _said(outcome: Outcome) -> str:
    return outcome.worst.value if outcome.worst else SURVIVED


def _mark(outcome: Outcome) -> str:
    return MARKS[_said(outcome)]


def _ended(outcome: Outcome) -> str:
    jobs = f"{outcome.submissions} submitted{', restarted' if outcome.restarted else ''}"
    found = "".join(f", {finding.value}" for finding in outcome.findings)
    return f"{outcome.state}, {jobs}{found}"


def _style(said: str) -> str:
    return STYLES.get(said, BAD if said else "")


def print_run(console: Console, outcome: Outcome) -> None:
    """Print one run, step by step."""
    for line in run_lines(outcome):
        console.print(line, soft_wrap=True)


def run_lines(outcome: Outcome) -> Iterator[str]:
    """Yield a run as text, a line for each thing that happened."""
    yield f"{text_of(outcome.scenario)}: {_ended(outcome)}"
    yield from steps_of(outcome)


def steps_of(outcome: Outcome) -> Iterator[str]:
    """Yield what happened in a run, a line each; what repeats itself is told once."""
    for step, same in groupby(step_text(event) for event in outcome.events):
        times = sum(1 for _ in same)
        yield f"  {step}{f' ({times} times)' if times > 1 else ''}"


def step_text(event: Mapping[str, Any]) -> str:
    """Return one thing that happened, in words."""
    what = event["what"]
    if what in {"started", "ended"}:
        who = f"{PHASES[event['phase']]}, try {event['attempt']}"
        error = f": {event['error']}" if "error" in event else ""
        return printable(f"{who} {what} {event.get('state', '')}".rstrip() + error)
    facts = {key: value for key, value in event.items() if key not in {"what", "at", "run"}}
    if what == "signal":
        phase, place, visit = event["point"]
        return f">>> {event['signal']} at {place}#{visit} ({PHASES[phase]})"
    said = ", ".join(f"{key} {value}" for key, value in facts.items() if value is not None)
    return printable(f"  {what} {said}".rstrip())


def markdown_drilled(drilled: Drilled) -> Iterator[str]:
    """Yield the result as Markdown."""
    yield f"### Drill of `{escape(drilled.target.text)}`\n\n"
    yield from (f"- {escape(line)}\n" for line in summary(drilled))
    yield "\n| where | how far it had got | outcomes |\n|---|---|---|\n"
    for where, stage, counts in by_phase(drilled):
        said = ", ".join(f"{count} {what}" for what, count in counts.most_common())
        yield f"| {where} | {stage} | {said} |\n"
    for name in drilled.own:
        lines = [text for text, _ in _picture(drilled, name)]
        if lines:
            yield f"\n`{escape(name)}`\n\n```text\n"
            yield from (f"{line}\n" for line in lines[1:])
            yield "```\n"
    for outcome in drilled.violations:
        if outcome.scenario.aims:
            said = ", ".join(finding.value for finding in outcome.findings)
            yield f"\n- {said}: `{again(drilled, outcome)}`"
    yield "\n"
