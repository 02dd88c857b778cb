"""The process reaper ends all processes that it started when its parent ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from advisor.drill.live.process_reaper import ROOT, ProcessReaper
from advisor.drill.live.processes import read_process, wait_for_exit
from advisor.drill.live.services import wait_until

# A service that ignores SIGTERM, with an orphaned child in another session. It creates the file
# with the built-in `:`, because a `touch` process could be mistaken for the child.
STUBBORN = "trap '' TERM; (setsid sleep 60 & echo $! > escaped); : > ready; sleep 60; sleep 60"


def start_stubborn(folder: Path) -> tuple[ProcessReaper, list[int]]:
    reaper = ProcessReaper(folder)
    shell = reaper.start(
        ["/bin/sh", "-c", STUBBORN], folder / "log", environment=dict(os.environ), folder=folder
    )
    # The shell, the escaped process, and a child of the shell.
    while not (folder / "ready").exists() or len(reaper.processes()) < 3:
        time.sleep(0.01)
    escaped = int((folder / "escaped").read_text())
    assert read_process(shell)
    assert read_process(escaped)
    return reaper, [shell, escaped]


def test_close_ends_all_processes_and_removes_the_folder(tmp_path: Path) -> None:
    reaper, started = start_stubborn(tmp_path)
    assert {*started} <= {each.pid for each in reaper.processes()}
    reaper.close()
    assert wait_for_exit(started, 0)
    assert not tmp_path.exists()


def test_reaper_ends_all_processes_if_its_parent_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path;"
        "from tests.drill.live.test_process_reaper import start_stubborn;"
        "reaper, started = start_stubborn(Path(sys.argv[1]));"
        "print(*started, *(each.pid for each in reaper.processes()), flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        started = [int(pid) for pid in parent.stdout.readline().split()]
        parent.send_signal(signal.SIGKILL)
    assert len({*started}) > 2
    assert wait_for_exit(started, 20)
    wait_until(lambda: not tmp_path.exists(), 20, lambda: "the folder still exists")


def test_start_raises_an_error_for_a_missing_program(tmp_path: Path) -> None:
    reaper = ProcessReaper()
    try:
        with pytest.raises(OSError, match="cannot start no-such-program"):
            reaper.start(["no-such-program"], tmp_path / "log", environment={}, folder=tmp_path)
    finally:
        reaper.close()
