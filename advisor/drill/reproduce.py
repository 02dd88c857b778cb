"""How to repeat what a drill has found: commands, and a report of them for a failing test."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from advisor.documents.model import printable
from advisor.drill.model import DrillResult, Outcome
from advisor.drill.scenarios import point_text, text_of


def report_of(result: DrillResult, outcomes: Iterable[Outcome]) -> str:
    """Return a line for each of some outcomes: the command that repeats it, and its findings."""
    return "\n".join(_line(result, each) for each in outcomes)


def _line(result: DrillResult, outcome: Outcome) -> str:
    findings = ", ".join(finding.value for finding in outcome.findings)
    if outcome.scenario.service_fault:
        return f"{text_of(outcome.scenario)}: {findings}"
    return f"{again(result, outcome)}  # {findings}"


def again(result: DrillResult, outcome: Outcome) -> str:
    """Return the command that repeats one scenario, step by step."""
    target = result.target
    python = ["--python", target.python] if target.python else []
    words = ["advisor", "drill", target.text, *python, *_keys(result), *_only(outcome)]
    return printable(shlex.join(words))


def only(outcome: Outcome) -> str:
    """Return the options that name one scenario, as they are typed."""
    return printable(shlex.join(_only(outcome)))


def _only(outcome: Outcome) -> list[str]:
    aims = outcome.scenario.aims
    return [word for aim in aims for word in ("--only", point_text(*aim))]


def _keys(result: DrillResult) -> list[str]:
    if result.honours_keys is None:
        return []
    return ["--keys" if result.honours_keys else "--no-keys"]
