"""The line drill on Airflow's task runner finds the faults of the controls; scaffolds survive."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from advisor.cli.app import run
from advisor.drill.api import DrillOptions, drill_target
from advisor.drill.command_line import read_target, text_of
from advisor.drill.model import DrillResult, Finding, Signal
from advisor.drill.scenarios import Sample
from advisor.render.drill_summary import duplicate_window
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


def drill_result(
    target: str,
    *signals: Signal,
    airflow: str = "3.3.2",
    keys: bool | None = None,
    pairs: Sample | None = None,
) -> DrillResult:
    named = read_target(target, str(python_with(airflow)))
    options = DrillOptions(signals or (Signal.KILL,), honours_keys=keys, pairs=pairs)
    return drill_target(named, options)


def lines(result: DrillResult, finding: Finding) -> list[str]:
    """Return the lines at which a signal led to a finding, without the calls."""
    places = [
        point.place
        for outcome in result.outcomes
        if finding in outcome.findings and not outcome.scenario.service_fault
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


def test_plain_control_has_duplicates_after_most_kills() -> None:
    result = drill_result(PLAIN)
    assert len(lines(result, Finding.duplicate)) == 6
    assert lines(result, Finding.result_lost) == []


def test_documented_control_has_duplicates_in_the_window_and_lost_results() -> None:
    result = drill_result(DOCUMENTED)
    assert Counter(lines(result, Finding.duplicate)) == {
        "resumablejobmixin.py:202": 1,
        "resumablejobmixin.py:203": 1,
    }
    duplicates = [each for each in result.violations if Finding.duplicate in each.findings]
    assert all(each.in_window for each in duplicates if not each.scenario.service_fault)
    faults = {each.scenario.service_fault for each in duplicates} - {""}
    assert faults == {
        "the answer to the submission is lost",
        "a job that succeeded is forgotten",
    }
    assert len(lines(result, Finding.result_lost)) >= 10


def test_plain_control_submits_three_jobs_after_two_kills() -> None:
    once, twice = drill_result(PLAIN), drill_result(PLAIN, pairs=Sample(budget=100))
    assert max(each.submissions for each in once.outcomes) == 2
    assert max(each.submissions for each in twice.outcomes) == 3
    assert twice.counts[Finding.duplicate] > once.counts[Finding.duplicate]


def test_same_seed_runs_the_same_pairs() -> None:
    runs = [drill_result(DOCUMENTED, pairs=Sample(20, seed)).outcomes for seed in (1, 1, 2)]
    one, same, other = ([text_of(each.scenario) for each in outcomes[-20:]] for outcomes in runs)
    assert one == same
    assert one != other


@pytest.mark.parametrize("pattern", STEMS)
def test_scaffold_survives_every_signal(scaffolds: Path, pattern: str) -> None:
    assert_survives(drill_result(package_of(scaffolds, pattern), *Signal))


@pytest.mark.parametrize("pattern", STEMS)
def test_scaffold_survives_every_signal_on_the_next_airflow(scaffolds: Path, pattern: str) -> None:
    assert_survives(drill_result(package_of(scaffolds, pattern), *Signal, airflow="3.4.0b2"))


@pytest.mark.parametrize("policy", ["cancel", "leave"])
@pytest.mark.parametrize("pattern", STEMS)
def test_scaffold_with_another_policy_loses_at_most_the_work(
    tmp_path: Path, pattern: str, policy: str
) -> None:
    options = ("--on-kill", policy, "--airflow-version", "3.3")
    places = ("--into", str(tmp_path), "--dags", str(tmp_path))
    assert run(["scaffold", pattern, STEMS[pattern], *options, *places]) == 0
    # TERM takes longest for async, and the parts that follow the policy are shared.
    signals = (Signal.END,) if pattern == "async" else (Signal.TERM, Signal.END)
    result = drill_result(package_of(tmp_path, pattern), *signals)
    found = {finding for each in result.outcomes for finding in each.findings}
    loses = policy == "cancel" and Signal.TERM in signals
    assert found == ({Finding.work_lost} if loses else set())


@pytest.mark.parametrize("pattern", STEMS)
def test_scaffold_survives_two_kills(scaffolds: Path, pattern: str) -> None:
    result = drill_result(package_of(scaffolds, pattern), pairs=Sample(budget=60))
    assert_survives(result)
    assert result.pair_summary is not None
    assert (result.pair_summary.run, result.pair_summary.all > 10_000) == (60, True)


def assert_survives(result: DrillResult) -> None:
    assert [text_of(each.scenario) for each in result.violations] == []
    assert result.sent == result.planned > 0


def package_of(scaffolds: Path, pattern: str) -> str:
    return str(next(each for each in scaffolds.iterdir() if is_of(each, pattern)))


def is_of(package: Path, pattern: str) -> bool:
    record = package / ".advisor.yaml"
    return record.exists() and f"pattern: {pattern}\n" in record.read_text(encoding="utf-8")


def test_scaffold_without_keys_has_duplicates_only_in_the_window(scaffolds: Path) -> None:
    result = drill_result(package_of(scaffolds, "resumable"), keys=False)
    found = [each for each in result.violations if not each.scenario.service_fault]
    assert found
    assert all(each.in_window for each in found)
    assert {finding for each in found for finding in each.findings} <= {
        Finding.duplicate,
        Finding.orphan,
    }
    named = re.findall(r"[a-z_.]+:\d+", duplicate_window(result))
    assert set(named) == set(lines(result, Finding.duplicate))
    assert {name.partition(":")[0] for name in named} <= {"operators.py"}


@pytest.mark.parametrize("airflow", ["3.3.0", "3.3.1"])
def test_drill_has_the_same_findings_on_earlier_releases(scaffolds: Path, airflow: str) -> None:
    assert lines(drill_result(DOCUMENTED, airflow=airflow), Finding.duplicate)
    package = next(each for each in scaffolds.iterdir() if is_of(each, "resumable"))
    assert drill_result(str(package), airflow=airflow).violations == []
