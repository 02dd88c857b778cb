"""The picture of a drill: the lines of the source and the calls, each with its worst outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from advisor.drill.executable import executable_lines
from advisor.drill.model import DrillResult, Finding
from advisor.render.drill_text import NOT_EXECUTED, ORDER, SURVIVED, said_of

MARKS: Final = {
    SURVIVED: "+",
    Finding.duplicate.value: "D",
    Finding.result_lost.value: "R",
    Finding.orphan.value: "O",
    Finding.false_success.value: "S",
    Finding.failed.value: "F",
    Finding.stuck.value: "!",
    Finding.not_reached.value: "?",
    NOT_EXECUTED: "-",
}
AROUND: Final = ("before", "after")


class Line(NamedTuple):
    """A line of source: its number, what became of the kills at it ("" where none can be)."""

    number: int
    mark: str
    text: str


def marks_of(result: DrillResult) -> dict[str, str]:
    """Return the worst that happened at each place, in the order of the run."""
    worst: dict[str, str] = {}
    for outcome in result.outcomes:
        for point, _ in outcome.scenario.aims:
            message = said_of(outcome)
            worst[point.place] = min(message, worst.get(point.place, message), key=ORDER.index)
    return worst


def pictures(result: DrillResult) -> dict[str, list[Line]]:
    """Return the operator's own files that it came by; of others, the lines that went wrong."""
    marks = marks_of(result)
    bad = {place: mark for place, mark in marks.items() if mark != SURVIVED}
    own = {name: _with_unreached(_lines(result, name, marks)) for name in result.own}
    others = {name: _lines(result, name, bad) for name in result.files if name not in result.own}
    return {name: lines for name, lines in {**own, **others}.items() if _is_reached(lines)}


def _lines(result: DrillResult, name: str, marks: Mapping[str, str]) -> list[Line]:
    source = Path(result.files[name]).read_text(encoding="utf-8")
    numbered = enumerate(source.splitlines(), 1)
    return [Line(number, marks.get(f"{name}:{number}", ""), text) for number, text in numbered]


def _with_unreached(lines: Sequence[Line]) -> list[Line]:
    executable = executable_lines("\n".join(line.text for line in lines))
    return [
        line._replace(mark=NOT_EXECUTED) if not line.mark and line.number in executable else line
        for line in lines
    ]


def _is_reached(lines: Sequence[Line]) -> bool:
    return any(line.mark not in {"", NOT_EXECUTED} for line in lines)


def near_marks(lines: Sequence[Line]) -> list[Line | None]:
    """Return the lines to show, those near a mark; None for some that are left out."""
    marked = {line.number for line in lines if line.mark}
    between = {number + 1 for number in marked if number + 2 in marked}
    headings = {number - 1 for number in marked}
    shown: list[Line | None] = []
    for line in lines:
        if line.number in marked | between | headings:
            shown.append(line)
        elif not shown or shown[-1] is not None:
            shown.append(None)
    return shown


def calls(result: DrillResult) -> dict[str, tuple[str, str]]:
    """Return what became of the kills before and after each call, in the order of the run."""
    found: dict[str, dict[str, str]] = {}
    for place, mark in marks_of(result).items():
        call, _, moment = place.rpartition(":")
        if moment in AROUND:
            found.setdefault(call, {})[moment] = mark
    return {
        call: (marks.get("before", ""), marks.get("after", "")) for call, marks in found.items()
    }
