"""The source of a drilled operator, marked with the worst outcome at each line and call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import CO_NEWLOCALS, CO_OPTIMIZED
from pathlib import Path
from types import CodeType
from typing import Final

from advisor.drill.model import DrillResult, Finding
from advisor.render.drill_summary import NO_POINT, SURVIVED, WORST_FIRST, worst_of

MARKS: Final = {
    SURVIVED: "+",
    Finding.no_job.value: "J",
    Finding.duplicate.value: "D",
    Finding.result_lost.value: "R",
    Finding.orphan.value: "O",
    Finding.false_success.value: "S",
    Finding.failed.value: "F",
    Finding.skipped.value: "~",
    Finding.stuck.value: "!",
    Finding.not_reached.value: "?",
    Finding.work_lost.value: "W",
    NO_POINT: "-",
}
"""The characters that mark the outcomes."""


@dataclass(frozen=True)
class Line:
    """A line of source; `mark` is the worst outcome of the signals sent there, "" if none were."""

    number: int
    mark: str
    text: str


def marks_by_place(result: DrillResult) -> dict[str, str]:
    """Return the worst outcome at each place, in the order in which they were reached."""
    worst: dict[str, str] = {}
    for outcome in result.outcomes:
        for point, _ in outcome.scenario.aims:
            mark = worst_of(outcome)
            worst[point.place] = min(mark, worst.get(point.place, mark), key=WORST_FIRST.index)
    return worst


def marked_files(result: DrillResult) -> dict[str, list[Line]]:
    """Return the operator's own files, fully marked, and other files with only violations marked.

    Files without any outcome are left out.

    Raises:
        OSError: a file cannot be read.
    """
    marks = marks_by_place(result)
    failed = {place: mark for place, mark in marks.items() if mark != SURVIVED}
    own = {name: _with_unreached(_lines(result, name, marks)) for name in result.own}
    others = {name: _lines(result, name, failed) for name in result.files if name not in result.own}
    return {name: lines for name, lines in {**own, **others}.items() if _is_reached(lines)}


def lines_near_marks(lines: Sequence[Line]) -> list[Line | None]:
    """Return the lines near a mark, with None in place of lines that are left out."""
    marked = {line.number for line in lines if line.mark}
    between = {number + 1 for number in marked if number + 2 in marked}
    above = {number - 1 for number in marked}
    shown: list[Line | None] = []
    for line in lines:
        if line.number in marked | between | above:
            shown.append(line)
        elif not shown or shown[-1] is not None:
            shown.append(None)
    return shown


def executable_lines(source: str) -> set[int]:
    """Return the line numbers of the executable lines inside functions."""
    return {line for code in _codes(compile(source, "", "exec")) for line in _function_lines(code)}


def _lines(result: DrillResult, name: str, marks: Mapping[str, str]) -> list[Line]:
    source = Path(result.files[name]).read_text(encoding="utf-8")
    numbered = enumerate(source.splitlines(), 1)
    return [Line(number, marks.get(f"{name}:{number}", ""), text) for number, text in numbered]


def _with_unreached(lines: Sequence[Line]) -> list[Line]:
    executable = executable_lines("\n".join(line.text for line in lines))
    return [
        replace(line, mark=NO_POINT) if not line.mark and line.number in executable else line
        for line in lines
    ]


def _is_reached(lines: Sequence[Line]) -> bool:
    return any(line.mark not in {"", NO_POINT} for line in lines)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _codes(each)


def _function_lines(code: CodeType) -> Iterator[int]:
    """Yield the lines of functions only; the lines of modules and classes run on import."""
    if code.co_flags & (CO_OPTIMIZED | CO_NEWLOCALS) != CO_OPTIMIZED | CO_NEWLOCALS:
        return
    for _, _, line in code.co_lines():
        # The trace reports `def` as a call, not as a line.
        if line is not None and line != code.co_firstlineno:
            yield line
