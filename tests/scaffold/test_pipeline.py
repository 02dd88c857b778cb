"""scaffold as a function: it returns what the command prints, and prints nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.scaffold.model import Overrides, ScaffoldRequest
from advisor.scaffold.pipeline import ScaffoldResult, default_places, scaffold
from advisor.scaffold.plan import Resolve, Status
from tests.scaffold.making import places_in, tree

REQUEST = ScaffoldRequest("resumable", "nightly spark", airflow="3.3")
OPERATORS = Path("plugins/nightly_spark/operators.py")


def run(
    folder: Path, *requests: ScaffoldRequest, dry_run: bool = False, resolve: Resolve | None = None
) -> ScaffoldResult:
    return scaffold(
        requests or [REQUEST],
        Overrides(),
        places=places_in(folder),
        dry_run=dry_run,
        resolve=resolve,
    )


def statuses(result: ScaffoldResult) -> set[Status]:
    return {step.status for plan in result.plans for step in plan.steps}


def test_scaffold_writes_and_returns_the_next_commands(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    result = run(tmp_path)
    assert result.is_written
    assert statuses(result) == {Status.create}
    assert result.next[0] == f"python -m pytest {tmp_path}/plugins/nightly_spark/tests"
    assert result.notes == ()
    assert (tmp_path / OPERATORS).exists()
    assert capfd.readouterr() == ("", "")


def test_scaffold_writes_nothing_in_a_dry_run(tmp_path: Path) -> None:
    result = run(tmp_path, dry_run=True)
    assert not result.is_written
    assert statuses(result) == {Status.create}
    assert result.next == ()
    assert tree(tmp_path) == {}


def test_scaffold_writes_nothing_while_a_conflict_is_unresolved(tmp_path: Path) -> None:
    run(tmp_path)
    (tmp_path / OPERATORS).write_text("mine\n")
    before = tree(tmp_path)
    other = ScaffoldRequest("resumable", "other", airflow="3.3")
    result = run(tmp_path, REQUEST, other)
    assert not result.is_written
    assert [step.target for step in result.conflicts] == [tmp_path / OPERATORS]
    assert tree(tmp_path) == before


@pytest.mark.parametrize("status", [Status.force, Status.skip])
def test_scaffold_resolves_conflicts_with_the_callback(status: Status, tmp_path: Path) -> None:
    run(tmp_path)
    (tmp_path / OPERATORS).write_text("mine\n")
    result = run(tmp_path, resolve=lambda _: status)
    assert result.is_written
    assert statuses(result) == {Status.identical, status}
    assert ((tmp_path / OPERATORS).read_text() == "mine\n") is (status is Status.skip)


def test_default_places_are_the_folders_of_an_airflow_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (default_places().into, default_places().dags) == (Path(), Path())
    (tmp_path / "plugins").mkdir()
    (tmp_path / "dags").mkdir()
    assert (default_places().into, default_places().dags) == (Path("plugins"), Path("dags"))
    assert default_places(Path("x")).into == Path("x")
