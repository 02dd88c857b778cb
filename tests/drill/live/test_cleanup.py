"""A live drill leaves no processes or files behind when it is interrupted or killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from advisor.drill.live.services import wait_until
from tests.airflow.environments import python_with

pytestmark = pytest.mark.airflow

ROOT = Path(__file__).parents[3]
PLAIN = f"{ROOT}/advisor/drill/controls/plain.py:plain"
TIMEOUT = 120


@contextmanager
def running_drill(temporary: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a drill with this folder for temporary files; yield when its Airflow is starting."""
    command = [sys.executable, "-m", "advisor", "drill", PLAIN, "--live"]
    with subprocess.Popen(
        [*command, "--python", str(python_with("3.3.2"))],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        wait_until(
            lambda: any(temporary.glob("*/scheduler.txt")),
            TIMEOUT,
            lambda: "no scheduler has started",
        )
        assert processes_of(temporary)
        yield process


def processes_of(folder: Path) -> list[str]:
    """Return the processes whose environment contains a folder."""
    processes = []
    for entry in Path("/proc").iterdir():
        try:
            environment = (entry / "environ").read_bytes() if entry.name.isdigit() else b""
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if f"{folder}".encode() in environment:
            processes.append(entry.name)
    return processes


def is_clean(temporary: Path) -> bool:
    return not processes_of(temporary) and not [*temporary.iterdir()]


@pytest.mark.parametrize(
    ("number", "expected"), [(signal.SIGINT, "Interrupted.\n"), (signal.SIGTERM, "")]
)
def test_interrupted_drill_exits_with_the_signal_and_leaves_nothing(
    tmp_path: Path, number: int, expected: str
) -> None:
    with running_drill(tmp_path) as process:
        process.send_signal(number)
        _, message = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, message) == (128 + number, expected)
    assert is_clean(tmp_path)


def test_killed_drill_leaves_nothing(tmp_path: Path) -> None:
    with running_drill(tmp_path) as process:
        process.kill()
    assert wait_until(lambda: is_clean(tmp_path), TIMEOUT, lambda: str(processes_of(tmp_path)))
