"""Probes an untested release of Airflow: the drill must find the known faults of the controls.

Before that, the runner has checked the names and signatures of the task SDK (`runtime/probe.py`).
That is enough for the releases that our test suite drills. On other releases, drilling the controls
shows whether these names still behave the same.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeAlias

from advisor import __version__
from advisor.documents.files import replace_file
from advisor.documents.model import printable
from advisor.drill.model import Finding, Signal, Target
from advisor.drill.runner import OPTION, UPGRADE, RunnerProcess
from advisor.drill.runtime.messages import Loaded
from advisor.drill.scenarios import each_point
from advisor.drill.session import DrillOptions, Session
from advisor.errors import InputError, ProbeFailed

Kinds: TypeAlias = dict[Signal, frozenset[Finding]]
"""The findings of each signal, over all points."""

SDK: Final = "apache-airflow-task-sdk"
TESTED: Final = frozenset({"1.3.0", "1.3.1", "1.3.2", "1.4.0b2"})
"""The releases of the task SDK that our test suite drills."""
CONTROLS: Final = Path(__file__).with_name("controls")
EXPECTED: Final[Mapping[str, Kinds]] = {
    "plain": {
        Signal.KILL: frozenset({Finding.duplicate}),
        Signal.TERM: frozenset({Finding.duplicate}),
        Signal.END: frozenset({Finding.orphan}),
    },
    "documented": {
        Signal.KILL: frozenset({Finding.duplicate, Finding.result_lost}),
        Signal.TERM: frozenset({Finding.result_lost}),
        Signal.END: frozenset({Finding.orphan}),
    },
}
"""The findings in each control on the tested releases."""
CACHE: Final = "drill-probes.json"
JOBS: Final = 2


def notes_on(loaded: Loaded, check: Callable[[], list[str]]) -> tuple[str, ...]:
    """Return notes about the runner's Airflow; probe it first if the release is untested.

    Only passed probes are cached. A failed probe is repeated, because a busy machine can cause it.

    Args:
        loaded: the runner's report.
        check: probes the release; returns how its findings differ from the expected ones.

    Raises:
        ProbeFailed: the findings differ from the expected ones.
    """
    if loaded.sdk in TESTED:
        return ()
    key = f"{loaded.python}, {SDK} {loaded.sdk}, advisor {__version__}"
    if key not in _read_cache():
        if different := check():
            message = f"{loaded.python}: {SDK} {loaded.sdk}: {'; '.join(different)}"
            raise ProbeFailed.of(OPTION, printable(message), UPGRADE)
        _remember(key)
    return (f"{SDK} {loaded.sdk} is untested, but passed the probe of the drill",)


def check_controls(python: str) -> list[str]:
    """Drill the controls; return how their findings differ from the expected ones.

    Args:
        python: the interpreter with Airflow, as the user typed it.
    """
    different: list[str] = []
    for control in EXPECTED:
        try:
            different += differences(control, kinds_of(control, python))
        except InputError as error:
            different += [f"control {control}: {each.line()}" for each in error.problems]
    return different


def kinds_of(control: str, python: str) -> Kinds:
    """Drill a control; return the findings of each signal."""
    target = Target(control, str(CONTROLS / f"{control}.py"), factory=control, python=python)
    with RunnerProcess(target) as runner:
        session = Session(runner, target, DrillOptions(jobs=JOBS))
        outcomes = session.outcomes([*each_point(session.reached, [*Signal], session.behaviour)])
    return {
        signal: frozenset(
            finding
            for outcome in outcomes
            if outcome.scenario.aims[0][1] is signal
            for finding in outcome.findings
        )
        for signal in Signal
    }


def differences(control: str, kinds: Kinds) -> list[str]:
    """Return how the findings in a control differ from the expected ones."""
    return [
        f"control {control}, {signal.value}: found {_in_words(kinds[signal])}, "
        f"expected {_in_words(expected)}"
        for signal, expected in EXPECTED[control].items()
        if kinds[signal] != expected
    ]


def _in_words(findings: frozenset[Finding]) -> str:
    return ", ".join(each.value for each in Finding if each in findings) or "nothing"


def _cache_file() -> Path:
    folder = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(folder, "advisor", CACHE)


def _read_cache() -> list[str]:
    """Return the passed probes; [] if the cache is missing, unreadable or damaged."""
    with suppress(OSError, ValueError, RuntimeError):  # RuntimeError: no home folder
        passed = json.loads(_cache_file().read_text(encoding="utf-8"))
        if isinstance(passed, list):
            return [each for each in passed if isinstance(each, str)]
    return []


def _remember(key: str) -> None:
    """Add a passed probe to the cache; do nothing if the cache cannot be written."""
    with suppress(OSError, RuntimeError):
        file = _cache_file()
        file.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps([*_read_cache(), key], indent=2)
        replace_file(file, f"{text}\n".encode())
