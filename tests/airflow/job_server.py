"""Runs `advisor demo-server` in a separate process."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from types import TracebackType
from typing import Any


class JobServer:
    """A demo server that runs inside a `with` block."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "advisor", "demo-server", "--port", "0"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
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
