"""The prompts of `advisor recommend`, in a pseudo-terminal."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path

import pytest

from tests.answers.reading import copy_with_other_provider
from tests.cli.process import advisor
from tests.cli.terminal import (
    CLIENT,
    CTRL_C,
    CTRL_D,
    DOWN,
    DUPLICATE,
    DURATION,
    ENTER,
    EXECUTOR,
    JOB_ID,
    KEY,
    OFFER,
    SYSTEM,
    TRIGGERER,
    VERSION,
    WORK,
    Terminal,
)

FIRST = (
    (SYSTEM, (ENTER,)),
    (TRIGGERER, (DOWN, ENTER)),
    (DURATION, ("3h", ENTER)),
    (DUPLICATE, (DOWN, ENTER)),
    (CLIENT, (DOWN, ENTER)),
)
ALL = (
    *FIRST,
    (VERSION, (ENTER,)),
    (WORK, (ENTER,)),
    (JOB_ID, (ENTER,)),
    (KEY, (ENTER,)),
    (EXECUTOR, (ENTER,)),
)

# The part of each prompt that fits on the first line of a terminal with 20 columns.
BEGINNINGS = (
    "Which system",
    "Does a",
    "How long",
    "What happens",
    "Does the",
    "Which Airflow",
    "What does",
    "Does the",
    "Can a",
    "Which executor",
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
        terminal.answers(SYSTEM, ENTER)
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
        terminal.answers(SYSTEM, ENTER)
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
        terminal.answers_all((*FIRST, (VERSION, (ENTER,))))
        terminal.answers(WORK, DOWN, DOWN, DOWN, ENTER)
        assert terminal.ends() == 0
    assert JOB_ID not in terminal.seen
    assert KEY not in terminal.seen
    assert "a sensor in reschedule mode" in terminal.seen


def test_prompts_skip_questions_that_options_answer(tmp_path: Path) -> None:
    given = ["--triggerer", "--duration", "3h", "--duplicate-risk", "costly"]
    rest = ["--work", "event", "--airflow-version", "3.3", "--system", "my-cluster"]
    with Terminal("recommend", *given, *rest, folder=tmp_path) as terminal:
        terminal.answers(CLIENT, ENTER)
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
        terminal.answers(SYSTEM, ENTER)
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
        terminal.answers(SYSTEM, ENTER)
        terminal.answers(TRIGGERER, ENTER)
        terminal.answers(DURATION, CTRL_D)
        assert terminal.ends() == 130
    assert "Traceback" not in terminal.seen


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"ADVISOR_PLAIN": "1"}], ids=str)
def test_prompts_are_plain_lines_without_menus(tmp_path: Path, environment: dict[str, str]) -> None:
    with Terminal("recommend", folder=tmp_path, environment=environment) as terminal:
        terminal.answers(SYSTEM, ENTER)
        terminal.answers("1 to 2: ", "maybe", ENTER)
        terminal.sees("Enter a number from 1 to 2.")
        terminal.answers("1 to 2: ", "n", ENTER)
        terminal.answers(DURATION, "3h", ENTER)
        terminal.answers(DUPLICATE, "costly", ENTER)
        terminal.answers(CLIENT, "2", ENTER)
        for prompt in (VERSION, WORK, JOB_ID, KEY, EXECUTOR):
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
        terminal.answers(SYSTEM, ENTER)
        terminal.answers(CLIENT, ENTER)
        assert terminal.ends() == 0
    assert "deferrable operator" in terminal.seen


def test_system_is_completed_and_answers_other_questions(tmp_path: Path) -> None:
    with Terminal("recommend", "--save", "answers.yaml", folder=tmp_path, columns=80) as terminal:
        terminal.answers(SYSTEM, "glu")
        terminal.sees("operator, amazon")
        terminal.press(DOWN, ENTER)
        terminal.sees("assumed for AWS Glue: async_client=yes, job_id=yes, idempotency_key=no")
        terminal.answers_all((*FIRST[1:4], *ALL[5:7], (EXECUTOR, ("c",))))
        terminal.press(ENTER)
        terminal.answers(OFFER, ENTER)
        assert terminal.ends() == 0
    assert not any(each in terminal.seen for each in (CLIENT, JOB_ID, KEY))
    text = saved(tmp_path).read_text(encoding="utf-8")
    assert "\nsystem: glue\n" in text
    assert "\nexecutor: celery\n" in text
    assert "async_client" not in text


def test_sensor_needs_no_question_about_the_work(tmp_path: Path) -> None:
    with Terminal("recommend", folder=tmp_path) as terminal:
        terminal.answers(SYSTEM, "gluejobsensor", ENTER)
        terminal.sees("assumed for AWS Glue: async_client=yes, work=event, idempotency_key=no")
        terminal.answers_all((*FIRST[1:4], (VERSION, (ENTER,))))
        assert terminal.ends() == 0
    assert WORK not in terminal.seen


@pytest.mark.parametrize(
    ("keys", "system"), [((ENTER,), "gluejb"), ((DOWN, ENTER), "glue")], ids=["keep", "similar"]
)
def test_unknown_system_can_be_kept_or_replaced_by_a_similar_one(
    tmp_path: Path, keys: tuple[str, ...], system: str
) -> None:
    with Terminal("recommend", folder=tmp_path) as terminal:
        terminal.answers(SYSTEM, "gluejb", ENTER)
        terminal.sees("The catalogue does not have 'gluejb'.")
        terminal.answers("Which one do you mean", *keys)
        terminal.answers_all(FIRST[1:4])
        if system == "gluejb":
            terminal.answers(CLIENT, ENTER)
        terminal.answers(VERSION, "2.10", ENTER)
        terminal.answers(WORK, "r", ENTER)
        terminal.sees(f"Understood: system={system}, ")


def test_unknown_system_without_similar_names_is_accepted(tmp_path: Path) -> None:
    with Terminal("recommend", folder=tmp_path) as terminal:
        terminal.answers(SYSTEM, "zzz", ENTER)
        terminal.answers(TRIGGERER, CTRL_C)
        assert terminal.ends() == 130
    assert "Which one do you mean" not in terminal.seen


@pytest.mark.parametrize(
    ("typed", "follows"),
    [
        ("1", "assumed for AWS Glue"),
        ("gluejoboperator", "assumed for AWS Glue"),
        ("", "Does a Triggerer run"),
    ],
)
def test_plain_prompt_lists_names_similar_to_an_unknown_system(
    tmp_path: Path, typed: str, follows: str
) -> None:
    with Terminal("recommend", folder=tmp_path, environment={"ADVISOR_PLAIN": "1"}) as terminal:
        terminal.answers(SYSTEM, "GlueJobOpertor", ENTER)
        terminal.sees("1. GlueJobOperator")
        terminal.answers("[GlueJobOpertor]: ", typed, ENTER)
        terminal.sees(follows)
        terminal.answers("1 to 2: ", CTRL_C)
        assert terminal.ends() == 130


TWO_PROVIDERS = """
import sys
from pathlib import Path
from advisor.catalog import lookup
lookup.FOLDER = Path("facts")
from advisor.__main__ import main
sys.exit(main())
"""


@pytest.mark.parametrize("given", ["", "--system GlueJobOperator"], ids=["typed", "option"])
def test_class_of_two_providers_is_chosen_in_a_menu(tmp_path: Path, given: str) -> None:
    copy_with_other_provider(tmp_path)
    (tmp_path / "two.py").write_text(TWO_PROVIDERS, encoding="utf-8")
    command = f"{sys.executable} two.py recommend {given}"
    with Terminal(folder=tmp_path, shell=command, columns=80) as terminal:
        if not given:
            terminal.answers(SYSTEM, "GlueJobOpertor", ENTER)
            terminal.answers("Which one do you mean", "\x1b[A" * 5, ENTER)
        terminal.sees("Several providers have 'GlueJobOperator'.")
        terminal.sees("airflow.providers.amazon.aws.operators.glue.GlueJobOperator")
        terminal.press(DOWN, ENTER)
        terminal.sees("assumed for AWS Glue")
        terminal.answers_all(FIRST[1:4])
        terminal.answers(VERSION, "2.10", ENTER)
        terminal.answers(WORK, "r", ENTER)
        terminal.sees("Understood: system=airflow.providers.other.operators.glue.GlueJobOperator")


@pytest.mark.parametrize(
    ("duration", "version", "is_asked"),
    [("3h", "3.3", True), ("3h", "2.10", False), ("2d", "2.10", False)],
)
def test_executor_is_asked_only_if_it_changes_the_warnings(
    tmp_path: Path, duration: str, version: str, is_asked: bool
) -> None:
    given = ["--no-triggerer", "--duration", duration, "--work", "job"]
    rest = ["--set", "job_id=yes", "--airflow-version", version, "--system", "spark"]
    with Terminal("recommend", *given, *rest, folder=tmp_path) as terminal:
        terminal.answers(DUPLICATE, ENTER)
        terminal.answers(EXECUTOR if is_asked else "Understood", CTRL_C)
    assert (EXECUTOR in terminal.seen) is is_asked
