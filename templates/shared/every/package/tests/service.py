"""A job system in memory that goes wrong in the ways in which real ones do."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MOST_ASKED = 3_000
"""How often the same call may be made: no test has a reason to."""


class AnswerLost(ConnectionError):
    """The system did what it was asked, and nobody heard of it."""


class Unavailable(ConnectionError):
    """The system did nothing."""


class Endless(BaseException):
    """Somebody asks the same for ever."""


class Refused(ValueError):
    """The system does not want the job."""


class NoSuchJob(LookupError):
    """The system knows no such job, or no longer."""


@dataclass
class Words:
    """How the system spells the statuses."""

    running: str
    succeeded: str
    failed: str
    cancelled: str


@dataclass
class FakeJob:
    """A job as the system has it."""

    id: str
    key: str | None
    spec: dict[str, Any]
    since: float
    cancelled: bool = False
    forgotten: bool = False


@dataclass
class JobService:
    """
    A system that runs jobs.

    A job's spec says how it goes: ``seconds`` until it ends, ``fails``, ``result``.
    """

    words: Words
    clock: Callable[[], float] = time.time
    honours_keys: bool = True
    listing_lag: float = 0.0
    """Seconds until a job shows in the listing, and its id is known to `status`."""
    ids: Callable[[int], str] = "job-{}".format
    """The id of the n-th job, counted from 1."""
    loses_answers: int = 0
    """So many submissions to come are accepted with the answer lost."""
    refuses: int = 0
    """So many submissions to come are refused."""
    unavailable: Counter[str] = field(default_factory=Counter)
    """So many calls to come, by the call's name, fail without effect."""
    says: str | None = None
    """What every status is instead of the truth."""
    jobs: dict[str, FakeJob] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    """Every call with its argument, in order: the ledger that tests read."""
    _asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def submissions(self) -> int:
        """How many jobs were started: what somebody pays for."""
        return len(self.jobs)

    def submit(self, spec: dict[str, Any], key: str | None) -> str:
        with self._lock:
            self._called("submit", key or "")
            if self.refuses > 0:
                self.refuses -= 1
                raise Refused("no such queue")
            job_id = (self.honours_keys and self._job_of(key)) or self._start(spec, key)
            if self.loses_answers > 0:
                self.loses_answers -= 1
                raise AnswerLost(job_id)
            return job_id

    def find(self, key: str) -> str | None:
        with self._lock:
            self._called("find", key)
            job_id = self._job_of(key)
            return (
                job_id
                if job_id is not None and self._visible(self.jobs[job_id])
                else None
            )

    def status(self, job_id: str) -> str:
        with self._lock:
            self._called("status", job_id)
            job = self._known(job_id)
            return self.says or self._word(job)

    def cancel(self, job_id: str) -> None:
        with self._lock:
            self._called("cancel", job_id)
            job = self.jobs.get(job_id)
            if job is not None and self._word(job) == self.words.running:
                job.cancelled = True

    def result(self, job_id: str) -> Any:
        with self._lock:
            self._called("result", job_id)
            job = self._known(job_id)
            return job.spec.get("result", {"result_of": job.id})

    def forget(self, job_id: str) -> None:
        """Lose a job, as systems do some time after its end."""
        self.jobs[job_id].forgotten = True

    def running(self) -> list[str]:
        """Return the ids of the jobs that cost money right now."""
        return [
            job.id
            for job in self.jobs.values()
            if self._word(job) == self.words.running
        ]

    def asked(self, call: str) -> int:
        """Return how often a call was made."""
        return sum(name == call for name, _ in self.calls)

    def _called(self, call: str, argument: str) -> None:
        self.calls.append((call, argument))
        self._asked[call, argument] += 1
        if self._asked[call, argument] > MOST_ASKED:
            raise Endless
        if self.unavailable[call] > 0:
            self.unavailable[call] -= 1
            raise Unavailable(call)

    def _start(self, spec: dict[str, Any], key: str | None) -> str:
        job = FakeJob(self.ids(len(self.jobs) + 1), key, dict(spec), self.clock())
        self.jobs[job.id] = job
        return job.id

    def _job_of(self, key: str | None) -> str | None:
        found = [
            job.id for job in self.jobs.values() if key is not None and job.key == key
        ]
        return found[0] if found else None

    def _visible(self, job: FakeJob) -> bool:
        return not job.forgotten and self.clock() >= job.since + self.listing_lag

    def _known(self, job_id: str) -> FakeJob:
        job = self.jobs.get(job_id)
        if job is None or not self._visible(job):
            raise NoSuchJob(job_id)
        return job

    def _word(self, job: FakeJob) -> str:
        if job.cancelled:
            return self.words.cancelled
        if self.clock() < job.since + float(job.spec.get("seconds", 0)):
            return self.words.running
        return self.words.failed if job.spec.get("fails") else self.words.succeeded
