"""The set-up of a checkout: the README's commands, CI and the constraints file."""

from __future__ import annotations

import re
from importlib.metadata import requires
from pathlib import Path

ROOT = Path(__file__).parents[1]
PINS = [
    line
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


def test_ci_runs_the_test_command_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"^python3 -m venv .* && \.venv/bin/nox$", readme, re.MULTILINE)
    assert f"\n    {command}\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_constraints_hold_versions_only() -> None:
    pin = re.compile(r"[a-z0-9-]+==[0-9.]+( ; [a-z_]+ [=!<>]+ '[\w.]+')?")
    assert [line for line in PINS if not pin.fullmatch(line)] == []


def test_constraints_leave_the_requirements_of_advisor_free() -> None:
    required = {
        re.split(r"[^\w-]", requirement)[0].lower()
        for requirement in requires("airflow-pattern-advisor") or ()
        if "extra ==" not in requirement
    }
    assert required
    assert required.isdisjoint(line.partition("==")[0] for line in PINS)
