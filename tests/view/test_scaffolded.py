"""The exact words for what was scaffolded, in a terminal and as JSON."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest
from jsonschema import Draft202012Validator
from syrupy.assertion import SnapshotAssertion

from advisor.scaffold.model import Folder
from advisor.scaffold.plan import Places, Plan, Status, Step
from advisor.view.difference import difference
from advisor.view.scaffolded import Scaffolded, print_scaffolded, shape_scaffolded, text_lines
from advisor.view.schemas import scaffold_schema
from tests.scaffold.making import ORDER
from tests.view.conftest import printed, screen

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


def made(*, diff: bool = False, dry_run: bool = False) -> Scaffolded:
    steps = (
        *map(step, Status),
        step(Status.create, "tests/test_operator.py"),
        step(Status.create, "nightly_spark_example.py", Folder.dags),
    )
    plan = Plan(ORDER, Places(Path("plugins"), Path("dags")), steps, {})
    next_ = () if dry_run else ("python -m pytest plugins/nightly_spark/tests",)
    return Scaffolded([plan], next_, dry_run, diff)


@pytest.mark.parametrize("dry_run", [False, True])
def test_text(dry_run: bool, snapshot: SnapshotAssertion) -> None:
    assert "".join(text_lines(made(dry_run=dry_run))) == snapshot


def test_text_with_differences(snapshot: SnapshotAssertion) -> None:
    assert "".join(text_lines(made(diff=True, dry_run=True))) == snapshot


@pytest.mark.parametrize("width", [100, 20])
def test_a_terminal_shows_the_same_words(width: int) -> None:
    console = screen(width)
    print_scaffolded(console, made())
    assert printed(console) == "".join(text_lines(made()))


def test_coloured_terminal(snapshot: SnapshotAssertion) -> None:
    console = screen(100, colour=True)
    print_scaffolded(console, made())
    assert printed(console) == snapshot


@pytest.mark.parametrize("diff", [False, True])
def test_json(diff: bool, snapshot: SnapshotAssertion) -> None:
    shape = shape_scaffolded(made(diff=diff))
    assert shape == snapshot
    Draft202012Validator(scaffold_schema()).validate(shape)


def test_schema(snapshot: SnapshotAssertion) -> None:
    Draft202012Validator.check_schema(scaffold_schema())
    assert scaffold_schema() == snapshot


@pytest.mark.parametrize("status", [Status.identical, Status.leave, Status.skip])
def test_what_does_not_change_has_no_difference(status: Status) -> None:
    assert difference(step(status)) == ""


def test_a_difference_shows_no_control_characters() -> None:
    shown = difference(step(Status.update)._replace(old=b"\x1b[31m\xff\n"))
    assert "-\ufffd[31m\ufffd\n" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("old", "said"),
    [
        (b"a = 2\r\nb = 1\n", "-a = 2\ufffd\n+a = 2\n"),
        (b"a = 2\nb = 1", "-b = 1\n\\ No newline at end of file\n+b = 1\n"),
        (b"a = 2\n\tb = 1\n", "-\tb = 1\n+b = 1\n"),
    ],
)
def test_a_difference_of_white_space_shows(old: bytes, said: str) -> None:
    assert said in difference(step(Status.update)._replace(old=old))
