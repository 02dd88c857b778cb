"""The job service as all processes of an Airflow share it: its ledger is one file."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from advisor.drill.runtime.journal import Journal
from advisor.drill.runtime.service import SUBMITTED, Behaviour, JobService, RunContext, Words

RUN: Final = "AIRFLOW_CTX_DAG_RUN_ID"
"""Where Airflow tells a task of its Dag run; a trigger is not told."""
UNTIL_LET: Final = 1_000_000
"""Polls after which a job ends by itself: never, so that a run is as slow as the machine is."""
HOLD, HELD, SIGNAL = "hold", "held", "signal"
SECONDS_TO_HOLD: Final = 120
PAUSE: Final = 0.05


def behaviour(*, honours_keys: bool, finds_keys: bool) -> Behaviour:
    """Return how the service behaves: its jobs run until they are let end."""
    return Behaviour(polls=UNTIL_LET, honours_keys=honours_keys, finds_keys=finds_keys)


class Ledger(Journal):
    """A journal whose events tell when they happened, in which process, and of which Dag run."""

    def write(self, what: str, **facts: Any) -> None:
        """Append an event."""
        run = os.environ.get(RUN, "")
        super().write(what, **{"at": time.time(), "process": os.getpid(), "run": run, **facts})


class SharedService(JobService):
    """The job service over a ledger, called by many processes at once.

    Args:
        path: of the ledger.
        behaving: how it treats the jobs and its callers.
        words: the statuses.
    """

    def __init__(self, path: Path, behaving: Behaviour, words: Words) -> None:
        self._ledger = Ledger(path)
        self._path = path
        super().__init__(RunContext(self._ledger, behaving, lambda _: None), time.time, words)

    def submit(self, spec: Any, key: str | None = None) -> str:
        """Start a job and return its id; where the drill holds this run, it never returns."""
        with self._alone():
            job = super().submit(spec, key)
        self._hold()
        return job

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep others from submitting meanwhile, who would count the same jobs."""
        import fcntl  # here, because the schema of the drill needs this module without it

        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _hold(self) -> None:
        """Keep the answer to the first submission of a run until the process is killed."""
        run = os.environ.get(RUN, "")
        if not self._is_held(run):
            return
        self._ledger.write(HELD)
        deadline = time.monotonic() + SECONDS_TO_HOLD
        while self._is_held(run) and time.monotonic() < deadline:
            time.sleep(PAUSE)

    def _is_held(self, run: str) -> bool:
        ours = [each["what"] for each in self._ledger.of(HOLD, SIGNAL) if each["run"] == run]
        return HOLD in ours and SIGNAL not in ours


def submitted_by(events: list[dict[str, Any]], run: str) -> list[str]:
    """Return the jobs that a Dag run submitted, in order."""
    return [event["job"] for event in events if event["what"] == SUBMITTED and event["run"] == run]
