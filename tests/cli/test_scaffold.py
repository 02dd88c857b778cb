"""`advisor scaffold` as a command: what it writes, keeps and refuses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from advisor.render.scaffold import scaffold_schema
from advisor.scaffold.plan import Status
from tests.cli.process import TIMEOUT, Ran, advisor, advisor_here
from tests.scaffold.making import tree

COMMAND = ("scaffold", "resumable", "NightlySpark", "--airflow-version", "3.3")
OPERATORS = Path("plugins/nightly_spark/operators.py")
DAG = Path("dags/nightly_spark_example.py")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an Airflow project, which is the working directory."""
    for name in ("plugins", "dags"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def words(ran: Ran) -> set[str]:
    """Return the status words of a run."""
    known = {status.value for status in Status}
    return known.intersection(line.split()[0] for line in ran.out.splitlines() if line.strip())


def as_json(ran: Ran) -> dict[str, Any]:
    shape: dict[str, Any] = json.loads(ran.out)
    Draft202012Validator(scaffold_schema()).validate(shape)
    return shape


def recommendations(*names: str) -> bytes:
    """Return the part of the recommendations for some jobs that scaffold reads."""
    job = {"use": "scaffold", "pattern": "resumable", "answers": {"airflow_version": "3.3"}}
    jobs = [{**job, "name": name} for name in names]
    return json.dumps({"schema_version": 4, "recommendations": jobs}).encode()


def edit(file: Path) -> str:
    text = file.read_text() + "# mine\n"
    file.write_text(text)
    return text


@pytest.mark.usefixtures("project")
def test_scaffold_writes_to_the_folders_of_an_airflow_project() -> None:
    ran = advisor_here(*COMMAND)
    assert (ran.code, ran.err) == (0, "")
    assert words(ran) == {"create"}
    assert f"   create  {OPERATORS.as_posix()}\n" in ran.out
    assert f"   create  {DAG.as_posix()}\n" in ran.out
    assert OPERATORS.exists()
    assert DAG.exists()
    assert "\nNext\n    python -m pytest plugins/nightly_spark/tests\n" in ran.out


@pytest.mark.usefixtures("project")
def test_scaffold_finds_everything_identical_on_a_second_run() -> None:
    advisor_here(*COMMAND)
    assert words(advisor_here(*COMMAND)) == {"identical"}


def test_scaffold_writes_to_the_working_directory_outside_a_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert advisor_here(*COMMAND).code == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        "nightly_spark",
        "nightly_spark_example.py",
    }


@pytest.mark.usefixtures("project")
def test_scaffold_creates_the_named_folders() -> None:
    ran = advisor_here(*COMMAND, "--into", "a/b", "--dags", "c d")
    assert ran.code == 0
    assert Path("a/b/nightly_spark/operators.py").exists()
    assert Path("c d/nightly_spark_example.py").exists()
    assert "python -m pytest a/b/nightly_spark/tests" in ran.out


@pytest.mark.usefixtures("project")
def test_scaffold_quotes_the_command_for_the_tests() -> None:
    ran = advisor_here(*COMMAND, "--into", "a b")
    assert "    python -m pytest 'a b/nightly_spark/tests'\n" in ran.out


def test_scaffold_dry_run_prints_the_same_and_writes_nothing(project: Path) -> None:
    dry = advisor_here(*COMMAND, "--dry-run")
    assert dry.code == 0
    assert tree(project) == {"dags": "/", "plugins": "/"}
    assert advisor_here(*COMMAND).out.startswith(dry.out)


def test_scaffold_dry_run_does_not_create_folders(project: Path) -> None:
    assert advisor_here(*COMMAND, "--dry-run", "--into", "new", "--dags", "new").code == 0
    assert not (project / "new").exists()


def test_scaffold_keeps_and_names_every_edited_file(project: Path) -> None:
    advisor_here(*COMMAND)
    edit(OPERATORS)
    edit(DAG)
    before = tree(project)
    ran = advisor_here(*COMMAND, "--on-kill", "leave")
    assert (ran.code, ran.out) == (1, "")
    edited = "was edited, or does not belong to this package"
    hint = "(--force overwrites it, --diff shows the changes)"
    assert ran.err == (
        f"error: {OPERATORS.as_posix()}: {edited} {hint}\n"
        f"error: {DAG.as_posix()}: {edited} {hint}\n"
    )
    assert tree(project) == before


def test_scaffold_diff_shows_conflicts_without_the_hint_to_pass_it(project: Path) -> None:
    advisor_here(*COMMAND)
    edit(OPERATORS)
    before = tree(project)
    ran = advisor_here(*COMMAND, "--format", "json", "--diff")
    assert (ran.code, json.loads(ran.out)["dry_run"]) == (1, False)
    assert ran.err.endswith("(--force overwrites it)\n")
    assert tree(project) == before


def test_scaffold_dry_run_shows_conflicts(project: Path) -> None:
    advisor_here(*COMMAND)
    edit(OPERATORS)
    before = tree(project)
    ran = advisor_here(*COMMAND, "--dry-run")
    assert ran.code == 1
    assert words(ran) == {"identical", "conflict"}
    assert f" conflict  {OPERATORS.as_posix()}\n" in ran.out
    assert "Next" not in ran.out
    assert tree(project) == before


@pytest.mark.usefixtures("project")
def test_scaffold_force_overwrites_edited_files_only() -> None:
    advisor_here(*COMMAND)
    edit(OPERATORS)
    ran = advisor_here(*COMMAND, "--force")
    assert ran.code == 0
    assert words(ran) == {"identical", "force"}
    assert "# mine" not in OPERATORS.read_text()


@pytest.mark.usefixtures("project")
def test_scaffold_diff_shows_conflicts_and_keeps_them() -> None:
    advisor_here(*COMMAND)
    text = edit(OPERATORS)
    ran = advisor_here(*COMMAND, "--diff")
    assert ran.code == 1
    name = OPERATORS.as_posix()
    assert f"\n--- {name}\n+++ {name}\n@@ " in ran.out
    assert "\n-# mine\n" in ran.out
    assert OPERATORS.read_text() == text


def test_scaffold_diff_shows_every_line_of_a_new_file(project: Path) -> None:
    ran = advisor_here(*COMMAND, "--diff", "--dry-run")
    assert ran.code == 0
    assert f"--- /dev/null\n+++ {OPERATORS.as_posix()}\n@@ -0,0 +1," in ran.out
    assert tree(project) == {"dags": "/", "plugins": "/"}


@pytest.mark.usefixtures("project")
def test_scaffold_json_matches_its_schema() -> None:
    [scaffold] = as_json(advisor_here(*COMMAND, "-f", "json"))["scaffolds"]
    assert scaffold["operator"] == "NightlySparkOperator"
    assert scaffold["airflow_version"] == "3.3"
    assert {file["status"] for file in scaffold["files"]} == {"create"}
    assert "diff" not in scaffold["files"][0]
    edit(OPERATORS)
    whole = as_json(advisor_here(*COMMAND, "-f", "json", "--diff", "--dry-run"))
    assert whole["dry_run"] is True
    assert whole["next"] == []
    [diff] = [each["diff"] for each in whole["scaffolds"][0]["files"] if each["diff"]]
    assert "-# mine" in diff


@pytest.mark.usefixtures("project")
def test_scaffold_from_reads_a_recommendation_through_a_pipe() -> None:
    message = advisor_here("recommend", "--example", "nightly_spark", "-f", "json").out
    command = ("scaffold", "--from", "-", "--all", "--system", "http")
    ran = advisor_here(*command, stdin=message.encode())
    assert ran.code == 0
    assert ran.err.startswith("note: nightly_spark: SparkSubmitOperator already exists;")
    assert OPERATORS.exists()


@pytest.mark.usefixtures("project")
def test_scaffold_from_leaves_out_jobs_that_an_existing_operator_serves() -> None:
    message = advisor_here("recommend", "--example", "nightly_spark", "-f", "json").out
    ran = advisor_here("scaffold", "--from", "-", stdin=message.encode())
    assert (ran.code, ran.out) == (1, "")
    assert "SparkSubmitOperator was recommended (--all scaffolds it anyway)" in ran.err


@pytest.mark.usefixtures("project")
def test_scaffold_notes_an_operator_that_exists_under_the_same_name() -> None:
    ran = advisor_here("scaffold", "resumable", "GlueJob", "--airflow-version", "3.3")
    assert ran.code == 0
    assert ran.err == (
        "note: GlueJobOperator already exists; `advisor catalog GlueJobOperator` shows it\n"
    )


@pytest.mark.usefixtures("project")
def test_scaffold_from_notes_jobs_without_an_operator() -> None:
    event = ("--duration", "3h", "--duplicate-risk", "costly", "--async-client", "--work", "event")
    message = advisor_here("recommend", "--no-triggerer", *event, "-f", "json").out
    ran = advisor_here("scaffold", "--from", "-", stdin=message.encode())
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("note: job is not scaffolded: ")
    assert ran.err.endswith(" was recommended\n")


def test_scaffold_from_plans_everything_before_it_writes(project: Path) -> None:
    message = recommendations("first job", "second job")
    (project / "plugins" / "second_job").mkdir()
    (project / "plugins" / "second_job" / "operators.py").write_text("mine\n")
    ran = advisor_here("scaffold", "--from", "-", stdin=message)
    assert ran.code == 1
    assert not (project / "plugins" / "first_job").exists()
    assert advisor_here("scaffold", "--from", "-", "--force", stdin=message).code == 0
    assert (project / "plugins" / "first_job").exists()


def test_scaffold_from_replaces_names_that_cannot_be_used_and_writes_the_rest(
    project: Path,
) -> None:
    names = ("tests", "import_operator", "advisor", "nightly spark", "a/b")
    ran = advisor_here("scaffold", "--from", "-", stdin=recommendations(*names))
    assert ran.code == 0
    assert ran.err == (
        "note: 'tests' cannot be used as a name; using TestsJob\n"
        "note: 'import_operator' cannot be used as a name; using ImportJob\n"
        "note: 'advisor' cannot be used as a name; using AdvisorJob\n"
        "note: 'a/b' cannot be used as a name; using MyJob\n"
    )
    packages = {path.name for path in (project / "plugins").iterdir()}
    assert packages == {"tests_job", "import_job", "advisor_job", "nightly_spark", "my_job"}


def test_scaffold_from_gives_different_names_to_jobs_that_cannot_keep_theirs(project: Path) -> None:
    ran = advisor_here("scaffold", "--from", "-", stdin=recommendations("été", "a/b"))
    assert ran.code == 0
    assert {"my_job", "my_job2"} <= {path.name for path in (project / "plugins").iterdir()}
    assert "note: 'a/b' cannot be used as a name; using MyJob2\n" in ran.err


def test_scaffold_and_recommend_refuse_each_others_documents(project: Path) -> None:
    (project / "answers.yaml").write_text("triggerer: yes\n")
    ran = advisor_here("scaffold", "--from", "answers.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert (
        "answers.yaml: expected the output of `advisor recommend`, found an answers file" in ran.err
    )
    message = advisor_here("recommend", "--example", "nightly_spark", "-f", "json").out
    (project / "recommended.json").write_text(message)
    ran = advisor_here("recommend", "--answers", "recommended.json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "error: recommended.json: expected answers, found the output of `advisor recommend` "
        "(pass it to `advisor scaffold --from`)\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            (),
            "missing arguments PATTERN and NAME (example: `advisor scaffold resumable "
            "NightlySpark`)",
        ),
        (("resumable",), "missing argument NAME (example: "),
        (("NightlySpark",), "PATTERN: unknown pattern 'NightlySpark' (accepted: "),
        (("resumeable", "A"), "PATTERN: unknown pattern 'resumeable' ("),
        (("resumable", "../x"), "NAME: invalid character '.' in '../x' (use --into"),
        (("resumable", "class"), "NAME: 'class' is a Python "),
        (
            ("resumable", "json"),
            "NAME: 'json' would hide a standard ",
        ),
        (("resumable", "A", "--from", "-"), "PATTERN and --from cannot be combined"),
        (("--from", "missing"), "missing: cannot be read: No such file or directory"),
        (("resumable", "A", "--system", "htttp"), "--system: unknown system 'htttp' ("),
        (
            ("resumable", "A", "--airflow-version", "2.10"),
            "--airflow-version: Airflow 2.10 is not supported (accepted: 2.11",
        ),
        (("resumable", "A", "--airflow-version", "3.2"), "PATTERN: resumable needs Airflow 3.3 "),
        (("resumable", "A", "--set", "x"), "--set: expected ID=VALUE, found 'x'"),
        (("resumable", "A", "--set", "x=1"), "--set x: unknown setting 'x' ("),
        (("resumable", "A", "--set", "active="), "--set active: value is empty (accepted: "),
        (("resumable", "A", "--set", "=1"), "--set: expected ID=VALUE, found '=1'"),
        (
            ("resumable", "A", "--set", "cancel_method=GET"),
            "--set cancel_method: invalid value 'GET' (accepted: DELETE, POST or PUT)",
        ),
        (("resumable", "A", "--templates", "none"), "--templates: none: no such folder"),
        (
            ("resumable", "A", "--templates", "file"),
            "--templates: file: expected a folder, found a ",
        ),
        (("resumable", "A", "--templates", ""), "--templates: empty folder name"),
        (("resumable", "A", "--into", ""), "--into: empty folder name"),
        (("resumable", "A", "--dags", ""), "--dags: empty folder name"),
        (("resumable", "A", "--into", "file"), "--into: file: expected a folder, found a file"),
        (("resumable", "A", "--into", "file/a"), "--into: file: expected a folder, found a file"),
        (("resumable", "A", "--dags", "file"), "--dags: file: expected a folder, found a file"),
        (("resumable", "A", "--on-kill", "maybe"), "--on-kill: unknown value 'maybe' ("),
        (("resumable", "A", "--format", "yaml"), "--format: unknown format 'yaml' ("),
    ],
)
def test_scaffold_refuses_wrong_input(
    arguments: tuple[str, ...], message: str, project: Path
) -> None:
    (project / "file").write_text("mine")
    ran = advisor_here("scaffold", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {message}")
    assert tree(project) == {"dags": "/", "file": "mine", "plugins": "/"}


@given(
    st.text(max_size=12) | st.sampled_from(["..", "a/b", "-x", "--", "con", "\udcff"]),
    st.text("ab=,/{}'\"\\\n\0", max_size=8),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_scaffold_takes_hostile_names_and_settings_without_writing_elsewhere(
    tmp_path: Path, name: str, setting: str
) -> None:
    into = ("--into", str(tmp_path / "in"), "--dags", str(tmp_path / "in"))
    (tmp_path / "outside").mkdir(exist_ok=True)
    ran = advisor_here(*COMMAND[:2], name, *into, "--set", f"submit_path={setting}", "--force")
    assert ran.is_clean
    assert {each.name for each in tmp_path.iterdir()} <= {"in", "outside"}
    assert list((tmp_path / "outside").iterdir()) == []


SIGNALLED = """
import os, signal, sys
from advisor.cli.app import run

kind, event, name, *arguments = sys.argv[1:]

def send(happened, details):
    if happened == event and f".{name}.advisor-" in str(details[0]):
        os.kill(os.getpid(), getattr(signal, kind))

sys.addaudithook(send)
sys.exit(run(arguments))
"""
"""Runs advisor, and sends it a signal before it opens or renames the temporary file of a file."""
POINTS = [
    ("open", "__init__.py"),
    ("os.rename", "operators.py"),
    ("os.rename", "nightly_spark_example.py"),
    ("os.rename", ".advisor.yaml"),
]
POSIX = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX system")
INTERRUPTED = "note: plugins/nightly_spark: an earlier run was interrupted"
NOTE = f"{INTERRUPTED}; now complete\n"
NO_RECORD = (
    "note: plugins/nightly_spark: no .advisor.yaml found; files that differ count as edited\n"
)


def signalled(
    kind: str, event: str, name: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", SIGNALLED, kind, event, name, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT)


@POSIX
@pytest.mark.parametrize(("event", "name"), POINTS)
def test_scaffold_completes_a_new_folder_after_a_kill(
    event: str, name: str, project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert signalled("SIGKILL", event, name, *COMMAND).returncode == -signal.SIGKILL
    assert not (project / OPERATORS).with_name(".advisor.yaml").exists()
    after_kill = tree(project)
    has_leftover = event == "os.rename"  # before "open", no temporary file exists
    dry = advisor_here(*COMMAND, "--dry-run")
    assert dry.err == (f"{INTERRUPTED}\n" if has_leftover else NO_RECORD)
    assert tree(project) == after_kill
    ran = advisor_here(*COMMAND)
    assert (ran.code, ran.err) == (0, NOTE if has_leftover else NO_RECORD)
    assert words(ran) == {"create", "identical"}
    assert "   create  plugins/nightly_spark/.advisor.yaml\n" in ran.out
    again = advisor_here(*COMMAND)
    assert (again.err, words(again)) == ("", {"identical"})
    assert tree(project) == tree(scaffolded_at_once(tmp_path_factory))


@pytest.mark.usefixtures("project")
def test_scaffold_notes_a_deleted_record() -> None:
    advisor_here(*COMMAND)
    OPERATORS.with_name(".advisor.yaml").unlink()
    ran = advisor_here(*COMMAND)
    assert (ran.code, ran.err) == (0, NO_RECORD)
    assert advisor_here(*COMMAND).err == ""


def scaffolded_at_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with the same scaffold, written without an interruption."""
    folder = tmp_path_factory.mktemp("whole")
    advisor_here(*COMMAND, "--into", str(folder / "plugins"), "--dags", str(folder / "dags"))
    return folder


@POSIX
@pytest.mark.parametrize(("event", "name"), POINTS[1:])
def test_scaffold_completes_an_update_after_a_kill(event: str, name: str, project: Path) -> None:
    change = ("--on-kill", "cancel", "--templates", "own")
    advisor_here(*COMMAND)
    dag = project / "own" / "patterns" / "resumable" / "dags" / "example.py"
    dag.parent.mkdir(parents=True)
    dag.write_text("D = 2\n")
    assert signalled("SIGKILL", event, name, *COMMAND, *change).returncode == -signal.SIGKILL
    ran = advisor_here(*COMMAND, *change)
    assert (ran.code, ran.err) == (0, NOTE)
    assert words(ran) == {"update", "identical"}
    again = advisor_here(*COMMAND, *change)
    assert (again.err, words(again)) == ("", {"identical"})
    assert not [path for path in project.rglob("*") if ".advisor-" in path.name]


@POSIX
@pytest.mark.parametrize(("event", "name"), POINTS)
@pytest.mark.parametrize("existing", [True, False])
def test_scaffold_leaves_everything_as_before_after_ctrl_c(
    existing: bool, event: str, name: str, project: Path
) -> None:
    if existing:
        advisor_here(*COMMAND)
        for file in (OPERATORS.with_name("__init__.py"), OPERATORS, DAG):
            edit(file)
    before = tree(project)
    ran = signalled("SIGINT", event, name, *COMMAND, "--on-kill", "cancel", "--force")
    assert (ran.returncode, ran.stdout) == (130, "")
    assert ran.stderr == "Interrupted.\n"
    assert tree(project) == before


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")
def test_scaffold_reports_a_read_only_file_system_in_one_line(project: Path) -> None:
    ran = advisor_here(*COMMAND, "--into", "/proc")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: /proc/nightly_spark: cannot be written: ")
    assert len(ran.err.splitlines()) == 1
    assert tree(project) == {"dags": "/", "plugins": "/"}


def test_scaffold_works_without_a_terminal(project: Path) -> None:
    ran = advisor(*COMMAND, folder=project)
    assert (ran.code, ran.err) == (0, "")
    assert "\x1b" not in ran.out
    edit(project / OPERATORS)
    assert advisor(*COMMAND, folder=project).code == 1


def test_scaffold_notes_modules_that_it_hides_except_its_own_package(project: Path) -> None:
    path = {"PYTHONPATH": str(project / "plugins")}
    for _ in range(2):
        ran = advisor(*COMMAND, folder=project, environment=path)
        assert (ran.code, ran.err) == (0, "")
    ran = advisor(*COMMAND, "--into", ".", folder=project, environment=path)
    assert ran.code == 0
    hidden = project / "plugins" / "nightly_spark"
    assert ran.err.startswith(
        f"note: the package nightly_spark would hide {hidden} if both are on "
    )


@pytest.mark.parametrize(
    ("name", "system"), [("k8s", "kubernetes"), ("BigQuery", "bigquery"), ("sfn", "step-functions")]
)
def test_scaffold_knows_the_other_names_of_a_system(project: Path, name: str, system: str) -> None:
    assert advisor_here(*COMMAND, "--system", name).code == 0
    record = (project / "plugins" / "nightly_spark" / ".advisor.yaml").read_text()
    assert f"system: {system}\n" in record
