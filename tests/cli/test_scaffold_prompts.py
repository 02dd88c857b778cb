"""The questions about edited files and the offer to scaffold, in a real pseudo-terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.process import advisor
from tests.cli.terminal import CTRL_C, CTRL_D, ENTER, EXECUTOR, OFFER, TRIGGERER, Terminal
from tests.cli.test_prompts import ALL, FIRST
from tests.cli.test_scaffold import COMMAND
from tests.scaffold.making import tree

OPERATORS = "plugins/nightly_spark/operators.py"
HOOKS = "plugins/nightly_spark/hooks.py"
ASKED = "was edited, or does not belong to this package. Overwrite it? [y/n/a/d/q]"
OPERATOR_NAME = "What is the operator called?"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project with a scaffold in which two files were edited."""
    for name in ("plugins", "dags"):
        (tmp_path / name).mkdir()
    assert advisor(*COMMAND, folder=tmp_path).code == 0
    for file in (OPERATORS, HOOKS):
        (tmp_path / file).write_text("mine\n")
    return tmp_path


def test_scaffold_asks_about_each_conflict(project: Path) -> None:
    with Terminal(*COMMAND, folder=project) as terminal:
        terminal.answers(f"{HOOKS} {ASKED}", "n", ENTER)
        terminal.answers(f"{OPERATORS} {ASKED}", "y", ENTER)
        terminal.sees("Next")
        assert terminal.ends() == 0
    shown = terminal.seen.replace("\x1b[33m", "").replace("\x1b[0m", "")
    assert f"skip  {HOOKS}" in shown
    assert f"force  {OPERATORS}" in shown
    assert (project / HOOKS).read_text() == "mine\n"
    assert (project / OPERATORS).read_text() != "mine\n"


def test_scaffold_shows_the_diff_as_often_as_asked(project: Path) -> None:
    with Terminal(*COMMAND, folder=project) as terminal:
        for _ in range(2):
            terminal.answers(ASKED, "d", ENTER)
            terminal.sees(f"+++ {HOOKS}")
            terminal.sees("-mine")
        terminal.answers(ASKED, "a", ENTER)
        assert terminal.ends() == 0
    assert (project / OPERATORS).read_text() != "mine\n"


def test_scaffold_explains_the_answers_after_an_unknown_one(project: Path) -> None:
    with Terminal(*COMMAND, folder=project) as terminal:
        terminal.answers(ASKED, ENTER)
        terminal.sees("a  overwrite this and all remaining files")
        terminal.answers(ASKED, "x", ENTER)
        terminal.sees("q  quit without writing anything")
        terminal.answers(ASKED, "q", ENTER)
        assert terminal.ends() == 1


@pytest.mark.parametrize(
    ("key", "code", "message"),
    [
        ("q\r", 1, "error: cancelled; nothing was written"),
        (CTRL_C, 130, ""),
        (CTRL_D, 130, "Interrupted."),
    ],
)
def test_scaffold_leaves_everything_as_before_if_the_user_gives_up(
    key: str, code: int, message: str, project: Path
) -> None:
    before = tree(project)
    with Terminal(*COMMAND, folder=project) as terminal:
        terminal.answers(ASKED, "y", ENTER)
        terminal.answers(ASKED, key)
        terminal.sees(message)
        assert terminal.ends() == code
    assert tree(project) == before


def test_scaffold_dry_run_asks_nothing(project: Path) -> None:
    with Terminal(*COMMAND, "--dry-run", folder=project) as terminal:
        assert terminal.ends() == 1
    assert "[y/n/a/d/q]" not in terminal.seen


def test_offer_scaffolds_the_recommendation(tmp_path: Path) -> None:
    with Terminal("recommend", folder=tmp_path, columns=250) as terminal:
        terminal.answers_all(ALL)
        terminal.answers(OFFER, "y", ENTER)
        terminal.answers(OPERATOR_NAME, ENTER)
        terminal.sees("advisor scaffold resumable MyJob --airflow-version 3.4")
        terminal.sees("Next")
        assert terminal.ends() == 0
    assert (tmp_path / "my_job" / "operators.py").exists()


def test_offer_asks_again_for_an_impossible_name(tmp_path: Path) -> None:
    plain = {"TERM": "dumb"}
    given = (
        *("--no-triggerer", "--duration", "3h", "--duplicate-risk", "costly", "--work", "job"),
        *("--airflow-version", "3.3", "--system", "my-cluster"),
        *("--set", "job_id=yes", "--set", "idempotency_key=no"),
    )
    with Terminal("recommend", *given, folder=tmp_path, environment=plain) as terminal:
        terminal.answers("async client or hook", "2", ENTER)
        terminal.answers(EXECUTOR, ENTER)
        terminal.answers(OFFER, "yes", ENTER)
        terminal.answers(OPERATOR_NAME, "2fast", ENTER)
        terminal.answers("starts with a digit", "my load", ENTER)
        terminal.sees("advisor scaffold resumable MyLoad --airflow-version 3.3")
        assert terminal.ends() == 0
    assert (tmp_path / "my_load").is_dir()


def test_offer_writes_nothing_if_declined(tmp_path: Path) -> None:
    with Terminal("recommend", folder=tmp_path, columns=250) as terminal:
        terminal.answers_all(ALL)
        terminal.answers(OFFER, ENTER)
        assert terminal.ends() == 0
    assert tree(tmp_path) == {}


def test_offer_exits_with_130_on_ctrl_c(tmp_path: Path) -> None:
    with Terminal("recommend", "--save", "answers.yaml", folder=tmp_path) as terminal:
        terminal.answers_all(ALL)
        terminal.answers(OFFER, CTRL_C)
        terminal.sees("Interrupted.")
        assert terminal.ends() == 130
    assert [file.name for file in tmp_path.iterdir()] == ["answers.yaml"]


def test_offer_is_skipped_without_a_scaffold(tmp_path: Path) -> None:
    old = ("--airflow-version", "2.10", "--work", "event", "--system", "spark")
    with Terminal("recommend", *old, folder=tmp_path) as terminal:
        terminal.answers_all(((TRIGGERER, (ENTER,)), *FIRST[2:4]))
        assert terminal.ends() == 0
    assert "deferrable operator" in terminal.seen
    assert OFFER not in terminal.seen
