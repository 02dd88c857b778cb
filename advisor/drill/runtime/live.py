"""Loads operators in Airflow's processes during a live drill, with a shared job service."""

from __future__ import annotations

import importlib
import json
import math
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from advisor.drill.runtime import guard
from advisor.drill.runtime.clock import Clock
from advisor.drill.runtime.events import (
    Event,
    Held,
    HoldRequested,
    Journal,
    Origin,
    SignalSent,
    Submitted,
)
from advisor.drill.runtime.loader import arguments_of, declared_by, factory_in, statuses_of, wired
from advisor.drill.runtime.service import Behaviour, JobService, RunContext, Statuses

LEDGER: Final = "ADVISOR_DRILL_LEDGER"
"""The environment variable with the path of the ledger."""
KEYS: Final = "ADVISOR_DRILL_KEYS"
"""The environment variable for honouring keys: `yes`, `no`, or "" (as the hook declares)."""
RETRY_DELAY: Final = timedelta(seconds=1)
RETRIES: Final = 4
"""A fault costs one try; the other retries are for tries that Airflow itself loses.

On a busy machine, a heartbeat can be late, or the executor reports the end of a killed worker while
the next try is already running, which fails that try. Neither is a fault of the operator.
"""
RUN: Final = "AIRFLOW_CTX_DAG_RUN_ID"
"""The environment variable with the id of the Dag run; Airflow does not set it for triggers."""
MAX_HOLD: Final = 120
"""Maximum number of seconds for which the answer to a submission is held back."""
HOLD_INTERVAL: Final = 0.05


def behaviour(*, honours_keys: bool, finds_keys: bool) -> Behaviour:
    """Return the behaviour of the service, whose jobs run until the drill ends them."""
    return Behaviour(duration=math.inf, honours_keys=honours_keys, finds_keys=finds_keys)


class RealClock(Clock):
    """The clock of the system."""

    def time(self) -> float:
        """Return the time."""
        return time.time()


class Ledger(Journal):
    """A journal that records the origin of each event: time, process and Dag run."""

    def write(self, event: Event, run: str | None = None) -> None:
        """Append an event of a Dag run (default: the one of this process)."""
        run = os.environ.get(RUN, "") if run is None else run
        now = time.time()
        super().write(replace(event, at=now, origin=Origin(now, os.getpid(), run)))


class SharedService(JobService):
    """A job service that many processes use at the same time, each through its own instance.

    Args:
        path: the path of the ledger.
        behaviour: how the service treats jobs and callers.
        statuses: the statuses, as the system spells them.
    """

    def __init__(self, path: Path, behaviour: Behaviour, statuses: Statuses) -> None:
        self._ledger = Ledger(path)
        self._path = path
        super().__init__(RunContext(self._ledger, behaviour, lambda _: None), RealClock(), statuses)

    def submit(self, spec: Any, key: str | None = None) -> Any:
        """Start a job and return its id, but not while the drill holds back the answer."""
        with self._exclusive():
            job = super().submit(spec, key)
        self._hold_answer()
        return job

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        """Prevent concurrent submissions, which would get the same job number."""
        # Imported here, because Windows lacks it and the CLI imports this module there too.
        import fcntl

        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _hold_answer(self) -> None:
        """Hold back the answer if the drill requested it, until the fault is recorded."""
        run = os.environ.get(RUN, "")
        if not self._is_held(run):
            return
        self._ledger.write(Held())
        deadline = time.monotonic() + MAX_HOLD
        while self._is_held(run) and time.monotonic() < deadline:
            time.sleep(HOLD_INTERVAL)

    def _is_held(self, run: str) -> bool:
        kinds = {type(event) for event in self._ledger.read() if origin_of(event).run == run}
        return HoldRequested in kinds and SignalSent not in kinds


def origin_of(event: Event) -> Origin:
    """Return the origin of an event of a ledger."""
    if event.origin is None:
        raise ValueError(f"not from a ledger: {event}")
    return event.origin


def submitted_by(events: Sequence[Event], run: str) -> list[str]:
    """Return the jobs that a Dag run submitted, in order."""
    submissions = (event for event in events if isinstance(event, Submitted))
    return [event.job for event in submissions if origin_of(event).run == run]


def wire_hooks(namespace: dict[str, Any], original: ModuleType, hook: str) -> None:
    """Copy the names of a scaffold's hooks.py into a module; the hook calls the job service.

    Args:
        namespace: the module's globals.
        original: the scaffold's own hooks.py.
        hook: the name of the hook class.
    """
    own = getattr(original, hook)
    honours, lag = declared_by(own)
    statuses = statuses_of(own, original)
    service = _service(statuses, honours_keys=honours, finds_keys=honours or bool(lag))
    namespace.update({name: value for name, value in vars(original).items() if name[:2] != "__"})
    namespace[hook] = wired(own, service)


def scaffold_task(package: str, stem: str, jobs: Sequence[Any] = ()) -> Any:
    """Create the operator of a scaffold inside a Dag; its hook calls the job service."""
    operator = getattr(importlib.import_module(package), f"{stem}Operator")
    arguments = arguments_of(operator, jobs)
    return operator(task_id="drilled", retries=RETRIES, retry_delay=RETRY_DELAY, **arguments)


def load_factory(file: str, name: str) -> Any:
    """Import the file of a factory instead of the calling module; return its operator.

    The factory is called wherever the file is imported, because a trigger reaches the job service
    only through what the factory sets up.
    """
    service = _service(Statuses(), honours_keys=True, finds_keys=True)
    operator = factory_in(Path(file), name)(service)
    operator.retries = max(operator.retries or 0, RETRIES)
    operator.retry_delay = RETRY_DELAY
    return operator


def _service(statuses: Statuses, *, honours_keys: bool, finds_keys: bool) -> SharedService:
    """Return the job service, and block all calls that could reach another one.

    The option of the drill overrides whether the service honours keys.
    """
    ledger = Path(os.environ[LEDGER])
    guard.install(ledger.with_name(guard.RECORD), loopback=True)
    option = os.environ[KEYS]
    if option:
        honours_keys, finds_keys = option == "yes", finds_keys and option != "no"
    service_behaviour = behaviour(honours_keys=honours_keys, finds_keys=finds_keys)
    return SharedService(ledger, service_behaviour, statuses)


def main() -> None:
    """Import the modules named by the arguments; print the errors by module name, as JSON."""
    output = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # so that prints of Airflow or the operator do not mix with the JSON
    errors = {}
    for name in sys.argv[1:]:
        try:
            importlib.import_module(name)
        except Exception as error:  # noqa: BLE001 - user code can raise anything
            errors[name] = f"{type(error).__name__}: {error}"
    with output:
        json.dump(errors, output)


if __name__ == "__main__":
    main()
