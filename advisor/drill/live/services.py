"""The services of one Airflow as processes: started, watched, and ended whatever happens."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from signal import SIGKILL, Signals
from typing import Final, Literal

from advisor.drill.live.process_reaper import ProcessReaper
from advisor.drill.live.processes import Process, descendants, have_ended, read, send
from advisor.drill.live.waiting import NotReady, T, until

SERVICES: Final[Mapping[str, tuple[str, ...]]] = {
    "api-server": (),
    "scheduler": ("--skip-serve-logs",),  # or it and the triggerer listen on fixed ports
    "dag-processor": (),
    "triggerer": ("--skip-serve-logs",),
}
"""The commands of Airflow that run for as long as it is up, with their options."""
PRELOADED: Final = (
    "import importlib, runpy, sys; "
    "[importlib.import_module(each) for each in {modules!r}]; "
    "runpy.run_module('airflow', run_name='__main__', alter_sys=True)"
)
"""Runs Airflow after some modules were imported: the process that runs triggers is a fork of it."""
SECONDS_TO_MIGRATE: Final = 120
SECONDS_TO_END: Final = 60
LINES_SHOWN: Final = 30


class Services:
    """The processes of one Airflow, and its home, a folder of their own that goes with them."""

    def __init__(self, python: Path, preload: Sequence[str] = ()) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="advisor-airflow-"))
        self.environment: Mapping[str, str] = {}
        """The variables with which the services run; to be set before the first is started."""
        self._python = python
        self._preload = preload
        self._reaper = ProcessReaper(self.home)
        self._pids: dict[str, int] = {}

    def start_all(self) -> None:
        """Make the database and start every service.

        Raises:
            NotReady: there is no database.
        """
        self._migrate()
        for service in SERVICES:
            self.start(service)

    def start(self, service: str) -> None:
        """Start one service."""
        self._pids[service] = self._reaper.start(
            [str(self._python), *self._program(service), service, *SERVICES[service]],
            self.home / f"{service}.txt",
            environment=self.environment,
            folder=self.home,
        )

    def _program(self, service: str) -> Sequence[str]:
        if service == "triggerer" and self._preload:
            return ("-c", PRELOADED.format(modules=[*self._preload]))
        return ("-m", "airflow")

    def end(self, service: str, number: Signals) -> None:
        """End one service and wait for it; SIGKILL hits its children too, others itself only.

        Raises:
            NotReady: it did not end.
        """
        main = self._pids.pop(service)
        pids = [main, *(each.pid for each in descendants(main))]
        send(number, pids if number == SIGKILL else [main])
        if not have_ended(pids, SECONDS_TO_END):
            raise NotReady(f"the {service} does not end\n{self.ends_of_logs()}")

    def ended(self) -> list[str]:
        """Return the services that were started and are no more."""
        return [service for service, pid in self._pids.items() if not read(pid)]

    def processes(self) -> list[Process]:
        """Return all processes that are or came of the services, lost ones included."""
        return self._reaper.kept()

    def stop(self) -> None:
        """End all processes and remove the home; without effect the second time."""
        self._reaper.close()

    def until(
        self,
        ask: Callable[[], T | Literal[False] | None],
        seconds: float,
        complaint: Callable[[], str],
    ) -> T:
        """Wait like `waiting.until`; the error also holds what the services say."""
        return until(ask, seconds, lambda: f"{complaint()}\n{self.ends_of_logs()}")

    def ends_of_logs(self) -> str:
        """Return what the services said last."""
        return "\n".join(map(end_of, sorted(self.home.glob("*.txt"))))

    def _migrate(self) -> None:
        with (self.home / "migration.txt").open("wb") as output:
            migration = subprocess.run(  # noqa: S603 - the user's own interpreter
                [self._python, "-m", "airflow", "db", "migrate"],
                env=self.environment,
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=SECONDS_TO_MIGRATE,
                check=False,
            )
        if migration.returncode:
            raise NotReady(f"airflow db migrate failed\n{self.ends_of_logs()}")


def end_of(log: Path) -> str:
    """Return the last lines of a log under its name."""
    lines = log.read_text("utf-8", "replace").splitlines()
    return "\n".join([f"---- {log.name}", *lines[-LINES_SHOWN:]])
