"""The status of each file, by what is on disk and what was written there before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from advisor.errors import InputError
from advisor.naming import Name
from advisor.scaffold.plan import Places, Status, make_plan, resolve_conflicts, with_record
from advisor.scaffold.write import write_plans
from tests.scaffold.making import (
    DAG,
    FILES,
    SPEC,
    only,
    places_in,
    plan_in,
    rendered,
    run_in,
    statuses,
)

ALL = {*FILES, DAG}


def problems(folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        plan_in(folder)
    return "\n".join(each.line() for each in caught.value.problems).replace(f"{folder}/", "")


def package(folder: Path) -> Path:
    path = folder / "plugins" / "nightly_spark"
    path.mkdir(parents=True, exist_ok=True)
    return path


def test_make_plan_creates_everything_in_an_empty_folder(tmp_path: Path) -> None:
    plan = plan_in(tmp_path)
    assert statuses(plan) == dict.fromkeys(ALL, "create")
    assert list(tmp_path.iterdir()) == []


def test_make_plan_finds_everything_identical_after_a_run(tmp_path: Path) -> None:
    assert set(run_in(tmp_path).values()) == {"create"}
    assert set(run_in(tmp_path).values()) == {"identical"}


def test_make_plan_lists_the_package_before_the_dag_and_files_before_folders(
    tmp_path: Path,
) -> None:
    assert list(statuses(with_record(plan_in(tmp_path)))) == [
        ".advisor.yaml",
        ".airflowignore",
        "__init__.py",
        "operators.py",
        "triggers.py",
        "tests/test_operator.py",
        DAG,
    ]


def test_make_plan_updates_unedited_files(tmp_path: Path) -> None:
    run_in(tmp_path)
    plan = plan_in(tmp_path, {"operators.py": "A = 2\n"}, dag="D = 2\n")
    assert only(plan) == {"operators.py": "update", DAG: "update"}


def test_make_plan_reports_edited_files_as_conflicts(tmp_path: Path) -> None:
    run_in(tmp_path)
    (package(tmp_path) / "operators.py").write_text("A = 3\n")
    (tmp_path / "dags" / DAG).write_text("D = 3\n")
    assert only(plan_in(tmp_path)) == {"operators.py": "conflict", DAG: "conflict"}
    assert only(plan_in(tmp_path, {"operators.py": "A = 3\n"})) == {DAG: "conflict"}


def test_make_plan_creates_deleted_files_again(tmp_path: Path) -> None:
    run_in(tmp_path)
    (package(tmp_path) / "operators.py").unlink()
    assert only(plan_in(tmp_path)) == {"operators.py": "create"}


def test_make_plan_reports_differing_files_as_conflicts_without_a_record(tmp_path: Path) -> None:
    run_in(tmp_path)
    (package(tmp_path) / ".advisor.yaml").unlink()
    assert only(plan_in(tmp_path, {"operators.py": "A = 2\n"})) == {"operators.py": "conflict"}


def test_make_plan_removes_files_that_are_no_longer_rendered_unless_edited(tmp_path: Path) -> None:
    run_in(tmp_path)
    assert only(plan_in(tmp_path, {"triggers.py": None})) == {"triggers.py": "remove"}
    (package(tmp_path) / "triggers.py").write_text("mine\n")
    assert only(plan_in(tmp_path, {"triggers.py": None})) == {"triggers.py": "leave"}
    (package(tmp_path) / "triggers.py").unlink()
    assert only(plan_in(tmp_path, {"triggers.py": None})) == {}


def test_make_plan_leaves_dags_that_are_no_longer_rendered(tmp_path: Path) -> None:
    run_in(tmp_path)
    files = [file for file in rendered() if str(file.path) != DAG]
    assert only(make_plan(SPEC, files, places_in(tmp_path))) == {DAG: "leave"}


def test_make_plan_reports_a_file_left_to_the_user_once(tmp_path: Path) -> None:
    run_in(tmp_path)
    (package(tmp_path) / "triggers.py").write_text("mine\n")
    assert run_in(tmp_path, {"triggers.py": None})["triggers.py"] == "leave"
    assert "triggers.py" not in run_in(tmp_path, {"triggers.py": None})


@pytest.mark.parametrize(
    ("status", "then"), [(Status.force, "identical"), (Status.skip, "conflict")]
)
def test_make_plan_remembers_how_a_conflict_was_resolved(
    status: Status, then: str, tmp_path: Path
) -> None:
    run_in(tmp_path)
    (package(tmp_path) / "operators.py").write_text("mine\n")
    plan = resolve_conflicts(plan_in(tmp_path), lambda _: status)
    assert only(plan) == {"operators.py": status.value}
    write_plans([with_record(plan)])
    assert statuses(plan_in(tmp_path))["operators.py"] == then


def test_make_plan_updates_a_kept_file_after_its_edits_are_reverted(tmp_path: Path) -> None:
    run_in(tmp_path)
    file = package(tmp_path) / "operators.py"
    file.write_text("mine\n")
    write_plans([with_record(resolve_conflicts(plan_in(tmp_path), lambda _: Status.skip))])
    file.write_text(FILES["operators.py"])
    assert only(plan_in(tmp_path, {"operators.py": "A = 2\n"})) == {"operators.py": "update"}


def test_make_plan_finds_files_with_the_same_text_identical(tmp_path: Path) -> None:
    (package(tmp_path) / "operators.py").write_text(FILES["operators.py"])
    assert statuses(plan_in(tmp_path))["operators.py"] == "identical"


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("operators.py", "plugins/nightly_spark/operators.py: expected a file, found a folder"),
        (
            "tests/test_operator.py",
            "plugins/nightly_spark/tests/test_operator.py: expected a file, found a folder",
        ),
        (".advisor.yaml", "plugins/nightly_spark/.advisor.yaml: expected a file, found a folder"),
        (f"../../dags/{DAG}", f"dags/{DAG}: expected a file, found a folder"),
        ("../nightly_spark.py", "plugins/nightly_spark.py: would be hidden by the package "),
        (
            "Operators.py",
            "plugins/nightly_spark/Operators.py: differs from operators.py only in case",
        ),
        ("Tests", "plugins/nightly_spark/Tests: differs from tests only in case (rename "),
        ("../Nightly_Spark", "plugins/Nightly_Spark: differs from nightly_spark only in case"),
        ("../../dags/NIGHTLY_spark_example.py", "dags/NIGHTLY_spark_example.py: differs from "),
    ],
)
def test_make_plan_refuses_folders_instead_of_files(
    target: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / "dags").mkdir()
    (package(tmp_path) / target).resolve().mkdir(parents=True)
    assert problems(tmp_path).startswith(message)


@pytest.mark.parametrize(
    "target", ["plugins", "dags", "plugins/nightly_spark", "plugins/nightly_spark/tests"]
)
def test_make_plan_refuses_files_instead_of_folders(target: str, tmp_path: Path) -> None:
    (tmp_path / target).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / target).write_text("mine")
    option = {"plugins": "--into: ", "dags": "--dags: "}.get(target, "")
    assert problems(tmp_path) == f"{option}{target}: expected a folder, found a file"


LINK = "expected a folder, found a symbolic link"
BROKEN = "expected a folder, found a broken symbolic link"


@pytest.mark.parametrize(
    ("link", "leads_to", "message"),
    [
        ("plugins/nightly_spark", "out", f"plugins/nightly_spark: {LINK}"),
        ("plugins/nightly_spark", "nowhere", f"plugins/nightly_spark: {BROKEN}"),
        ("plugins", "nowhere", f"--into: plugins: {BROKEN}"),
        ("plugins/nightly_spark/tests", "out", f"plugins/nightly_spark/tests: {LINK}"),
        (
            "plugins/nightly_spark/operators.py",
            "out/file",
            "plugins/nightly_spark/operators.py: links to out/file, which is outside plugins",
        ),
        ("plugins/nightly_spark/.advisor.yaml", "out/file", "plugins/nightly_spark/.advisor.yaml:"),
        (
            "plugins/nightly_spark/operators.py",
            "nowhere",
            "plugins/nightly_spark/operators.py: exp",
        ),
        ("plugins/nightly_spark/operators.py", "/dev/null", "plugins/nightly_spark/operators.py: "),
        (f"dags/{DAG}", "out/file", f"dags/{DAG}: links to out/file, which is outside dags"),
        (
            f"dags/{DAG}",
            f"dags/{DAG}",
            f"dags/{DAG}: expected a file, found a broken symbolic link",
        ),
    ],
)
def test_make_plan_refuses_links_that_lead_out_or_nowhere(
    link: str, leads_to: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "file").write_text("precious")
    (tmp_path / link).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / link).symlink_to(tmp_path / leads_to)
    assert problems(tmp_path).replace(str(tmp_path), ".").startswith(message)


def test_make_plan_accepts_links_as_the_users_folders(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "plugins").symlink_to("shared")
    assert set(run_in(tmp_path).values()) == {"create"}
    assert (tmp_path / "plugins").is_symlink()
    assert (tmp_path / "shared" / "nightly_spark" / "operators.py").exists()


def test_make_plan_refuses_dags_inside_the_package(tmp_path: Path) -> None:
    places = Places(tmp_path, tmp_path / "nightly_spark" / "dags")
    with pytest.raises(InputError, match=r"--dags: must not be inside the package .*nightly_spark"):
        make_plan(SPEC, rendered(), places)


def test_make_plan_reports_all_obstacles_at_once(tmp_path: Path) -> None:
    for name in ("operators.py", "tests"):
        (package(tmp_path) / name).mkdir()
    (package(tmp_path) / "tests" / "test_operator.py").mkdir()
    assert len(problems(tmp_path).splitlines()) == 2


def test_make_plan_refuses_the_folder_of_another_scaffold(tmp_path: Path) -> None:
    run_in(tmp_path)
    package(tmp_path).rename(tmp_path / "plugins" / "copied")
    spec = replace(SPEC, name=Name("Copied", "copied"))
    with pytest.raises(InputError, match="expected the package copied, found nightly_spark"):
        make_plan(spec, rendered(), places_in(tmp_path))


def test_make_plan_spells_paths_as_the_user_spelled_the_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plan = make_plan(SPEC, rendered(), Places(Path("plugins"), Path()))
    shown = [step.target.as_posix() for step in plan.steps]
    assert shown[0] == "plugins/nightly_spark/.airflowignore"
    assert shown[-1] == DAG
    assert plan.steps[-1].path == PurePosixPath(DAG)
