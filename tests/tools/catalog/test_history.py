"""The history of operators: which releases are read, and what a class looked like in each."""

from __future__ import annotations

import zipfile
from pathlib import Path

from catalog.history import State, bisect_states, constructor_parameters
from catalog.tracked import Tracked

NAMES = [f"1.{minor}.0" for minor in range(32)]
TRACKED = Tracked("acme.operators.job", "JobOperator", ())


def wheel_with(folder: Path, source: str) -> Path:
    wheel = folder / "acme-1.0.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("acme/operators/job.py", source)
    return wheel


def test_bisection_returns_both_ends_of_every_change() -> None:
    def state_of(release: str) -> State:
        minor = NAMES.index(release)
        return {"job": {"durable": minor >= 20, "deferrable": minor >= 3}}

    states = bisect_states(NAMES, state_of)
    assert {"1.2.0", "1.3.0", "1.19.0", "1.20.0"} <= set(states)
    assert list(states) == sorted(states, key=NAMES.index)


def test_bisection_of_unchanged_facts_reads_the_first_and_last_release() -> None:
    assert list(bisect_states(NAMES, lambda _: {"job": {}})) == ["1.0.0", "1.31.0"]


def test_constructor_parameters_are_those_of_the_class(tmp_path: Path) -> None:
    source = "class JobOperator:\n    def __init__(self, name, *, delay=3, **kwargs): ...\n"
    wheel = wheel_with(tmp_path, source)
    assert constructor_parameters(wheel, TRACKED) == ["self", "name", "delay"]


def test_constructor_parameters_without_the_class_are_none(tmp_path: Path) -> None:
    wheel = wheel_with(tmp_path, "class OtherOperator: ...\n")
    assert constructor_parameters(wheel, TRACKED) is None


def test_constructor_parameters_without_the_module_are_none(tmp_path: Path) -> None:
    wheel = wheel_with(tmp_path, "")
    assert constructor_parameters(wheel, Tracked("acme.moved", "JobOperator", ())) is None
