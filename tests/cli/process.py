"""Runs advisor in a separate process, or in this process with streams in memory."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from advisor.cli.app import run

PROGRAM: Final = (sys.executable, "-m", "advisor")
COMPLETE: Final = (
    *("recommend", "--triggerer", "--duration", "3h"),
    *("--duplicate-risk", "costly", "--async-client", "--airflow-version", "3.3"),
)
"""A run that needs no file and no terminal."""
ANSWERS: Final = """\
triggerer: yes
duration: 3h
duplicate_risk: costly
async_client: yes
airflow_version: 3.3
"""
"""The same answers as a file."""
NOT_INHERITED: Final = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONUNBUFFERED"}
TIMEOUT: Final = 60
"""Seconds for a run."""


@dataclass(frozen=True)
class Ran:
    """The exit code and the output of a run."""

    code: int
    out: str
    err: str

    @property
    def is_clean(self) -> bool:
        """Return whether it ended as documented, without a traceback or a bug report."""
        has_bug = "Traceback" in self.err or "--- report ---" in self.err
        return self.code in {0, 1, 2} and not has_bug


def advisor(
    *arguments: str | Path,
    stdin: bytes | int = subprocess.DEVNULL,
    stdout: int = subprocess.PIPE,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    redirect: str = "",
) -> Ran:
    """Run advisor in a separate process; `redirect` is added to its shell command."""
    command: list[str | Path] = [*PROGRAM, *arguments]
    if redirect:
        command = ["sh", "-c", f'exec "$@" {redirect}', "sh", *command]
    inherited = {k: v for k, v in os.environ.items() if k not in NOT_INHERITED}
    done = subprocess.run(
        command,
        input=stdin if isinstance(stdin, bytes) else None,
        stdin=None if isinstance(stdin, bytes) else stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        cwd=folder,
        env={**inherited, **(environment or {})},
        timeout=TIMEOUT,
        check=False,
    )
    out = (done.stdout or b"").decode("utf-8", "replace")
    return Ran(done.returncode, out, done.stderr.decode("utf-8", "replace"))


def advisor_here(*arguments: str, stdin: bytes = b"") -> Ran:
    """Run advisor in this process, which takes a fraction of the time."""
    out, err = _stream(), _stream()
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BufferedReader(io.BytesIO(stdin)))
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = run(list(arguments))
    finally:
        sys.stdin = before
    return Ran(code, _text_of(out), _text_of(err))


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def _text_of(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
