"""Runs the job server of a generated package in a process of its own."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any


class JobServer:
    """A job server that runs inside a `with` block.

    Args:
        python: the Python to run it with; the server needs only the standard library.
        package: the generated package with the server.
    """

    def __init__(self, python: Path, package: Path) -> None:
        server = f"{package.name}.tests.job_server"
        command = [str(python), "-m", server, "--port", "0"]
        self._process = subprocess.Popen(
            command, cwd=package.parent, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    def __enter__(self) -> JobServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.communicate()

    def jobs(self, name: str) -> list[dict[str, Any]]:
        """Return the jobs whose spec has this name."""
        return [job for job in self._ledger()["jobs"] if job["spec"]["name"] == name]

    def _ledger(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/_ledger") as response:
            ledger: dict[str, Any] = json.load(response)
        return ledger

    def set_faults(self, **faults: object) -> None:
        """Set the faults of the server, such as `loses_answers`."""
        body = json.dumps(faults).encode()
        request = urllib.request.Request(f"{self.url}/_faults", body, method="POST")
        urllib.request.urlopen(request).close()
