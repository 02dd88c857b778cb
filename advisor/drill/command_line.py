"""Parses targets and points, and builds the commands that repeat scenarios."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from advisor.documents.model import hint_for, printable, shown
from advisor.documents.read import read_document
from advisor.documents.validation import Fields, ValidationIssue
from advisor.drill.model import (
    FAIL_ON,
    DrillResult,
    Finding,
    Outcome,
    Scenario,
    ServiceFault,
    Signal,
    Target,
)
from advisor.drill.runtime.events import EXECUTE, RESUME, TRIGGER, Point
from advisor.errors import InputError, Problem

RECORD: Final = ".advisor.yaml"
TARGET: Final = "TARGET"
EXPECTED: Final = "expected a folder written by `advisor scaffold`, or path/to/file.py:factory"
EXPECTED_FACTORY: Final = "expected path/to/file.py:factory"
OPTION: Final = "--point"
TEXT: Final = re.compile(
    rf"(?P<signal>[A-Z]+):((?P<phase>{EXECUTE}|{TRIGGER}|{RESUME}):)?(?P<place>\S+)#(?P<visit>\d+)"
)
FORM: Final = "a point such as KILL:operators.py:57#3"
FAIL_ON_OPTION: Final = "--fail-on"
FAULT_OPTION: Final = "--fault"
ALL, NONE = "all", "none"
"""Values of --fail-on that stand for every finding, and for no finding."""


def read_target(text: str, python: str = "") -> Target:
    """Return the target named by a text; `python` is the interpreter to load it with.

    Raises:
        InputError: the folder or file does not exist, or the folder's record is invalid.
    """
    if not text:
        raise InputError.of(TARGET, "value is empty", EXPECTED)
    if Path(text).is_dir():
        return _scaffold(text, python)
    if Path(text).is_file():
        raise InputError.of(TARGET, f"{shown(text)} names no factory", EXPECTED_FACTORY)
    if ":" not in text:
        raise InputError.of(TARGET, f"no such file or folder: {printable(text)}")
    file, _, factory = text.rpartition(":")
    if not factory.isidentifier() or not file.endswith(".py"):
        raise InputError.of(TARGET, f"unknown target {shown(text)}", EXPECTED)
    path = Path(file).absolute()
    if not path.is_file():
        raise InputError.of(TARGET, f"no such file: {printable(file)}", EXPECTED)
    return Target(text, str(path), factory=factory, python=python)


def _scaffold(text: str, python: str) -> Target:
    record = Path(text) / RECORD
    if not record.exists():
        raise InputError.of(TARGET, f"no {RECORD} in the folder {printable(text)}", EXPECTED)
    issues: list[ValidationIssue] = []
    fields = Fields(read_document(str(record)).root, (), issues)
    spec, jobs = fields.inner("order"), fields.parsed("jobs", _jobs, "[]")
    stem, on_kill = spec.text("name"), spec.text("on_kill")
    if issues:
        where = printable(str(record))
        raise InputError(
            [Problem(where, f"invalid record: {each.message}", each.hint) for each in issues]
        )
    path = Path(text).resolve()
    leaves = on_kill == "leave"
    return Target(text, str(path), stem, leaves_jobs=leaves, python=python, jobs=jobs)


def _jobs(text: str) -> tuple[Any, ...]:
    """Return the samples of jobs in a record; raise ValueError if they are invalid."""
    try:
        jobs = json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(jobs, list) or not all(isinstance(each, dict) for each in jobs):
        raise ValueError("expected a list of JSON objects")
    return tuple(jobs)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def text_of(scenario: Scenario) -> str:
    """Return the name of a scenario: its points as `--point` takes them, or its service fault."""
    aims = " ".join(point_text(point, signal) for point, signal in scenario.aims)
    if not scenario.service_fault:
        return aims
    return f"{scenario.service_fault}, after {aims}" if aims else scenario.service_fault


def point_text(point: Point, signal: Signal) -> str:
    """Return a point as `--point` takes it: `KILL:operators.py:57#3`, `KILL:trigger:...`."""
    phase = "" if point.phase == EXECUTE else f"{point.phase}:"
    return f"{signal.value}:{phase}{point.place}#{point.visit}"


def read_point(text: str) -> tuple[Point, Signal]:
    """Parse a point as `--point` takes it; return the point and its signal.

    Raises:
        InputError: the text is not a point.
    """
    match = TEXT.fullmatch(text)
    if match is None or match["signal"] not in Signal.__members__:
        signals = ", ".join(Signal.__members__)
        message = f"expected {FORM}, found {shown(text)}"
        raise InputError.of(OPTION, message, f"signals: {signals}")
    point = Point(match["phase"] or EXECUTE, match["place"], int(match["visit"]))
    return point, Signal[match["signal"]]


def read_service_fault(text: str) -> ServiceFault:
    """Parse a service fault as `--fault` takes it; words can be joined by hyphens.

    Raises:
        InputError: the fault is unknown.
    """
    known = {fault.value: fault for fault in ServiceFault}
    plain = text.lower().replace("-", " ")
    if plain not in known:
        message = f"unknown service fault {shown(text)}"
        raise InputError.of(FAULT_OPTION, message, hint_for(plain, [*known]))
    return known[plain]


def read_findings(texts: Sequence[str]) -> frozenset[Finding]:
    """Parse findings as `--fail-on` takes them: names separated by commas, `all` or `none`.

    Returns:
        The findings; the default ones if there are no texts.

    Raises:
        InputError: a name is unknown, or `none` is combined with a name.
    """
    if not texts:
        return FAIL_ON
    names = [name.strip() for text in texts for name in text.split(",")]
    if NONE in names and len(set(names)) > 1:
        raise InputError.of(FAIL_ON_OPTION, f"{NONE!r} cannot be combined with findings")
    return frozenset(finding for name in names for finding in _read_finding(name))


def _read_finding(name: str) -> Iterable[Finding]:
    """Return the findings with a name; words can be joined by hyphens."""
    groups = {ALL: tuple(Finding), NONE: ()}
    known = {**groups, **{finding.value: (finding,) for finding in Finding}}
    plain = name.lower().replace("-", " ")
    if plain not in known:
        message = f"unknown finding {shown(name)}"
        raise InputError.of(FAIL_ON_OPTION, message, hint_for(plain, [*known]))
    return known[plain]


def report_of(result: DrillResult, outcomes: Iterable[Outcome]) -> str:
    """Return one line per outcome: the command that repeats it, and its findings."""
    return "\n".join(_line(result, each) for each in outcomes)


def _line(result: DrillResult, outcome: Outcome) -> str:
    findings = ", ".join(finding.value for finding in outcome.findings)
    return f"{repeat_command(result, outcome)}  # {findings}"


def repeat_command(result: DrillResult, outcome: Outcome) -> str:
    """Return the command that repeats one scenario, step by step."""
    target = result.target
    python = ["--python", target.python] if target.python else []
    words = ["advisor", "drill", target.text, *python, *_keys(result), *_selected(outcome)]
    return printable(shlex.join(words))


def _selected(outcome: Outcome) -> list[str]:
    """Return the options that select one scenario."""
    aims, fault = outcome.scenario.aims, outcome.scenario.service_fault
    if fault:
        return [FAULT_OPTION, fault]
    return [word for aim in aims for word in (OPTION, point_text(*aim))]


def _keys(result: DrillResult) -> list[str]:
    if result.honours_keys is None:
        return []
    return ["--keys" if result.honours_keys else "--no-keys"]
