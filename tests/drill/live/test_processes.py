"""Processes are read from /proc, and workers are found among them."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator

import pytest

from advisor.drill.live.processes import (
    KillMode,
    Process,
    Worker,
    find_worker,
    read_process,
    wait_for_exit,
)

SUPERVISOR = Process(10, 1, "airflow supervisor: id-1")
TASK = Process(11, 10, "airflow worker -- id-1")


@pytest.fixture
def sleeping() -> Iterator[tuple[subprocess.Popen[bytes], Process]]:
    with subprocess.Popen(["/bin/sleep", "60"]) as process:
        # Before exec, the process has the command line of this one.
        while (record := read_process(process.pid)) and not record.title.startswith("/bin/sleep"):
            pass
        assert record
        yield process, record
        process.kill()


def test_read_process_returns_none_for_a_zombie() -> None:
    with subprocess.Popen(["/bin/sleep", "20"]) as sleeping:
        process = read_process(sleeping.pid)
        sleeping.kill()
        assert wait_for_exit([sleeping.pid], 5)
        assert read_process(sleeping.pid) is None
    assert process
    assert (process.pid, process.parent) == (sleeping.pid, os.getpid())


def test_read_process_accepts_a_command_line_that_is_not_utf8() -> None:
    with subprocess.Popen([b"\xff", b"60"], executable="/bin/sleep") as process:
        while (record := read_process(process.pid)) and record.title != "\ufffd 60":
            pass
        process.kill()
    assert record


def test_wait_for_exit_returns_false_after_the_timeout() -> None:
    assert not wait_for_exit([os.getpid()], 0)


def test_find_worker_returns_the_task_process_and_its_parent() -> None:
    others = [Process(20, 1, "airflow supervisor: id-2"), Process(21, 20, "airflow worker -- id-2")]
    assert find_worker("id-1", [*others, TASK, SUPERVISOR]) == Worker(SUPERVISOR, TASK)


@pytest.mark.parametrize(
    "processes",
    [
        [],
        [TASK],
        [SUPERVISOR],
        [SUPERVISOR, Process(11, 10, SUPERVISOR.title)],
        [Process(10, 1, "airflow supervisor: id-2"), TASK],
    ],
    ids=["none", "no supervisor", "no task", "task without a title", "another task instance"],
)
def test_find_worker_returns_none_unless_both_processes_show_the_id(
    processes: list[Process],
) -> None:
    assert find_worker("id-1", processes) is None


@pytest.mark.parametrize(
    ("mode", "supervisor", "task"),
    [
        (KillMode.WORKER, -signal.SIGKILL, -signal.SIGKILL),
        (KillMode.SHUTDOWN, -signal.SIGTERM, None),
    ],
)
def test_kill_signals_the_processes_of_the_mode(
    mode: KillMode,
    supervisor: int,
    task: int | None,
    sleeping: tuple[subprocess.Popen[bytes], Process],
) -> None:
    task_process, task_record = sleeping
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE) as supervisor_process:
        while (record := read_process(supervisor_process.pid)) and "cat" not in record.title:
            pass
        assert record
        assert Worker(record, task_record).kill(mode)
        assert supervisor_process.wait(5) == supervisor
    if task is None:
        assert task_process.poll() is None
    else:
        assert task_process.wait(5) == task


def test_kill_sends_nothing_if_a_process_runs_another_task_instance(
    sleeping: tuple[subprocess.Popen[bytes], Process],
) -> None:
    process, record = sleeping
    changed = Process(record.pid, record.parent, "airflow worker -- id-1")
    assert not Worker(record, changed).kill(KillMode.WORKER)
    assert process.poll() is None
