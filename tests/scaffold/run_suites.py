"""Runs generated tests: a forked child per package, from a process that has imported Airflow.

Started by the Python of an environment with Airflow, with the folders of packages as lines on
standard input and further options for pytest as arguments. Prints one line of JSON for each: the
package, the exit code of pytest, how many passed and failed, and why others were skipped. A suite
that takes longer than SECONDS is ended by SIGALRM and has the code -14.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import tempfile
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

IMPORTED_ONCE = ("airflow.sdk", "airflow.triggers.base", "airflow.providers.http.hooks.http")
"""Modules that every child needs, and that take seconds to import."""
SECONDS = 60
OPTIONS = ("-q", "-x", "-p", "no:cacheprovider", "-p", "no:asyncio", "--tb=short")


class Counter:
    """Counts how tests ended."""

    def __init__(self) -> None:
        self.counts = {"passed": 0, "failed": 0}
        self.skipped: list[str] = []
        """The reasons."""
        self.failed_in = ""
        """The name of the file with the first test that failed."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if isinstance(report.longrepr, tuple):  # skipped: where, and why
            self.skipped.append(report.longrepr[2].removeprefix("Skipped: "))
        elif report.when == "call" or report.failed:
            self.counts[report.outcome] += 1
            if report.failed:
                self.failed_in = self.failed_in or Path(report.fspath).name


def run_suite(package: Path) -> dict[str, Any]:
    """Run the tests of one package in a child, and return how they went."""
    with tempfile.TemporaryFile("w+") as output:
        pid = os.fork()
        if pid == 0:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
            signal.alarm(SECONDS)
            os._exit(_in_child(package))
        _, status = os.waitpid(pid, 0)
        output.seek(0)
        *text, last = output.read().splitlines() or [""]
    counts = json.loads(last) if last.startswith("{") else {"failed_in": ""}
    code = os.waitstatus_to_exitcode(status)
    return {"package": str(package), "code": code, "output": "\n".join(text[-60:]), **counts}


def _in_child(package: Path) -> int:
    counter = Counter()
    code = pytest.main([*OPTIONS, *sys.argv[1:], str(package / "tests")], plugins=[counter])
    sys.stdout.flush()
    counts = {**counter.counts, "skipped": counter.skipped, "failed_in": counter.failed_in}
    os.write(1, f"\n{json.dumps(counts)}\n".encode())
    return int(code)


def main() -> None:
    """Run every suite that standard input names."""
    for module in IMPORTED_ONCE:
        with suppress(ModuleNotFoundError):  # Airflow 2 has no airflow.sdk
            import_module(module)
    # A collection in a child would copy the memory that it shares with this process.
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        print(json.dumps(run_suite(Path(line.strip()))), flush=True)


if __name__ == "__main__":
    main()
