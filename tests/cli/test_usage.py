"""Invalid options are refused with exit code 2 and a hint."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.cli.process import ANSWERS, COMPLETE, advisor, advisor_here

EXAMPLES = "bigquery_load, emr_step, kubernetes_pod, nightly_spark, paginated_api, team_jobs"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--set", "job_id"), "--set: found 'job_id', accepted is ID=VALUE"),
        (("--set", ""), "--set: found '', accepted is ID=VALUE"),
        (("--set", "jobid=no"), "--set jobid: is no question; did you mean job_id?"),
        (("--set", "job_id=2"), "--set job_id: found '2', accepted are yes, no"),
        (("--set", "\x1b[31m=2"), "--set \ufffd[31m: is no question; known are triggerer, "),
        (("--duration", "3"), "--duration: found '3': the unit is missing; "),
        (("--duplicate-risk", "costy"), "--duplicate-risk: found 'costy', accepted are harmless, "),
        (("--work", "jobs"), "--work: found 'jobs', accepted are job, batches, requests, event; "),
        (("--airflow-version", "1.10.15"), "--airflow-version: found '1.10.15', but nothing is "),
        (("--airflow-version", "new"), "--airflow-version: found 'new', accepted is 2.2 to 3.4"),
        (("--system", ""), "--system: found '', accepted are 1 to 100 printable characters"),
        (("--expect", "asynk"), "--expect: found 'asynk', accepted are deferrable, resumable, "),
        (
            ("--example", "nightly-sparc"),
            f"--example: found 'nightly-sparc', accepted are {EXAMPLES}; "
            "did you mean nightly_spark?",
        ),
        (("--example", "../secret"), f"--example: found '../secret', accepted are {EXAMPLES}"),
        (("--policy", "missing"), "missing: cannot be read: No such file or directory"),
        (("--save", "/dev/null/x"), "/dev/null/x: cannot be written: Not a directory"),
        (("--save", "/proc/x"), "/proc/x: cannot be written: "),
        (("--example", "team_jobs", "--save", "x"), "--save: keeps one job's answers; "),
    ],
)
def test_recommend_refuses_invalid_options(arguments: tuple[str, ...], message: str) -> None:
    ran = advisor_here(*COMPLETE, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {message}")
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize("command", ["recommend", "scaffold", "compare", "explain", "schema"])
@pytest.mark.parametrize("option", ["--colour", "--colour=red", "-x", "--\x1b[31m", "---"])
def test_commands_refuse_unknown_options(command: str, option: str) -> None:
    ran = advisor_here(command, option)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: ")
    assert ran.is_clean
    assert "\x1b" not in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("recomend",),
        ("",),
        ("--colour",),
        ("recommend", "answers.yaml"),
        ("recommend", "--format", "xml"),
        ("recommend", "--format"),
        ("recommend", "--duration"),
        ("recommend", "--triggerer=yes"),
        ("scaffold", "resumable", "MyJob", "again"),
        ("scaffold", "--from"),
        ("compare", "--airflow-version", "1.10"),
        ("compare", "--airflow-version", "new"),
        ("compare", "--format", "xml"),
        ("compare", "3.3"),
        ("explain", "nothing"),
        ("explain", "a", "b"),
        ("explain", ""),
        ("schema",),
        ("schema", "answer"),
        ("schema", "answers", "recommendation"),
    ],
)
def test_commands_refuse_invalid_arguments(arguments: tuple[str, ...]) -> None:
    ran = advisor_here(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: ")
    assert ran.is_clean


def test_explain_suggests_the_nearest_topic() -> None:
    ran = advisor_here("explain", "deferable")
    message = "unknown topic 'deferable'; did you mean deferrable?"
    assert ran.err == f"error: {message}\n"


@pytest.mark.parametrize("version", ["3.5", "9999.9999", "3.3.9", "3.4.0b2", "2.2", "2.10.5"])
@pytest.mark.parametrize("command", [COMPLETE, ("compare",)])
def test_any_version_from_2_2_on_is_accepted(version: str, command: tuple[str, ...]) -> None:
    ran = advisor_here(*command, "--airflow-version", version)
    assert ran.code in {0, 1}
    assert ran.out
    assert ran.is_clean


@pytest.mark.parametrize(
    ("policy", "problems"),
    [
        ("- a", ["found a list, accepted is a mapping"]),
        ("colour: red", [":1:1: the key 'colour' is not known here"]),
        (
            "bands:\n  short: 3\n  medium: 1m\n  huge: 2d\n",
            [":2:3: short: the unit is missing", ":4:3: the key 'huge' is not known here"],
        ),
        ("ties: [async]\n", [":1:1: ties: names each of deferrable, resumable, async once"]),
        (
            "order: [nothing]\nneeds:\n  - id: free-slot\n    strength: should\n  - {}\n",
            [
                ":1:1: order: 'nothing' is no need",
                ":4:5: strength: found 'should', accepted are required, preferred, info",
                ":5:5: id: is missing",
            ],
        ),
        ("needs: {}\nneeds: []\n", [":2:1: the key 'needs' stands here a second time"]),
    ],
)
def test_policy_issues_are_reported_with_their_positions(
    tmp_path: Path, policy: str, problems: list[str]
) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(policy)
    ran = advisor_here(*COMPLETE, "--policy", str(file))
    assert (ran.code, ran.out) == (2, "")
    for problem in problems:
        assert f"error: {file}{problem}" in ran.err or f"error: {file}: {problem}" in ran.err
    assert all(line.startswith(f"error: {file}") for line in ran.err.splitlines())


def test_policy_issues_are_limited_to_51_lines(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text("".join(f"key{n}: x\n" for n in range(1000)))
    ran = advisor_here(*COMPLETE, "--policy", str(file))
    assert ran.code == 2
    assert len(ran.err.splitlines()) <= 51


def test_issues_of_the_file_and_the_options_are_reported_together() -> None:
    text = ANSWERS.replace("costly", "costy")
    ran = advisor_here("recommend", "--duration", "3", "--set", "job_id=2", stdin=text.encode())
    assert ran.code == 2
    assert [line.split(":")[1] for line in ran.err.splitlines()] == [
        " --duration",
        " --set job_id",
        " <stdin>",
    ]


def test_two_sources_of_answers_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(ANSWERS)
    ran = advisor_here("recommend", "--answers", str(file), "--example", "nightly_spark")
    assert (ran.code, ran.out) == (2, "")


def test_save_writes_nothing_if_the_input_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "saved.yaml"
    advisor_here(*COMPLETE, "--set", "job_id=2", "--save", str(file))
    assert not file.exists()


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_save_overwrites_only_with_force(tmp_path: Path, force: tuple[str, ...]) -> None:
    file = tmp_path / "saved.yaml"
    file.write_text("mine\n")
    ran = advisor_here(*COMPLETE, "--save", str(file), *force)
    assert ran.code == (0 if force else 1)
    assert (file.read_text() == "mine\n") is not bool(force)
    assert ran.is_clean


@pytest.mark.parametrize("name", ["saved.yaml", "my answers.yaml", "\x1b[31mred.yaml"])
def test_save_prints_a_command_that_can_be_copied(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    ran = advisor_here(*COMPLETE, "--save", str(file))
    assert ran.code == 0
    assert "\x1b" not in ran.err
    if name.isprintable():
        assert f"`advisor recommend --answers {shlex.quote(str(file))}`" in ran.err


def test_recommend_notes_an_installed_airflow_newer_than_its_knowledge(tmp_path: Path) -> None:
    (tmp_path / "apache_airflow_core-3.9.0.dist-info").mkdir()
    without_version = COMPLETE[: COMPLETE.index("--airflow-version")]
    ran = advisor(*without_version, environment={"PYTHONPATH": str(tmp_path)})
    assert ran.code == 0
    assert ran.err == "note: Airflow 3.9.0 is newer than what is known; taken as 3.4\n"
