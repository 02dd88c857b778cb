"""What the tests need of a service: how it is started, reached and asked for its jobs."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, TypeVar

LOOPBACK = "127.0.0.1"
SECONDS_TO_END = 10.0
S = TypeVar("S", bound="Service")


class Service(ABC):
    """A system on loopback, which is not ours; started by entering the context.

    Each Dag run names its jobs: `spec` puts the name of the run into a job, and `jobs` finds it
    there. The jobs of a run are thus counted by asking the service.
    """

    system: ClassVar[str]
    """The value of `--system`."""
    is_live: ClassVar[bool] = True
    """Whether Dags run with the service; otherwise it serves only the contract tests."""
    example_spec: Mapping[str, Any] | None = None
    """What replaces the job of the example Dag, if the service cannot run that one."""
    settings: Mapping[str, str]
    """The settings of the scaffold that depend on the service, such as a port."""
    connections: Mapping[str, str]
    """URIs or JSON of Airflow connections by id."""
    environment: Mapping[str, str]
    """Environment variables that the client libraries need."""
    facts: Mapping[str, str]
    """What the contract tests have to know, such as addresses."""

    def __init__(self) -> None:
        self.settings, self.connections, self.environment, self.facts = {}, {}, {}, {}
        self._processes: list[subprocess.Popen[bytes]] = []
        self._folder = tempfile.TemporaryDirectory(prefix=f"advisor-{self.system}-")
        self.folder = Path(self._folder.name)
        """For the files of the service; removed at the end."""

    def __enter__(self: S) -> S:
        try:
            self.start()
        except BaseException:  # Ctrl-C too
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End what was started, the last process first, and remove the folder."""
        with ExitStack() as stack:  # continues after an error or a second Ctrl-C
            stack.callback(self._folder.cleanup)
            for process in self._processes:
                stack.callback(end, process)

    @abstractmethod
    def start(self) -> None:
        """Start the service and wait until it answers."""

    @abstractmethod
    def versions(self) -> dict[str, str]:
        """Return the versions of the parts of the service, for the evidence."""

    @abstractmethod
    def spec(self, run: str, seconds: float, part: str = "1") -> dict[str, Any]:
        """Return a job that runs for about this long.

        Args:
            run: the name of the run, which may be a template of Airflow.
            seconds: 0 for as short as possible.
            part: what tells the jobs of a run apart.
        """

    @abstractmethod
    def jobs(self, run: str) -> list[str]:
        """Return the ids of all jobs of a run, in any state, as the service lists them."""

    def spawn(
        self, command: Sequence[str | Path], environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a process in a group of its own, which `close` ends; its log is in the folder."""
        log = self.folder / f"{len(self._processes)}-{Path(command[0]).name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(each) for each in command],
                env={**os.environ, **(environment or {})},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def logs(self) -> str:
        """Return the last lines of all logs."""
        files = sorted(self.folder.glob("*.log"))
        return "\n".join(
            f"{file.name}: {file.read_text('utf-8', 'replace')[-1500:]}" for file in files
        )

    def wait_until(self, ready: Callable[[], object], seconds: float) -> None:
        """Wait until a condition holds.

        Raises:
            RuntimeError: it did not in time, or a process ended; the message has the logs.
        """
        until = time.monotonic() + seconds
        while not ready():
            ended = [each.args for each in self._processes if each.poll() is not None]
            if ended or time.monotonic() > until:
                raise RuntimeError(f"{self.system} is not ready; ended: {ended}\n{self.logs()}")
            time.sleep(0.1)


def answers(url: str) -> bool:
    """Return whether a server responds to a GET with any status."""
    assert url.startswith(f"http://{LOOPBACK}:")
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and its group, which it leads, with SIGTERM and then SIGKILL."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            continue
    process.wait()
