"""Plans are carried out whole or not at all, and each file is replaced atomically."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from advisor.documents.files import TEMPORARY, leftovers_of, replace_file
from advisor.errors import ConflictError, OutputError
from advisor.scaffold.plan import Status, resolve_conflicts, with_record
from advisor.scaffold.write import write_plans
from tests.scaffold.making import DAG, FILES, only, plan_in, run_in, statuses, tree

CHANGED = {"operators.py": "A = 2\n", "more.py": "M = 1\n", "triggers.py": None}
RANDOM = "0123456789abcdef"


def package(folder: Path) -> Path:
    return folder / "plugins" / "nightly_spark"


def modes(folder: Path) -> dict[str, int]:
    return {str(path): path.lstat().st_mode for path in folder.rglob("*")}


def replace_failing(fails: Callable[[int], bool]) -> Callable[..., None]:
    """Return an os.replace that raises an error on the calls with these numbers."""
    original, calls = os.replace, []

    def replace(source: Path, target: Path) -> None:
        calls.append(target)
        if fails(len(calls)):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        original(source, target)

    return replace


def identity(file: Path) -> tuple[int, int, int]:
    """Return what changes if a file is written or replaced; reading changes its access time."""
    status = file.stat()
    return status.st_ino, status.st_mtime_ns, status.st_mode


def test_write_plans_keeps_other_files_in_the_folder(tmp_path: Path) -> None:
    run_in(tmp_path)
    notes = package(tmp_path) / "mine" / "notes.txt"
    notes.parent.mkdir(mode=0o750)
    notes.write_text("precious")
    notes.chmod(0o640)
    (package(tmp_path) / "link").symlink_to("/nowhere")
    before = identity(notes)
    run_in(tmp_path, CHANGED, dag="D = 2\n")
    assert (package(tmp_path) / "operators.py").read_text() == "A = 2\n"
    assert (tmp_path / "dags" / DAG).read_text() == "D = 2\n"
    assert identity(notes) == before
    assert notes.parent.stat().st_mode & 0o777 == 0o750
    assert (package(tmp_path) / "link").readlink() == Path("/nowhere")


def test_write_plans_leaves_no_temporary_files(tmp_path: Path) -> None:
    run_in(tmp_path)
    run_in(tmp_path, CHANGED, dag="D = 2\n")
    assert not [path for path in tmp_path.rglob("*") if ".advisor-" in path.name]


def test_write_plans_touches_nothing_if_nothing_changes(tmp_path: Path) -> None:
    run_in(tmp_path)
    stats = {path: path.lstat() for path in (tmp_path, *tmp_path.rglob("*"))}
    run_in(tmp_path)
    for path, before in stats.items():
        after = path.lstat()
        assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns), path


def test_write_plans_does_not_touch_identical_files(tmp_path: Path) -> None:
    run_in(tmp_path)
    file = package(tmp_path) / "__init__.py"
    before = identity(file)
    run_in(tmp_path, CHANGED)
    assert identity(file) == before


def test_write_plans_removes_unedited_files_that_are_no_longer_rendered(tmp_path: Path) -> None:
    run_in(tmp_path)
    run_in(tmp_path, {"triggers.py": None})
    assert not (package(tmp_path) / "triggers.py").exists()


def test_write_plans_applies_the_umask_and_keeps_the_modes_of_the_user(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        run_in(tmp_path)
        assert package(tmp_path).stat().st_mode & 0o777 == 0o750
        assert (package(tmp_path) / "operators.py").stat().st_mode & 0o777 == 0o640
        (package(tmp_path) / "operators.py").chmod(0o775)
        package(tmp_path).chmod(0o700)
        run_in(tmp_path, CHANGED)
    finally:
        os.umask(before)
    assert package(tmp_path).stat().st_mode & 0o777 == 0o700
    assert (package(tmp_path) / "operators.py").stat().st_mode & 0o777 == 0o775


def test_write_plans_replaces_a_link_and_keeps_its_target(tmp_path: Path) -> None:
    run_in(tmp_path)
    operators, common = package(tmp_path) / "operators.py", tmp_path / "plugins" / "common.py"
    common.write_text("C = 1\n")
    operators.unlink()
    operators.symlink_to("../common.py")
    plan = resolve_conflicts(plan_in(tmp_path), lambda _: Status.force)
    write_plans([with_record(plan)])
    assert not operators.is_symlink()
    assert common.read_text() == "C = 1\n"


@pytest.mark.parametrize("existing", [True, False])
def test_write_plans_refuses_files_that_were_edited_after_planning(
    existing: bool, tmp_path: Path
) -> None:
    if existing:
        run_in(tmp_path)
    plan = with_record(plan_in(tmp_path, CHANGED, dag="D = 2\n"))
    (tmp_path / "dags").mkdir(exist_ok=True)
    (tmp_path / "dags" / DAG).write_text("mine\n")
    before = tree(tmp_path)
    with pytest.raises(ConflictError, match=r"while advisor was running \(run the command again"):
        write_plans([plan])
    assert tree(tmp_path) == before


def test_write_plans_refuses_files_that_are_edited_while_it_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_in(tmp_path)
    plan = with_record(plan_in(tmp_path, CHANGED, dag="D = 2\n"))
    original, dag = os.replace, tmp_path / "dags" / DAG

    def edit_then_replace(source: Path, target: Path) -> None:
        dag.write_text("mine\n")
        original(source, target)

    before = tree(tmp_path)
    monkeypatch.setattr(os, "replace", edit_then_replace)
    with pytest.raises(ConflictError, match="was edited while advisor was running"):
        write_plans([plan])
    assert tree(tmp_path) == {**before, f"dags/{DAG}": "mine\n"}


@pytest.mark.parametrize("existing", [True, False])
@pytest.mark.parametrize("failing", [1, 2, 3, 4])
def test_write_plans_undoes_everything_on_an_error(
    failing: int, existing: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if existing:
        run_in(tmp_path)
        (package(tmp_path) / "operators.py").chmod(0o755)
        (package(tmp_path) / "triggers.py").chmod(0o600)
    before, modes_before = tree(tmp_path), modes(tmp_path)
    plan = with_record(plan_in(tmp_path, CHANGED, dag="D = 2\n"))
    monkeypatch.setattr(os, "replace", replace_failing(lambda number: number == failing))
    with pytest.raises(OutputError, match="cannot be written: Input/output error"):
        write_plans([plan])
    assert tree(tmp_path) == before
    assert modes(tmp_path) == modes_before


def test_write_plans_restores_links_on_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_in(tmp_path)
    operators = package(tmp_path) / "operators.py"
    (tmp_path / "plugins" / "common.py").write_text("C = 1\n")
    operators.unlink()
    operators.symlink_to("../common.py")
    before = tree(tmp_path)
    plan = resolve_conflicts(plan_in(tmp_path, dag="D = 2\n"), lambda _: Status.force)
    monkeypatch.setattr(os, "replace", replace_failing(lambda number: number == 3))
    with pytest.raises(OutputError):
        write_plans([with_record(plan)])
    assert tree(tmp_path) == before


def test_write_plans_names_files_that_it_cannot_restore(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_in(tmp_path)
    plan = with_record(plan_in(tmp_path, {"operators.py": "A = 2\n"}, dag="D = 2\n"))
    monkeypatch.setattr(os, "replace", replace_failing(lambda number: number > 1))
    with pytest.raises(OutputError) as caught:
        write_plans([plan])
    lines = [problem.line() for problem in caught.value.problems]
    assert lines == [
        f"{tmp_path / 'dags' / DAG}: cannot be written: Input/output error",
        f"{package(tmp_path) / 'operators.py'}: cannot be restored: Input/output error",
    ]


def test_write_plans_leaves_nothing_behind_on_a_full_disk(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    plan = with_record(plan_in(tmp_path, {"hooks.py": "x" * 5000}))
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, hard))
    try:
        with pytest.raises(OutputError, match=r"hooks\.py: cannot be written: File too large"):
            write_plans([plan])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert tree(tmp_path) == {}


def test_write_plans_leaves_nothing_behind_if_a_folder_cannot_be_created(tmp_path: Path) -> None:
    plan = with_record(plan_in(tmp_path))
    (tmp_path / "dags").write_text("mine")
    with pytest.raises(OutputError, match="dags: cannot be written: File exists"):
        write_plans([plan])
    assert tree(tmp_path) == {"dags": "mine"}


def test_write_plans_undoes_everything_if_a_folder_is_read_only(tmp_path: Path) -> None:
    run_in(tmp_path)
    tests = package(tmp_path) / "tests"
    tests.chmod(0o555)
    if os.access(tests, os.W_OK):
        pytest.skip("this user can write to every folder, as root can")
    before = tree(tmp_path)
    plan = plan_in(tmp_path, {**CHANGED, "tests/test_operator.py": "def test_2() -> None: ...\n"})
    try:
        with pytest.raises(OutputError, match=r"test_operator\.py: cannot be written: Permission"):
            write_plans([with_record(plan)])
    finally:
        tests.chmod(0o755)
    assert tree(tmp_path) == before


def leftover(target: Path, random: str = RANDOM) -> Path:
    file = target.with_name(TEMPORARY.format(target.name, random))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("left")
    return file


def test_write_plans_removes_temporary_files_of_killed_runs_and_no_others(tmp_path: Path) -> None:
    removed = [
        leftover(package(tmp_path) / "operators.py"),
        leftover(package(tmp_path) / "tests" / "test_operator.py"),
        leftover(package(tmp_path) / ".advisor.yaml"),
        leftover(tmp_path / "dags" / DAG),
    ]
    kept = [
        leftover(package(tmp_path) / "operators.py", random="short"),
        leftover(package(tmp_path) / "mine.py"),
        leftover(tmp_path / "dags" / "other_example.py"),
    ]
    plan = plan_in(tmp_path)
    assert plan.is_incomplete
    assert set(plan.leftovers) == set(removed)
    write_plans([with_record(plan)])
    assert not any(file.exists() for file in removed)
    assert all(file.exists() for file in kept)
    assert not plan_in(tmp_path).is_incomplete


def test_leftovers_of_finds_the_temporary_files_of_replace_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, temporary = tmp_path / "a[1]*.py", []

    def keep(source: Path, _: Path) -> None:
        temporary.extend([source, *leftovers_of(file)])

    monkeypatch.setattr(os, "replace", keep)
    replace_file(file, b"")
    assert temporary == [temporary[0]] * 2


def test_plan_is_complete_before_and_after_a_run(tmp_path: Path) -> None:
    assert not plan_in(tmp_path).is_incomplete
    run_in(tmp_path)
    assert not plan_in(tmp_path).is_incomplete
    assert not plan_in(tmp_path, CHANGED, dag="D = 2\n").is_incomplete


def test_plan_is_complete_if_only_the_users_files_exist(tmp_path: Path) -> None:
    package(tmp_path).mkdir(parents=True)
    (package(tmp_path) / "operators.py").write_text("mine\n")
    (package(tmp_path) / "notes.txt").write_text("mine\n")
    assert not plan_in(tmp_path).is_incomplete


def test_plan_is_incomplete_without_a_record(tmp_path: Path) -> None:
    run_in(tmp_path)
    for name in (".advisor.yaml", "operators.py"):
        (package(tmp_path) / name).unlink()
    plan = plan_in(tmp_path)
    assert plan.is_incomplete
    assert only(plan) == {"operators.py": "create"}


def test_plan_is_incomplete_if_an_update_was_interrupted(tmp_path: Path) -> None:
    run_in(tmp_path)
    (package(tmp_path) / "operators.py").write_text("A = 2\n")
    plan = plan_in(tmp_path, {"operators.py": "A = 2\n", "triggers.py": "T = 2\n"})
    assert plan.is_incomplete
    assert only(plan) == {"triggers.py": "update"}
    assert statuses(plan).keys() == {*FILES, DAG}
