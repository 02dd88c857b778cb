"""Invalid options are refused with exit code 2 and a hint."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from advisor.scaffold.manifest import load_manifest
from tests.cli.process import ANSWERS, COMPLETE, advisor, advisor_here

EXAMPLES = "bigquery_load, emr_step, kubernetes_pod, nightly_spark, paginated_api, team_jobs"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--set", "job_id"), "--set: expected ID=VALUE, found 'job_id'"),
        (("--set", ""), "--set: expected ID=VALUE, found ''"),
        (("--set", "=1"), "--set: expected ID=VALUE, found '=1'"),
        (("--set", "job_id=no", "--set", "job_id=yes"), "--set job_id: given twice"),
        (("--set", "jobs=1"), "--set: 'jobs' cannot be set"),
        (("--set", "duration=3"), "--set duration: no unit in '3' (write 3s, 3m, 3h or 3d)"),
        (("--save", "-"), "--save: expected a file name, found '-'"),
        (("--force",), "--force requires --save"),
        (("--set", "jobid=no"), "--set jobid: unknown key 'jobid' (did you mean 'job_id'?)"),
        (("--set", "job_id=2"), "--set job_id: expected yes or no, found '2'"),
        (
            ("--set", "\x1b[31m=2"),
            "--set \ufffd[31m: unknown key '\ufffd[31m' (accepted: system, triggerer, ",
        ),
        (("--duration", "3"), "--duration: no unit in '3' (write 3s, 3m, 3h or 3d)"),
        (
            ("--duplicate-risk", "costy"),
            "--duplicate-risk: unknown value 'costy' (did you mean 'costly'? accepted: harmless, c",
        ),
        (("--work", "jobs"), "--work: unknown value 'jobs' (did you mean 'job'? accepted: job, "),
        (("--airflow-version", "1.10.15"), "--airflow-version: Airflow 1.10.15 is not supported ("),
        (
            ("--airflow-version", "new"),
            "--airflow-version: expected a version such as 3.3, found 'new' (",
        ),
        (("--system", ""), "--system: value is empty (accepted: 1 to 150 printable characters)"),
        (
            ("--expect", "asynk"),
            "--expect: unknown pattern or operator 'asynk' (did you mean 'async'? accepted: ",
        ),
        (
            ("--example", "nightly-sparc"),
            "--example: unknown example 'nightly-sparc' (did you mean 'nightly_spark'? accepted: ",
        ),
        (
            ("--example", "../secret"),
            f"--example: unknown example '../secret' (accepted: {EXAMPLES})",
        ),
        (("--policy", "missing"), "missing: cannot be read: No such file or directory"),
        (
            ("--example", "team_jobs", "--save", "x"),
            "--save cannot be combined with a file of several jobs",
        ),
        (
            ("--example", "team_jobs", "--set", "name=x"),
            "--set name cannot be combined with a file of several jobs",
        ),
        (("--set", "name="), "--set name: value is empty (accepted: 1 to 100 printable char"),
    ],
)
def test_recommend_refuses_invalid_options(arguments: tuple[str, ...], message: str) -> None:
    ran = advisor_here(*COMPLETE, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {message}")
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize("path", ["/dev/null/x", "/proc/x"])
def test_save_exits_with_1_if_the_file_cannot_be_written(path: str) -> None:
    ran = advisor_here(*COMPLETE, "--save", path)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"error: {path}: cannot be written: ")
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("recommend", "--answers", ""), "--answers: empty file name"),
        (("recommend", "--policy", ""), "--policy: empty file name"),
        ((*COMPLETE, "--save", ""), "--save: empty file name"),
        (("drill", "x", "--python", ""), "--python: empty file name"),
        (("scaffold", "--from", ""), "--from: empty file name"),
    ],
)
def test_empty_file_names_are_refused_with_the_option(
    arguments: tuple[str, ...], message: str
) -> None:
    ran = advisor_here(*arguments)
    assert (ran.code, ran.out, ran.err) == (2, "", f"error: {message}\n")


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("recommend", "--answers"), "(`advisor schema answers` describes the format)"),
        ((*COMPLETE, "--policy"), "(expected at least one of needs, order, bands and ties)"),
        (("scaffold", "--from"), "(pipe `advisor recommend --answers FILE --format json` into "),
    ],
)
def test_empty_files_are_refused_with_a_hint_for_the_option(
    arguments: tuple[str, ...], hint: str, tmp_path: Path
) -> None:
    file = tmp_path / "empty.yaml"
    file.touch()
    ran = advisor_here(*arguments, str(file))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {file}: file is empty {hint}")


@pytest.mark.parametrize(
    "command", ["recommend", "scaffold", "compare", "explain", "schema", "demo-server"]
)
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


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("foo",), "unknown command 'foo' (accepted: recommend, scaffold, drill, catalog, "),
        (("recomend",), "unknown command 'recomend' (did you mean 'recommend'?)"),
        (("scaffold", "--frce"), "unknown option '--frce' (did you mean '--force'?)"),
        (("recommend", "-x"), "unknown option '-x'"),
        (("recommend", "-f", "xml"), "--format: unknown format 'xml' (accepted: terminal, json, "),
        (("recommend", "--format"), "--format: missing value"),
        (("recommend", "--triggerer=yes"), "--triggerer: takes no value"),
        (("recommend", "a.yaml"), "unexpected argument 'a.yaml'"),
        (("schema",), "missing argument DOCUMENT (accepted: answers, recommendation, scaffold, "),
        (
            ("schema", "answer"),
            "DOCUMENT: unknown document 'answer' (did you mean 'answers'? accepted: ",
        ),
        (("drill",), "missing argument TARGET"),
        (("drill", "x", "--jobs", "x"), "--jobs: expected a whole number of at least 1, found 'x'"),
        (("drill", "x", "--jobs", "0"), "--jobs: expected a whole number of at least 1, found '0'"),
        (("drill", "x", "--seed", "x"), "--seed: expected a whole number, found 'x'"),
        (("drill", "x", "--signal", "HUP"), "--signal: unknown signal 'HUP' (accepted: KILL, "),
    ],
)
def test_usage_errors_say_what_is_wrong_in_one_line(
    arguments: tuple[str, ...], message: str
) -> None:
    ran = advisor_here(*arguments)
    assert (ran.code, ran.out) == (2, "")
    first, *hint = ran.err.splitlines()
    assert first.startswith(f"error: {message}")
    assert hint in (
        [],
        [each for each in hint if re.fullmatch("Try `advisor.* --help`.", each)][:1],
    )
    assert "\t" not in first


@pytest.mark.parametrize(
    ("command", "arguments"),
    [("drill", "TARGET..."), ("explain", "[TOPIC]"), ("schema", "DOCUMENT")],
)
def test_usage_names_the_arguments_in_the_usual_form(command: str, arguments: str) -> None:
    out = advisor_here(command, "--help").out
    assert out.startswith(f"Usage: advisor {command} [OPTIONS] {arguments}\n")


def test_help_shows_whole_summaries_at_80_columns() -> None:
    assert (
        "..." not in advisor("--help", environment={"COLUMNS": "80"}).out.partition("Commands")[2]
    )


def test_verbose_version_shows_the_date_and_versions_of_the_rules() -> None:
    out = advisor_here("--version", "--verbose").out
    assert re.search(r"\nrules: \d{4}-\d\d-\d\d, Airflow 2\.2 to 3\.\d\n$", out)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (
            ("recommend",),
            "is recommended: deferrable, resumable, async, none, or the class of an operator.",
        ),
        (("recommend",), "(default: installed, else the latest stable)"),
        (("compare",), "(default: installed, else the latest stable)"),
        (("scaffold",), "spark-standalone, or one that your templates define (default: http)."),
        (("schema",), "answers, recommendation, scaffold, drill or catalog."),
    ],
)
def test_help_lists_the_accepted_values(arguments: tuple[str, ...], text: str) -> None:
    out = advisor(*arguments, "--help", environment={"COLUMNS": "200"}).out
    assert text in " ".join(out.replace("│", " ").split())


def test_help_of_scaffold_names_every_system() -> None:
    out = advisor("scaffold", "--help", environment={"COLUMNS": "200"}).out
    assert set(load_manifest().systems) <= set(re.findall(r"[\w-]+", out))


def test_explain_suggests_the_nearest_topic() -> None:
    ran = advisor_here("explain", "deferable")
    message = "unknown topic 'deferable' (did you mean 'deferrable'?)"
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
        ("- a", ["expected a mapping, found a list"]),
        ("colour: red", [":1:1: unknown key 'colour'"]),
        (
            "bands:\n  short: 3\n  medium: 1m\n  huge: 2d\n",
            [":2:3: short: no unit in '3'", ":4:3: unknown key 'huge'"],
        ),
        ("ties: [async]\n", [":1:1: ties: missing 'deferrable', 'resumable'"]),
        (
            "order: [nothing]\nneeds:\n  - id: free-slot\n    strength: should\n  - {}\n",
            [
                ":1:9: order: unknown need 'nothing'",
                ":4:5: strength: unknown value 'should' (accepted: required, preferred, info)",
                ":5:5: missing key 'id'",
            ],
        ),
        ("needs: {}\nneeds: []\n", [":2:1: 'needs' is given twice (first at line 1)"]),
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
    assert ran.err == "note: Airflow 3.9.0 is newer than the latest known version; using 3.4\n"
