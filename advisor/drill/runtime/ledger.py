"""The job service of a live drill: all processes of an Airflow share its ledger, a file."""

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
"""The environment variable in which Airflow tells a task its Dag run; triggers have none."""
MANY: Final = 1_000_000
"""Polls before a job ends by itself: never, however slow the machine is."""
SECONDS_TO_HOLD: Final = 120
PAUSE: Final = 0.05


def behaviour(*, honours_keys: bool, finds_keys: bool) -> Behaviour:
    """Return how the service behaves: its jobs run until the drill lets them end."""
    return Behaviour(polls=MANY, honours_keys=honours_keys, finds_keys=finds_keys)


class Ledger(Journal):
    """A journal whose events have an origin."""

    def write(self, event: Event, run: str | None = None) -> None:
        """Append an event of a Dag run (default: the one of this process)."""
        run = os.environ.get(RUN, "") if run is None else run
        super().write(replace(event, origin=Origin(time.time(), os.getpid(), run)))


class SharedService(JobService):
    """The job service over a ledger, called by many processes at once.

    Args:
        path: of the ledger.
        behaving: how it treats its jobs and its callers.
        words: the statuses.
    """

    def __init__(self, path: Path, behaving: Behaviour, words: Words) -> None:
        self._ledger = Ledger(path)
        self._path = path
        super().__init__(RunContext(self._ledger, behaving, lambda _: None), time.time, words)

    def submit(self, spec: Any, key: str | None = None) -> str:
        """Start a job and return its id; never return if the drill holds this run."""
        with self._alone():
            job = super().submit(spec, key)
        self._hold()
        return job

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from submitting, which would count the same jobs."""
        # Imported here because Windows lacks it, and the CLI imports this module everywhere.
        import fcntl

        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _hold(self) -> None:
        """Keep the answer to the first submission of a run until the process is killed."""
        run = os.environ.get(RUN, "")
        if not self._is_held(run):
            return
        self._ledger.write(Held())
        deadline = time.monotonic() + SECONDS_TO_HOLD
        while self._is_held(run) and time.monotonic() < deadline:
            time.sleep(PAUSE)

    def _is_held(self, run: str) -> bool:
        ours = [type(event) for event in self._ledger.read() if origin_of(event).run == run]
        return HoldRequested in ours and SignalSent not in ours


def origin_of(event: Event) -> Origin:
    """Return where and when an event of a ledger happened."""
    if event.origin is None:
        raise ValueError(f"not from a ledger: {event}")
    return event.origin


def submitted_by(events: Sequence[Event], run: str) -> list[str]:
    """Return the jobs that a Dag run submitted, in order."""
    submissions = (event for event in events if isinstance(event, Submitted))
    return [event.job for event in submissions if origin_of(event).run == run]
