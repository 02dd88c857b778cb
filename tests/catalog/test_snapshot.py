"""The shipped snapshot of the catalogue, and how it answers."""

from __future__ import annotations

import dataclasses
import datetime
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from advisor.catalog.model import OperatorFacts
from advisor.catalog.snapshot import FILE, Change, Snapshot, load_snapshot
from advisor.knowledge.versions import Version

GLUE = "airflow.providers.amazon.aws.operators.glue.GlueJobOperator"
ROW = [
    "JobOperator", "operator", "parameter", "config", "yes", "yes", "task-state-store", "yes",
    "no", 600, {"delay": "60", "attempts": "10"}, "yes", "token", ["attempts", "delay", "token"],
]  # fmt: skip
CONTENT: dict[str, Any] = {
    "format": 1,
    "date": "2026-11-28",
    "airflow": "3.3.2",
    "inputs": {"acme": "2.1.0", "other": "1.4.0"},
    "operators": {
        "acme": {"acme.operators": [ROW, ["AcmeSensor", "sensor", *ROW[2:]]]},
        "other": {"other.operators": [["JobOperator", *ROW[1:]]]},
    },
    "releases": {"acme": ["1.0.0", "1.1.0", "2.0.0", "2.1.0"], "other": ["1.4.0"]},
    "requires": {"acme": [["1.0.0", "2.8.0"], ["2.0.0", "2.11.0"]], "other": [["1.4.0", "2.11.0"]]},
    "python": {"acme": [["1.0.0", ">=3.10"]], "other": [["1.4.0", ">=3.11"]]},
    "history": {
        "acme.operators.JobOperator": [
            [
                "1.0.0",
                {
                    "exists": "yes",
                    "deferrable": "never",
                    "durable": "no",
                    "wait_limit_s": None,
                    "parameter token": "yes",
                },
            ],
            ["1.1.0", {"deferrable": "parameter", "wait_limit_s": 300, "parameter token": "no"}],
            ["2.0.0", {"parameter token": "yes"}],
            ["2.1.0", {"durable": "yes", "wait_limit_s": 600}],
        ],
        "acme.operators.NewOperator": [
            ["1.0.0", {"exists": "no"}],
            ["2.0.0", {"exists": "yes", "deferrable": "never", "wait_limit_s": None}],
        ],
    },
    "recorded_from": {"acme": "1.0.0"},
}  # fmt: skip
JOB = "acme.operators.JobOperator"


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    file = tmp_path / "snapshot.json.gz"
    file.write_bytes(gzip.compress(json.dumps(CONTENT).encode()))
    return load_snapshot(file)


def test_operators_have_all_facts_of_their_row(snapshot: Snapshot) -> None:
    assert snapshot.operators[0] == OperatorFacts(
        module="acme.operators",
        name="JobOperator",
        provider="acme",
        kind="operator",
        deferrable="parameter",
        deferrable_default="config",
        durable="yes",
        acts="yes",
        retry_finds_job_by="task-state-store",
        on_kill="yes",
        trigger_on_kill="no",
        wait_limit_s=600,
        wait_parameters={"delay": "60", "attempts": "10"},
        timeout_while_deferred="yes",
        idempotency_parameter="token",
        parameters=("attempts", "delay", "token"),
    )


def test_find_returns_the_class_of_every_provider(snapshot: Snapshot) -> None:
    assert [each.provider for each in snapshot.find("JobOperator")] == ["acme", "other"]


def test_find_ignores_case(snapshot: Snapshot) -> None:
    assert [each.name for each in snapshot.find("acmesensor")] == ["AcmeSensor"]


def test_find_with_the_module_returns_one_class(snapshot: Snapshot) -> None:
    assert [each.provider for each in snapshot.find("other.operators.JobOperator")] == ["other"]


def test_find_of_an_unknown_class_returns_nothing(snapshot: Snapshot) -> None:
    assert snapshot.find("NoSuchOperator") == ()


@pytest.mark.parametrize(
    ("release", "airflow"),
    [
        (Version(1, 0), Version(2, 8)),
        (Version(1, 1, 5), Version(2, 8)),
        (Version(2, 0), Version(2, 11)),
        (Version(2, 2), None),
        (Version(0, 9), None),
    ],
)
def test_required_airflow_is_that_of_the_last_recorded_release(
    snapshot: Snapshot, release: Version, airflow: Version | None
) -> None:
    assert snapshot.requires_airflow("acme", release) == airflow


@pytest.mark.parametrize(
    ("airflow", "release"),
    [
        (Version(2, 7), None),
        (Version(2, 8), Version(1, 1)),
        (Version(2, 10, 5), Version(1, 1)),
        (Version(2, 11), Version(2, 1)),
        (Version(3, 3), Version(2, 1)),
    ],
)
def test_newest_for_an_airflow_can_be_installed_with_it(
    snapshot: Snapshot, airflow: Version, release: Version | None
) -> None:
    assert snapshot.newest_for("acme", airflow) == release


def test_newest_for_is_none_if_older_releases_are_not_recorded(snapshot: Snapshot) -> None:
    assert snapshot.newest_for("other", Version(2, 10)) is None


@pytest.mark.parametrize("unknown", ["newest_for", "requires_airflow"])
def test_versions_of_an_unknown_provider_are_none(snapshot: Snapshot, unknown: str) -> None:
    assert getattr(snapshot, unknown)("nobody", Version(3, 3)) is None


@pytest.mark.parametrize(
    ("what", "release"),
    [
        ("exists", Version(1, 0)),
        ("deferrable", Version(1, 1)),
        ("durable", Version(2, 1)),
        ("token", Version(2, 0)),
        ("unknown", None),
    ],
)
def test_since_is_the_first_release_without_interruption(
    snapshot: Snapshot, what: str, release: Version | None
) -> None:
    assert snapshot.since(JOB, what) == release


def test_since_without_history_is_none(snapshot: Snapshot) -> None:
    assert snapshot.since("other.operators.JobOperator", "exists") is None


def test_changes_exclude_the_old_and_include_the_new_release(snapshot: Snapshot) -> None:
    assert snapshot.changes(JOB, Version(1, 1), Version(2, 1)) == (
        Change(Version(2, 0), "parameter token", "no", "yes"),
        Change(Version(2, 1), "durable", "no", "yes"),
        Change(Version(2, 1), "wait_limit_s", 300, 600),
    )


def test_changes_of_a_new_class_are_that_it_exists(snapshot: Snapshot) -> None:
    assert snapshot.changes("acme.operators.NewOperator", Version(1, 0), Version(2, 1)) == (
        Change(Version(2, 0), "exists", "no", "yes"),
    )


def test_changes_of_a_class_without_history_are_empty(snapshot: Snapshot) -> None:
    assert not snapshot.has_history("other.operators.JobOperator")
    assert snapshot.changes("other.operators.JobOperator", Version(1, 0), Version(2, 0)) == ()


def test_shipped_file_is_small() -> None:
    assert FILE.stat().st_size <= 150_000


def test_shipped_file_has_no_time_of_its_own() -> None:
    assert FILE.read_bytes()[4:8] == bytes(4)


def test_shipped_snapshot_names_its_date_and_inputs() -> None:
    shipped = load_snapshot()
    assert datetime.date.fromisoformat(shipped.date) >= datetime.date(2026, 11, 1)
    assert len(shipped.inputs) >= 40
    assert {each.provider for each in shipped.operators} <= set(shipped.inputs)


def test_shipped_snapshot_lists_each_class_once() -> None:
    names = [(each.module, each.name) for each in load_snapshot().operators]
    assert len(names) == len(set(names))


def test_shipped_snapshot_can_answer_about_glue() -> None:
    shipped = load_snapshot()
    (glue,) = shipped.find("GlueJobOperator")
    assert (glue.deferrable, glue.durable, glue.acts) == ("parameter", "yes", "yes")
    assert (glue.wait_limit_s, glue.on_kill) == (4500, "yes")
    assert shipped.since(GLUE, "durable") == Version(9, 35)
    assert shipped.newest_for("amazon", Version(2, 9)) == Version(9, 6, 1)
    assert shipped.requires_airflow("amazon", Version(9, 24)) == Version(2, 11)


def test_every_fact_of_the_model_is_in_the_file() -> None:
    names = {each.name for each in dataclasses.fields(OperatorFacts)}
    row = load_snapshot().operators[0]
    assert names == set(dataclasses.asdict(row))
