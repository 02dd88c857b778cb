"""What an upgrade of a provider changes."""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog.upgrade import Change, find_upgrade, known_releases, written_changes
from advisor.knowledge.model import Source
from advisor.knowledge.operators import Mode, Operator, OperatorFact
from advisor.knowledge.versions import ALL_VERSIONS, Version, parse_range
from tests.catalog.made import OPERATORS, facts, snapshot

SOURCES = (Source("measured", "read in a test"),)
MODE = Mode(
    pattern="plain",
    arguments={},
    provider=parse_range(">=8.0, <9.0"),
    airflow=ALL_VERSIONS,
    retry_duplicates="yes",
    reruns_failed=True,
    finds_running=False,
    retry="submits again",
    kill="leaves the job",
    sources=SOURCES,
)
LATER = replace(MODE, provider=parse_range(">=9.0"), retry="finds the job")
FACT = OperatorFact(
    "sound-from", (), parse_range(">=9.2"), ALL_VERSIONS, "the flag", "ignored", (), SOURCES
)
OLD, NEW = Version(8, 5), Version(9, 5)


def written(*modes: Mode, facts: tuple[OperatorFact, ...] = ()) -> Operator:
    return Operator("Own", "m", "p", "p", "", "operator", "Own()", modes, (), None, facts)


def summed(changes: list[Change]) -> list[tuple[str, str, str]]:
    return [(str(each.release), each.old, each.new) for each in changes]


def test_mode_that_continues_differently_is_one_change() -> None:
    changes = written_changes(written(MODE, LATER), OLD, NEW)
    assert summed(changes) == [("9.0", "submits again", "finds the job")]


def test_mode_that_begins_or_ends_is_a_change() -> None:
    other = replace(LATER, pattern="deferrable")
    changes = written_changes(written(MODE, other), OLD, NEW)
    assert summed(changes) == [("9.0", "submits again", ""), ("9.0", "", "finds the job")]


def test_mode_that_continues_alike_is_no_change() -> None:
    same = replace(LATER, retry=MODE.retry, arguments={"flag": "True"})
    assert written_changes(written(MODE, same), OLD, NEW) == []


def test_mode_for_other_airflow_versions_does_not_continue_one() -> None:
    older = replace(MODE, airflow=parse_range("<3.3"))
    newer = replace(LATER, airflow=parse_range(">=3.3"))
    assert len(written_changes(written(older, newer), OLD, NEW)) == 2


def test_changed_kill_is_a_change_of_its_own() -> None:
    changes = written_changes(written(MODE, replace(LATER, kill="cancels the job")), OLD, NEW)
    assert [each.about for each in changes] == ["plain, retry", "plain, kill"]


def test_changes_outside_of_the_upgrade_are_left_out() -> None:
    assert written_changes(written(MODE, LATER, facts=(FACT,)), Version(9, 2), NEW) == []
    assert summed(written_changes(written(facts=(FACT,)), OLD, Version(9, 2))) == [
        ("9.2", "ignored", "works")
    ]


def test_defects_begin_and_end() -> None:
    defect = replace(FACT, kind="defect", provider=parse_range(">=9.0, <9.4"), text="it hangs")
    changes = written_changes(written(facts=(defect,)), OLD, NEW)
    assert summed(changes) == [("9.0", "", "it hangs"), ("9.4", "it hangs", "")]


def test_upgrade_has_the_required_airflow_and_the_facts_from_source() -> None:
    upgrade = find_upgrade(facts(), None, snapshot(), Version(9, 17), Version(9, 39))
    assert upgrade.recorded
    assert [(str(c.release), c.kind, c.about, c.old, c.new) for c in upgrade.changes] == [
        ("9.24", "requires", "Airflow", ">=2.10", ">=2.11"),
        ("9.24", "source", "parameter resume_glue_job_on_retry", "no", "yes"),
        ("9.35", "source", "acts", "no", "yes"),
        ("9.35", "source", "durable", "no", "yes"),
        ("9.35", "source", "retry_finds_job_by", "nothing", "task-state-store"),
    ]


def test_upgrade_of_an_operator_without_history_says_so() -> None:
    upgrade = find_upgrade(OPERATORS[2], None, snapshot(), Version(1, 0), Version(1, 21))
    assert not upgrade.recorded
    assert [each.kind for each in upgrade.changes] == ["requires"]


def test_known_releases_are_those_of_the_snapshot() -> None:
    assert known_releases("standard", snapshot()) == [Version(1, 0), Version(1, 21)]
    assert known_releases("own-package", snapshot()) == []
