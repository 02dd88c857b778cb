"""However a drill on a real Airflow ends, nothing of it is left: no process and no file."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from advisor.drill.live.waiting import until
from tests.airflow.environments import python_with
from tests.cli.terminal import hear_interrupts

pytestmark = pytest.mark.airflow

ROOT = Path(__file__).parents[3]
PLAIN = f"{ROOT}/advisor/drill/controls/plain.py:plain"
PATIENCE = 120


@contextmanager
def drilling(temporary: Path) -> Iterator[subprocess.Popen[str]]:
    """A drill that keeps its files in a folder, once a service of its Airflow runs."""
    command = [sys.executable, "-m", "advisor", "drill", PLAIN, "--live"]
    with subprocess.Popen(
        [*command, "--python", str(python_with("3.3.2"))],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_interrupts,  # noqa: PLW1509 - no thread has started one
    ) as process:
        until(lambda: any(temporary.glob("*/scheduler.txt")), PATIENCE, lambda: "none has begun")
        assert processes_about(temporary)
        yield process


def processes_about(folder: Path) -> list[str]:
    """Return the processes whose environment names a folder, but for those of the tests."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            environment = (entry / "environ").read_bytes() if entry.name.isdigit() else b""
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if f"{folder}".encode() in environment:
            found.append(entry.name)
    return found


def nothing_is_left(temporary: Path) -> bool:
    return not processes_about(temporary) and not [*temporary.iterdir()]


def test_interrupted_it_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    with drilling(tmp_path) as process:
        process.send_signal(signal.SIGINT)
        _, message = process.communicate(timeout=PATIENCE)
    assert (process.returncode, message) == (130, "Interrupted; nothing was written.\n")
    assert nothing_is_left(tmp_path)


def test_killed_it_leaves_nothing_either(tmp_path: Path) -> None:
    with drilling(tmp_path) as process:
        process.kill()
    assert until(
        lambda: nothing_is_left(tmp_path), PATIENCE, lambda: str(processes_about(tmp_path))
    )
