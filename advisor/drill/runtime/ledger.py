"""The job service of a live drill: all processes of its Airflow share it through one file."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from advisor.drill.runtime.events import Event, Held, HoldRequested, Origin, SignalSent, Submitted
from advisor.drill.runtime.journal import Journal
from advisor.drill.runtime.service import Behaviour, JobService, RunContext, Words

RUN: Final = "AIRFLOW_CTX_DAG_RUN_ID"
"""The variable by which a task knows its Dag run; Airflow does not set it for triggers."""
ENDLESS: Final = 1_000_000
"""Polls after which a job ends by itself: never, so that a slow machine does not change a run."""
MAX_HOLD: Final = 120
"""Seconds for which the answer to a submission is held back."""
HOLD_INTERVAL: Final = 0.05


def behaviour(*, honours_keys: bool, finds_keys: bool) -> Behaviour:
    """Return the behaviour of the service; its jobs run until the drill lets them end."""
    return Behaviour(polls=ENDLESS, honours_keys=honours_keys, finds_keys=finds_keys)


class Ledger(Journal):
    """A journal whose events carry their origin: time, process and Dag run."""

    def write(self, event: Event, run: str | None = None) -> None:
        """Append an event of a Dag run (default: the one of this process)."""
        run = os.environ.get(RUN, "") if run is None else run
        super().write(replace(event, origin=Origin(time.time(), os.getpid(), run)))


class SharedService(JobService):
    """A job service that many processes call at once, each through its own instance.

    Args:
        path: of the ledger.
        behaviour: how it treats jobs and callers.
        words: the statuses, as the system spells them.
    """

    def __init__(self, path: Path, behaviour: Behaviour, words: Words) -> None:
        self._ledger = Ledger(path)
        self._path = path
        super().__init__(RunContext(self._ledger, behaviour, lambda _: None), time.time, words)

    def submit(self, spec: Any, key: str | None = None) -> str:
        """Start a job and return its id; does not return while the drill holds this run."""
        with self._exclusive():
            job = super().submit(spec, key)
        self._hold_answer()
        return job

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        """Keep other processes from submitting, which would use the same job number."""
        # Imported here because Windows lacks it, and the CLI imports this module everywhere.
        import fcntl

        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _hold_answer(self) -> None:
        """Hold back the answer to a run's first submission until the process is killed."""
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
