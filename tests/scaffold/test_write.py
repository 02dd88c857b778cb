"""All or nothing: whatever stops a run, each folder is as before or complete."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from advisor.errors import ConflictError, OutputError
from advisor.scaffold import exchange, staging
from advisor.scaffold.plan import Status, resolve_conflicts, with_record
from advisor.scaffold.staging import Staged
from advisor.scaffold.write import clean_up, write_plans
from tests.scaffold.making import DAG, places_in, plan_in, run_in, tree

ROOT = Path(__file__).parents[2]
CHANGED = {"operators.py": "A = 2\n"}
HEX = "0123456789abcdef"


def package(folder: Path) -> Path:
    return folder / "plugins" / "nightly_spark"


@pytest.fixture(params=["at once", "in turns"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "in turns":
        monkeypatch.setattr(exchange, "_system_call", lambda: None)
    return str(request.param)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("scenario", ["new", "update"])
@pytest.mark.parametrize("way", ["once", "in-turns"])
def test_killed_at_any_line_a_folder_is_as_before_or_complete_and_the_next_run_succeeds(
    scenario: str, way: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.scaffold.killed", str(tmp_path), scenario, way],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100


@pytest.mark.usefixtures("way")
def test_an_update_keeps_what_the_user_has_there(tmp_path: Path) -> None:
    run_in(tmp_path)
    notes = package(tmp_path) / "mine" / "notes.txt"
    notes.parent.mkdir(mode=0o750)
    notes.write_text("precious")
    notes.chmod(0o640)
    (package(tmp_path) / "link").symlink_to("/nowhere")
    before = notes.stat()
    run_in(tmp_path, CHANGED, dag="D = 2\n")
    assert (package(tmp_path) / "operators.py").read_text() == "A = 2\n"
    assert (tmp_path / "dags" / DAG).read_text() == "D = 2\n"
    after = notes.stat()
    kept = ("st_mode", "st_mtime_ns", "st_ino")
    assert [getattr(before, each) for each in kept] == [getattr(after, each) for each in kept]
    assert notes.parent.stat().st_mode & 0o777 == 0o750
    assert (package(tmp_path) / "link").readlink() == Path("/nowhere")


@pytest.mark.usefixtures("way")
def test_nothing_of_a_run_is_left_over(tmp_path: Path) -> None:
    run_in(tmp_path)
    run_in(tmp_path, CHANGED, dag="D = 2\n")
    assert [each.name for each in (tmp_path / "plugins").iterdir()] == ["nightly_spark"]
    assert [each.name for each in (tmp_path / "dags").iterdir()] == [DAG]


def test_where_nothing_changes_nothing_is_touched(tmp_path: Path) -> None:
    run_in(tmp_path)
    stats = {path: path.lstat() for path in (tmp_path, *tmp_path.rglob("*"))}
    run_in(tmp_path)
    for path, before in stats.items():
        after = path.lstat()
        assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns), path


def test_a_file_that_does_not_change_is_not_touched_by_an_update(tmp_path: Path) -> None:
    run_in(tmp_path)
    file = package(tmp_path) / "triggers.py"
    before = file.stat()
    run_in(tmp_path, CHANGED)
    assert file.stat().st_mtime_ns == before.st_mtime_ns


def test_a_file_that_nobody_edited_and_nobody_needs_is_removed(tmp_path: Path) -> None:
    run_in(tmp_path)
    run_in(tmp_path, {"triggers.py": None})
    assert not (package(tmp_path) / "triggers.py").exists()


def test_compiled_files_are_not_carried_over(tmp_path: Path) -> None:
    run_in(tmp_path)
    (package(tmp_path) / "__pycache__").mkdir()
    (package(tmp_path) / "__pycache__" / "operators.pyc").touch()
    run_in(tmp_path, CHANGED)
    assert not (package(tmp_path) / "__pycache__").exists()


def test_modes_are_the_usual_ones_and_those_of_the_user_stay(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        run_in(tmp_path)
        assert package(tmp_path).stat().st_mode & 0o777 == 0o750
        assert (package(tmp_path) / "operators.py").stat().st_mode & 0o777 == 0o640
        (package(tmp_path) / "operators.py").chmod(0o755)
        package(tmp_path).chmod(0o700)
        run_in(tmp_path, CHANGED)
    finally:
        os.umask(before)
    assert package(tmp_path).stat().st_mode & 0o777 == 0o700
    assert (package(tmp_path) / "operators.py").stat().st_mode & 0o777 == 0o755


def test_a_folder_that_may_not_be_written_to_comes_along(tmp_path: Path) -> None:
    run_in(tmp_path)
    (package(tmp_path) / "tests").chmod(0o555)
    run_in(tmp_path, {"tests/test_operator.py": "def test_2() -> None: ...\n"})
    assert (package(tmp_path) / "tests").stat().st_mode & 0o777 == 0o555
    (package(tmp_path) / "tests").chmod(0o755)
    assert "test_2" in (package(tmp_path) / "tests" / "test_operator.py").read_text()


def test_a_link_that_is_overwritten_becomes_a_file_and_what_it_names_stays(tmp_path: Path) -> None:
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
def test_a_file_that_is_edited_after_it_was_planned_is_kept(existing: bool, tmp_path: Path) -> None:
    if existing:
        run_in(tmp_path)
    plan = with_record(plan_in(tmp_path, CHANGED, dag="D = 2\n"))
    (tmp_path / "dags").mkdir(exist_ok=True)
    (tmp_path / "dags" / DAG).write_text("mine\n")
    before = tree(tmp_path)
    with pytest.raises(ConflictError, match="was edited while advisor was running; run it again"):
        write_plans([plan])
    assert tree(tmp_path) == before


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("existing", [True, False])
@pytest.mark.parametrize("failing", [1, 2])
def test_a_step_that_fails_takes_back_all_before_it(
    failing: int, existing: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if existing:
        run_in(tmp_path)
    before = tree(tmp_path)
    plan = with_record(plan_in(tmp_path, CHANGED, dag="D = 2\n"))
    commit, calls = Staged.commit, []

    def fails(staged: Staged) -> None:
        calls.append(staged)
        if len(calls) == failing:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        commit(staged)

    monkeypatch.setattr(Staged, "commit", fails)
    with pytest.raises(OutputError, match="cannot be written: Input/output error"):
        write_plans([plan])
    assert tree(tmp_path) == before


def test_a_full_disk_is_told_and_leaves_nothing_behind(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    plan = with_record(plan_in(tmp_path, {"hooks.py": "x" * 5000}))
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, hard))
    try:
        with pytest.raises(OutputError, match="nightly_spark: cannot be written: File too large"):
            write_plans([plan])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert tree(tmp_path) == {}


def test_a_folder_that_cannot_be_made_is_told_and_leaves_nothing_behind(tmp_path: Path) -> None:
    plan = with_record(plan_in(tmp_path))
    (tmp_path / "dags").write_text("mine")
    with pytest.raises(OutputError, match="cannot be written: File exists"):
        write_plans([plan])
    assert tree(tmp_path) == {"dags": "mine"}


def test_an_interrupt_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("advisor.scaffold.write.keep_entries", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_plans([with_record(plan_in(tmp_path))])
    assert tree(tmp_path) == {}


@pytest.mark.usefixtures("way")
def test_what_cannot_be_linked_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_in(tmp_path)
    (package(tmp_path) / "notes.txt").write_text("precious")
    (package(tmp_path) / "link").symlink_to("notes.txt")

    def refuses(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuses)
    run_in(tmp_path, CHANGED, dag="D = 2\n")
    assert (tmp_path / "dags" / DAG).read_text() == "D = 2\n"
    assert (package(tmp_path) / "notes.txt").read_text() == "precious"
    assert (package(tmp_path) / "link").readlink() == Path("notes.txt")


def leftover(folder: Path, target: str, suffix: str = "", random: str = HEX) -> Path:
    made = folder / f".{target}.advisor-{random}{suffix}"
    made.mkdir(parents=True)
    (made / "file").write_text("left")
    return made


def test_what_a_killed_run_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    places = places_in(tmp_path)
    gone = [leftover(places.into, "a"), leftover(places.dags, "b.py")]
    kept = [
        leftover(places.into, "a", random="short"),
        leftover(places.into, "a", "-older"),
        leftover(places.into, "", random=HEX),
        leftover(tmp_path, "a"),
    ]
    (places.into / f".x.advisor-{HEX}").symlink_to(tmp_path)
    clean_up(places)
    assert not any(each.exists() for each in gone)
    assert all((each / "file").exists() for each in kept)
    assert tmp_path.exists()


def test_what_was_moved_aside_is_brought_back_once(tmp_path: Path) -> None:
    places = places_in(tmp_path)
    leftover(places.into, "a", "-old")
    clean_up(places)
    assert tree(places.into) == {"a": "/", "a/file": "left"}
    leftover(places.into, "a", "-old")
    clean_up(places)
    assert tree(places.into) == {"a": "/", "a/file": "left"}


def test_what_another_run_is_about_to_put_in_its_place_is_left_alone(tmp_path: Path) -> None:
    places = places_in(tmp_path)
    places.into.mkdir()
    staged = Staged(places.into / "a", folder=True)
    clean_up(places)
    assert staged.path.exists()
    staged.discard()
    assert not staged.path.exists()


def test_a_name_that_looks_like_a_leftover_is_one_that_staging_gives(tmp_path: Path) -> None:
    staged = Staged(tmp_path / "a", folder=False)
    match = staging.NAME.fullmatch(staged.path.name)
    assert match is not None
    assert match["target"] == "a"
    staged.discard()
