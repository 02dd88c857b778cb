"""Real operators on a real task runner: the controls are found wrong, the scaffolds survive."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from advisor.cli.app import run
from advisor.drill import drill
from advisor.drill.drilling import Wish, drill_target
from advisor.drill.model import Drilled, Finding, Signal
from advisor.drill.scenarios import text_of
from advisor.drill.target import read_target
from advisor.errors import InputError
from tests.airflow.environments import python_with

pytestmark = pytest.mark.airflow

CONTROLS = Path(__file__).parents[2] / "advisor" / "drill" / "controls"
PLAIN, DOCUMENTED = f"{CONTROLS}/plain.py:plain", f"{CONTROLS}/documented.py:documented"
STEMS = {
    "resumable": "NightlyReport",
    "deferrable": "NightlyLoad",
    "checkpoint": "NightlyBatches",
    "async": "NightlyRequests",
}


def drilled(
    target: str, *signals: Signal, airflow: str = "3.3.2", keys: bool | None = None
) -> Drilled:
    named = read_target(target, str(python_with(airflow)))
    return drill_target(named, Wish(signals or (Signal.KILL,), honours_keys=keys))


def lines(result: Drilled, finding: Finding) -> list[str]:
    """Return the lines at which a kill has led to a finding; calls are counted with their lines."""
    places = [
        point.place
        for outcome in result.outcomes
        if finding in outcome.findings and not outcome.scenario.circumstance
        for point, _ in outcome.scenario.aims
    ]
    return [place for place in places if place.rpartition(":")[2].isdecimal()]


@pytest.fixture(scope="module")
def scaffolds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scaffolds")
    for pattern, stem in STEMS.items():
        places = ["--into", str(folder), "--dags", str(folder)]
        assert run(["scaffold", pattern, stem, "--airflow-version", "3.3", *places]) == 0
    return folder


def test_plain_submit_and_poll_is_submitted_twice_nearly_everywhere() -> None:
    result = drilled(PLAIN)
    assert len(lines(result, Finding.duplicate)) == 6
    assert lines(result, Finding.result_lost) == []


def test_the_mixin_as_documented_has_its_window_and_loses_results() -> None:
    result = drilled(DOCUMENTED)
    assert Counter(lines(result, Finding.duplicate)) == {
        "resumablejobmixin.py:202": 1,
        "resumablejobmixin.py:203": 1,
    }
    in_window = [each for each in result.violations if Finding.duplicate in each.findings]
    assert all(each.in_window for each in in_window if each.scenario.aims)
    assert len(lines(result, Finding.result_lost)) >= 10


@pytest.mark.parametrize("airflow", ["3.3.2", "3.4.0b2"])
@pytest.mark.parametrize("pattern", STEMS)
def test_a_scaffold_survives_every_kill(scaffolds: Path, pattern: str, airflow: str) -> None:
    package = next(each for each in scaffolds.iterdir() if is_of(each, pattern))
    signals = (Signal.KILL, Signal.TERM) if pattern in {"resumable", "deferrable"} else ()
    result = drilled(str(package), *signals, airflow=airflow)
    assert [text_of(each.scenario) for each in result.violations] == []
    assert result.fired == sum(len(each.scenario.aims) for each in result.outcomes)


def is_of(package: Path, pattern: str) -> bool:
    record = package / ".advisor.yaml"
    return record.exists() and f"pattern: {pattern}\n" in record.read_text(encoding="utf-8")


def test_without_keys_only_the_window_is_open(scaffolds: Path) -> None:
    package = next(each for each in scaffolds.iterdir() if is_of(each, "resumable"))
    result = drilled(str(package), keys=False)
    found = [each for each in result.violations if not each.scenario.circumstance]
    assert found
    assert all(each.in_window for each in found)


def test_an_airflow_that_is_not_known_is_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"1[.]2[.]2 is there, known are 1[.]3[.]0"):
        drill(PLAIN, python=python_with("3.2.2"))
