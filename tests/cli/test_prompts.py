"""The prompts of `advisor recommend`, in a pseudo-terminal."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.cli.process import advisor
from tests.cli.terminal import (
    CLIENT,
    CTRL_C,
    CTRL_D,
    DOWN,
    DUPLICATE,
    DURATION,
    ENTER,
    JOB_ID,
    KEY,
    OFFER,
    SYSTEM,
    TRIGGERER,
    VERSION,
    WORK,
    Terminal,
)

FIRST_FOUR = (
    (TRIGGERER, (DOWN, ENTER)),
    (DURATION, ("3h", ENTER)),
    (DUPLICATE, (DOWN, ENTER)),
    (CLIENT, (DOWN, ENTER)),
)
ALL = (
    *FIRST_FOUR,
    (VERSION, (ENTER,)),
    (WORK, (ENTER,)),
    (JOB_ID, (ENTER,)),
    (KEY, (ENTER,)),
    (SYSTEM, (ENTER,)),
)

# The part of each prompt that fits on the first line of a terminal with 20 columns.
BEGINNINGS = (
    "Does a",
    "How long",
    "What happens",
    "Does the",
    "Which Airflow",
    "What does",
    "Does the",
    "Can a",
    "Which system",
)


def saved(folder: Path) -> Path:
    return folder / "answers.yaml"


def answered_by_command(line: str, folder: Path) -> dict[str, str]:
    words = shlex.split(line)
    assert words[:2] == ["advisor", "recommend"]
    ran = advisor(*words[1:], "--format", "json", folder=folder)
    assert ran.code == 0
    answers: dict[str, str] = json.loads(ran.out)["recommendations"][0]["answers"]
    return answers


def test_prompts_end_with_a_recommendation_and_the_command_that_repeats_it(tmp_path: Path) -> None:
    with Terminal("recommend", folder=tmp_path, columns=250) as terminal:
        terminal.answers_all(ALL)
        terminal.sees("Understood: triggerer=no, duration=3h, duplicate_risk=costly")
        terminal.sees("resumable task")
        terminal.answers(OFFER, ENTER)
        assert terminal.ends() == 0
    line = re.search(r"The same run: (.*)\r\n", terminal.seen)
    assert line is not None
    answers = answered_by_command(line[1], tmp_path)
    assert answers["triggerer"] == "no"
    assert answers["duration"] == "3h"
    assert answers["duplicate_risk"] == "costly"
    assert answers["async_client"] == "no"


def test_each_answer_is_followed_by_what_it_decided(tmp_path: Path) -> None:
    with Terminal("recommend", folder=tmp_path) as terminal:
        terminal.answers(TRIGGERER, DOWN, ENTER)
        terminal.sees("\x1b[2m  deferrable ruled out: it needs a Triggerer\x1b[0m")
        terminal.answers(DURATION, "3h", ENTER)
        terminal.sees(
            "async not recommended: it is not meant for long waits; that leaves resumable"
        )
        terminal.answers(DUPLICATE, ENTER)
        terminal.sees("no change: resumable")
        terminal.answers(CLIENT, CTRL_C)
        assert terminal.ends() == 130


def test_first_letter_selects_a_choice_and_a_typed_version_replaces_the_default(
    tmp_path: Path,
) -> None:
    with Terminal("recommend", folder=tmp_path, columns=250) as terminal:
        terminal.answers(TRIGGERER, "n", ENTER)
        terminal.answers(DURATION, "3h", ENTER)
        terminal.answers(DUPLICATE, "u", ENTER)
        terminal.answers(CLIENT, "n", ENTER)
        terminal.answers(VERSION, "3.2", ENTER)
        terminal.sees("resumable ruled out: this Airflow version does not have it; no pattern fits")
        terminal.answers(WORK, CTRL_C)
        assert terminal.ends() == 130


def test_saved_answers_can_be_read_back(tmp_path: Path) -> None:
    with Terminal("recommend", "--save", "answers.yaml", folder=tmp_path) as terminal:
        terminal.answers_all(ALL)
        terminal.answers(OFFER, ENTER)
        assert terminal.ends() == 0
    again = answered_by_command("advisor recommend --answers answers.yaml", tmp_path)
    assert again["triggerer"] == "no"
    assert again["duration"] == "3h"
    assert again["idempotency_key"] == "unknown"


def test_prompts_skip_questions_that_cannot_matter(tmp_path: Path) -> None:
    with Terminal("recommend", folder=tmp_path) as terminal:
        terminal.answers_all((*FIRST_FOUR, (VERSION, (ENTER,))))
        terminal.answers(WORK, DOWN, DOWN, DOWN, ENTER)
        terminal.answers(SYSTEM, ENTER)
        assert terminal.ends() == 0
    assert JOB_ID not in terminal.seen
    assert KEY not in terminal.seen
    assert "a sensor in reschedule mode" in terminal.seen


def test_prompts_skip_questions_that_options_answer(tmp_path: Path) -> None:
    given = ["--triggerer", "--duration", "3h", "--duplicate-risk", "costly"]
    rest = ["--work", "event", "--airflow-version", "3.3", "--system", "spark"]
    with Terminal("recommend", *given, *rest, folder=tmp_path) as terminal:
        terminal.answers(CLIENT, ENTER)
        terminal.answers(OFFER, ENTER)
        assert terminal.ends() == 0
    assert TRIGGERER not in terminal.seen
    assert VERSION not in terminal.seen


def test_complete_options_need_no_prompts(tmp_path: Path) -> None:
    given = ["--triggerer", "--duration", "3h", "--duplicate-risk", "costly", "--async-client"]
    with Terminal("recommend", *given, folder=tmp_path) as terminal:
        assert terminal.ends() == 0
    assert "deferrable operator" in terminal.seen


def test_invalid_answer_is_explained_and_can_be_corrected(tmp_path: Path) -> None:
    with Terminal("recommend", folder=tmp_path) as terminal:
        terminal.answers(TRIGGERER, ENTER)
        terminal.answers(DURATION, "3", ENTER)
        terminal.sees("o unit in")
        terminal.press("h", ENTER)
        terminal.sees(DUPLICATE)
    assert terminal.seen.index("o unit in") < terminal.seen.index(DUPLICATE)


@pytest.mark.parametrize("at", range(len(ALL)), ids=[prompt for prompt, _ in ALL])
def test_ctrl_c_at_any_prompt_writes_nothing(tmp_path: Path, at: int) -> None:
    with Terminal("recommend", "--save", "answers.yaml", folder=tmp_path) as terminal:
        terminal.answers_all(ALL[:at])
        terminal.answers(ALL[at][0], CTRL_C)
        assert terminal.ends() == 130
    assert "Traceback" not in terminal.seen
    assert list(tmp_path.iterdir()) == []


def test_ctrl_d_exits_with_130(tmp_path: Path) -> None:
    with Terminal("recommend", folder=tmp_path) as terminal:
        terminal.answers(TRIGGERER, ENTER)
        terminal.answers(DURATION, CTRL_D)
        assert terminal.ends() == 130
    assert "Traceback" not in terminal.seen


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"ADVISOR_PLAIN": "1"}], ids=str)
def test_prompts_are_plain_lines_without_menus(tmp_path: Path, environment: dict[str, str]) -> None:
    with Terminal("recommend", folder=tmp_path, environment=environment) as terminal:
        terminal.answers("1 to 2: ", "maybe", ENTER)
        terminal.sees("Enter a number from 1 to 2.")
        terminal.answers("1 to 2: ", "n", ENTER)
        terminal.answers(DURATION, "3h", ENTER)
        terminal.answers(DUPLICATE, "costly", ENTER)
        terminal.answers(CLIENT, "2", ENTER)
        for prompt in (VERSION, WORK, JOB_ID, KEY, SYSTEM):
            terminal.answers(prompt, ENTER)
        terminal.answers(OFFER, ENTER)
        assert terminal.ends() == 0
    assert "resumable task" in terminal.seen
    assert "\x1b[" not in terminal.seen.split("Understood")[0]


def test_prompts_stay_at_the_terminal_if_the_result_is_redirected(tmp_path: Path) -> None:
    with Terminal(folder=tmp_path, shell="ADVISOR recommend --format json > out.json") as terminal:
        terminal.answers_all(ALL)
        assert terminal.ends() == 0
    result = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert result["recommendations"][0]["pattern"] == "resumable"


@pytest.mark.parametrize("columns", [20, 33, 80])
def test_prompts_fit_a_narrow_terminal(tmp_path: Path, columns: int) -> None:
    with Terminal("recommend", folder=tmp_path, columns=columns) as terminal:
        for begins, (_, keys) in zip(BEGINNINGS, ALL, strict=True):
            terminal.answers(begins, *keys)
        terminal.answers("Scaffold it", ENTER)
        assert terminal.ends() == 0
    assert "Traceback" not in terminal.seen
    assert "resumable" in terminal.seen


def test_prompts_complete_a_file_that_lacks_an_answer(tmp_path: Path) -> None:
    lines = ["triggerer: yes", "duration: 3h", "duplicate_risk: costly", "airflow_version: 3.3"]
    saved(tmp_path).write_text("\n".join([*lines, "work: event"]), encoding="utf-8")
    with Terminal("recommend", "--answers", "answers.yaml", folder=tmp_path) as terminal:
        terminal.answers(CLIENT, ENTER)
        terminal.answers(SYSTEM, ENTER)
        terminal.answers(OFFER, ENTER)
        assert terminal.ends() == 0
    assert "deferrable operator" in terminal.seen
