"""How to repeat what a drill has found: commands, and a report of them for a failing test."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from advisor.documents.model import printable
from advisor.drill.model import Drilled, Outcome
from advisor.drill.scenarios import point_text, text_of


def report_of(drilled: Drilled, outcomes: Iterable[Outcome]) -> str:
    """Return a line for each of some outcomes: the command that repeats it, and its findings."""
    return "\n".join(_line(drilled, each) for each in outcomes)


def _line(drilled: Drilled, outcome: Outcome) -> str:
    findings = ", ".join(finding.value for finding in outcome.findings)
    if outcome.scenario.circumstance:
        return f"{text_of(outcome.scenario)}: {findings}"
    return f"{again(drilled, outcome)}  # {findings}"


def again(drilled: Drilled, outcome: Outcome) -> str:
    """Return the command that repeats one scenario, step by step."""
    target = drilled.target
    python = ["--python", target.python] if target.python else []
    words = ["advisor", "drill", target.text, *python, *_keys(drilled), *_only(outcome)]
    return printable(shlex.join(words))


def only(outcome: Outcome) -> str:
    """Return the options that name one scenario, as they are typed."""
    return printable(shlex.join(_only(outcome)))


def _only(outcome: Outcome) -> list[str]:
    aims = outcome.scenario.aims
    return [word for aim in aims for word in ("--only", point_text(*aim))]


def _keys(drilled: Drilled) -> list[str]:
    if drilled.honours_keys is None:
        return []
    return ["--keys" if drilled.honours_keys else "--no-keys"]
