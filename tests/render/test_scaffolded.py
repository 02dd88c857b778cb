"""The result of a scaffold in a terminal and as JSON."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest
from jsonschema import Draft202012Validator
from syrupy.assertion import SnapshotAssertion

from advisor.render.scaffold import (
    difference,
    print_scaffold,
    scaffold_document,
    scaffold_schema,
    text_lines,
)
from advisor.scaffold.model import Folder
from advisor.scaffold.pipeline import ScaffoldResult
from advisor.scaffold.plan import Places, Plan, Status, Step
from tests.render.conftest import printed, screen
from tests.scaffold.making import SPEC

OLD, NEW = b"a = 1\nb = 1\n", b"a = 2\nb = 1\n"
CONTENTS = {
    Status.create: (None, NEW),
    Status.identical: (NEW, NEW),
    Status.remove: (OLD, None),
    Status.leave: (OLD, None),
}


def step(status: Status, path: str = "", folder: Folder = Folder.package) -> Step:
    inside = PurePosixPath(path or f"{status.value}.py")
    top = Path("plugins/nightly_spark" if folder is Folder.package else "dags")
    return Step(status, folder, inside, top / inside, *CONTENTS.get(status, (OLD, NEW)))


def result(*, dry_run: bool = False) -> ScaffoldResult:
    steps = (
        *map(step, Status),
        step(Status.create, "tests/test_operator.py"),
        step(Status.create, "nightly_spark_example.py", Folder.dags),
    )
    plan = Plan(SPEC, Places(Path("plugins"), Path("dags")), steps, {})
    next_ = () if dry_run else ("python -m pytest plugins/nightly_spark/tests",)
    return ScaffoldResult((plan,), (), next_, not dry_run)


@pytest.mark.parametrize("dry_run", [False, True])
def test_text(dry_run: bool, snapshot: SnapshotAssertion) -> None:
    assert "".join(text_lines(result(dry_run=dry_run), diff=False)) == snapshot


def test_text_with_differences(snapshot: SnapshotAssertion) -> None:
    assert "".join(text_lines(result(dry_run=True), diff=True)) == snapshot


@pytest.mark.parametrize("width", [100, 20])
@pytest.mark.parametrize("diff", [False, True])
def test_print_scaffold_keeps_long_lines_whole(width: int, diff: bool) -> None:
    console = screen(width)
    print_scaffold(console, result(), diff=diff)
    assert printed(console) == "".join(text_lines(result(), diff=diff))


def test_print_scaffold_keeps_tabs_in_diffs() -> None:
    plan = result().plans[0]
    tabs = replace(plan, steps=(replace(step(Status.update), old=b"\ta\tb\n", new=b"c\n"),))
    console = screen(100)
    print_scaffold(console, replace(result(), plans=(tabs,)), diff=True)
    assert "\n-\ta\tb\n+c\n" in printed(console)


def test_coloured_terminal(snapshot: SnapshotAssertion) -> None:
    console = screen(100, colour=True)
    print_scaffold(console, result(), diff=False)
    assert printed(console) == snapshot


@pytest.mark.parametrize("diff", [False, True])
def test_json(diff: bool, snapshot: SnapshotAssertion) -> None:
    shape = scaffold_document(result(), diff=diff, dry_run=False)
    assert shape == snapshot
    Draft202012Validator(scaffold_schema()).validate(shape)


def test_schema(snapshot: SnapshotAssertion) -> None:
    Draft202012Validator.check_schema(scaffold_schema())
    assert scaffold_schema() == snapshot


@pytest.mark.parametrize("status", [Status.identical, Status.leave, Status.skip])
def test_difference_is_empty_if_nothing_changes(status: Status) -> None:
    assert difference(step(status)) == ""


def test_difference_has_no_control_characters() -> None:
    shown = difference(replace(step(Status.update), old=b"\x1b[31m\xff\n"))
    assert "-\ufffd[31m\ufffd\n" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("old", "message"),
    [
        (b"a = 2\r\nb = 1\n", "-a = 2\ufffd\n+a = 2\n"),
        (b"a = 2\nb = 1", "-b = 1\n\\ No newline at end of file\n+b = 1\n"),
        (b"a = 2\n\tb = 1\n", "-\tb = 1\n+b = 1\n"),
    ],
)
def test_difference_shows_white_space(old: bytes, message: str) -> None:
    assert message in difference(replace(step(Status.update), old=old))
