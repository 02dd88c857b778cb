"""The keeper: nothing that it started outlives the one that asked for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from advisor.drill.live.process_reaper import ROOT, ProcessReaper
from advisor.drill.live.processes import have_ended, read
from advisor.drill.live.waiting import until

# A service that ignores SIGTERM, and a child of it that leaves its session and loses its parent.
STUBBORN = "trap '' TERM; (setsid sleep 60 & echo $! > escaped); touch ready; sleep 60; sleep 60"


def start_something(folder: Path) -> tuple[ProcessReaper, list[int]]:
    keeper = ProcessReaper(folder)
    shell = keeper.start(
        ["/bin/sh", "-c", STUBBORN], folder / "log", environment=dict(os.environ), folder=folder
    )
    while not (folder / "ready").exists():
        time.sleep(0.01)
    escaped = int((folder / "escaped").read_text())
    assert read(shell)
    assert read(escaped)
    return keeper, [shell, escaped]


def test_close_ends_everything(tmp_path: Path) -> None:
    keeper, started = start_something(tmp_path)
    assert {*started} <= {each.pid for each in keeper.kept()}
    keeper.close()
    assert have_ended(started, 0)
    assert not tmp_path.exists()


def test_it_ends_everything_when_the_one_that_asked_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path;"
        "from tests.drill.live.test_keeper import start_something;"
        "keeper, started = start_something(Path(sys.argv[1]));"
        "print(*started, *(each.pid for each in keeper.kept()), flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as asking:
        assert asking.stdout
        started = [int(pid) for pid in asking.stdout.readline().split()]
        asking.send_signal(signal.SIGKILL)
    assert len({*started}) > 2
    assert have_ended(started, 20)
    until(lambda: not tmp_path.exists(), 20, lambda: "the folder is still there")


def test_a_program_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    keeper = ProcessReaper()
    try:
        with pytest.raises(OSError, match="cannot start no-such-program"):
            keeper.start(["no-such-program"], tmp_path / "log", environment={}, folder=tmp_path)
    finally:
        keeper.close()


def test_what_has_ended_is_no_process_even_if_nobody_waited_for_it() -> None:
    with subprocess.Popen(["/bin/sleep", "20"]) as sleeping:
        seen = read(sleeping.pid)
        sleeping.kill()
        assert have_ended([sleeping.pid], 5)
        assert read(sleeping.pid) is None
    assert seen
    assert (seen.pid, seen.parent) == (sleeping.pid, os.getpid())
