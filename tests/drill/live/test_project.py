"""The files for a temporary Airflow connect the targets to a shared job service."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from advisor.drill.live.project import Project
from advisor.drill.model import Target
from advisor.drill.runtime.events import Held, HoldRequested, Point, SignalSent
from advisor.drill.runtime.live import RUN, Ledger, SharedService, behaviour, submitted_by
from advisor.drill.runtime.service import Statuses

HOOKS = """\
class JobStatus:
    NOT_FOUND = "GONE"


PAGE = 100


class ReportHook:
    ACTIVE, SUCCEEDED, FAILED = {"ON"}, {"OK"}, {"CANCELLED", "BAD"}
    HONOURS_IDEMPOTENCY_KEY, LIST_CONSISTENCY_DELAY = True, 0.0

    def submit(self, spec, key):
        raise AssertionError("the real system is called")
"""
FORMER_HOOKS = (
    HOOKS.replace('class JobStatus:\n    NOT_FOUND = "GONE"', 'NOT_FOUND = "GONE"')
    .replace("HONOURS_IDEMPOTENCY_KEY", "KEY_CLOSES_WINDOW")
    .replace("LIST_CONSISTENCY_DELAY", "LISTING_LAG")
)
"""The names in scaffolds that were written before December 2026."""
USE = """\
from report.hooks import PAGE, ReportHook
hook = ReportHook()
job = hook.submit({"drill": 1}, "key-1")
print(PAGE, job, hook.status(job), hook.find("key-1"), hook.status("job-9"))
"""


def scaffold_in(folder: Path, hooks: str = HOOKS) -> Target:
    package = folder / "written" / "report"
    (package / "tests").mkdir(parents=True)
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "hooks.py").write_text(hooks, encoding="utf-8")
    return Target(str(package), str(package), stem="Report")


@pytest.mark.parametrize("hooks", [HOOKS, FORMER_HOOKS], ids=["current", "former"])
def test_hook_of_a_scaffold_submits_to_the_shared_job_service(tmp_path: Path, hooks: str) -> None:
    target = scaffold_in(tmp_path, hooks)
    home = tmp_path / "home"
    home.mkdir()
    project = Project(home, [target])
    project.write()
    process = subprocess.run(
        [sys.executable, "-c", USE],
        env={**project.environment(None), "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (process.stdout, process.stderr) == ("100 job-1 ON job-1 GONE\n", "")
    assert Path(target.path, "hooks.py").read_text(encoding="utf-8") == hooks


def test_write_creates_a_dag_for_each_target(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    factory = Target("ours.py:make", str(tmp_path / "ours.py"), factory="make")
    Project(home, [scaffold_in(tmp_path), factory]).write()
    dags = {file.name: file.read_text(encoding="utf-8") for file in (home / "dags").iterdir()}
    assert sorted(dags) == ["drill_0.py", "drill_1.py"]
    assert "scaffold_task('report', 'Report', " in dags["drill_0.py"]
    assert f"load_factory({str(tmp_path / 'ours.py')!r}, 'make')" in dags["drill_1.py"]
    assert not (home / "code" / "report" / "tests").exists()


def test_written_files_import_only_the_runtime(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    factory = Target("ours.py:make", str(tmp_path / "ours.py"), factory="make")
    Project(home, [scaffold_in(tmp_path), factory]).write()
    files = [home / "code" / "report" / "hooks.py", home / "code" / "ours.py"]
    lines = [
        line
        for file in (*files, *(home / "dags").iterdir())
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.startswith("from advisor")
    ]
    assert len(lines) == 4
    assert all(line.startswith("from advisor.drill.runtime.live import ") for line in lines)


def test_concurrent_submissions_start_different_jobs(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path;"
        "from advisor.drill.runtime.live import SharedService, behaviour;"
        "from advisor.drill.runtime.service import Statuses;"
        "service = SharedService("
        "Path(sys.argv[1]), behaviour(honours_keys=True, finds_keys=True), Statuses());"
        "[service.submit({}, f'{sys.argv[2]}-{number}') for number in range(20)]"
    )
    path = tmp_path / "ledger"
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(path), str(number)]) for number in (1, 2)
    ]
    assert [process.wait() for process in processes] == [0, 0]
    assert submitted_by(Ledger(path).read(), "") == [f"job-{number}" for number in range(1, 41)]


def test_held_submission_is_recorded_and_not_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger"
    drill = Ledger(path)
    drill.write(HoldRequested(), run="run-1")
    monkeypatch.setenv(RUN, "run-1")
    service = SharedService(path, behaviour(honours_keys=True, finds_keys=True), Statuses())
    child = os.fork()
    if child == 0:
        service.submit({}, "key")
        os._exit(0)
    while not any(drill.of(Held)):
        assert os.waitpid(child, os.WNOHANG) == (0, 0)
    os.kill(child, 9)
    os.waitpid(child, 0)
    drill.write(SignalSent("KILL", Point("execute", "wait", 1)), run="run-1")
    assert service.submit({}, "key") == "job-1"
