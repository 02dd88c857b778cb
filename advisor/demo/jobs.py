"""A job service in memory, which counts what it is asked to run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from advisor.demo.faults import Faults


class ResponseLost(Exception):
    """The call took effect, but its response is not sent."""


class Unavailable(Exception):
    """The call had no effect."""


class SubmissionRejected(Exception):
    """The service does not accept the job."""


class UnknownJob(Exception):
    """The service has no such job, or no longer."""


@dataclass(frozen=True)
class Statuses:
    """The names of the statuses."""

    running: str = "RUNNING"
    succeeded: str = "SUCCEEDED"
    failed: str = "FAILED"
    cancelled: str = "CANCELLED"


@dataclass
class Job:
    """A submitted job. Its spec may have `seconds`, `fails` and `result`."""

    id: str
    key: str | None
    spec: dict[str, Any]
    submitted_at: float
    cancelled: bool = False

    @property
    def age(self) -> float:
        """Seconds since the submission."""
        return time.monotonic() - self.submitted_at

    @property
    def is_running(self) -> bool:
        """Whether the job is neither finished nor cancelled."""
        return not self.cancelled and self.age < self.spec.get("seconds", 0)


@dataclass
class JobService:
    """The jobs, and every call that was made."""

    statuses: Statuses = field(default_factory=Statuses)
    faults: Faults = field(default_factory=Faults)
    new_id: Callable[[int], str] = "job-{}".format
    """Returns the id of the n-th job, counted from 1."""
    jobs: dict[str, Job] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    """The name and the argument of each call, in order."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    """Held during each call, because requests arrive in threads."""

    def submit(self, spec: object, key: str | None) -> Job:
        """Return a new job, or the first job with this key."""
        self._record("submit", key or "")
        if self.faults.rejects > 0:
            self.faults.rejects -= 1
            raise SubmissionRejected("no such queue")
        job = self._first(key) if self.faults.honours_keys else None
        job = job or self._start(_valid(spec), key)
        if self.faults.loses_answers > 0:
            self.faults.loses_answers -= 1
            raise ResponseLost
        return job

    def find(self, key: str) -> Job | None:
        """Return the first job with a key if it is visible, else None."""
        self._record("find", key)
        job = self._first(key)
        return job if job is not None and self._is_visible(job) else None

    def status(self, job_id: str) -> str:
        """Return the status of a job."""
        self._record("status", job_id)
        return self.faults.status or self._status(self._visible(job_id))

    def cancel(self, job_id: str) -> bool:
        """Cancel a job; return whether it was running."""
        self._record("cancel", job_id)
        job = self._visible(job_id)
        was_running = job.is_running
        job.cancelled = job.cancelled or was_running
        return was_running

    def result(self, job_id: str) -> tuple[bool, Any]:
        """Return whether a job has ended, and its result."""
        self._record("result", job_id)
        job = self._visible(job_id)
        return not job.is_running, job.spec.get("result", {"result_of": job.id})

    def running(self) -> list[str]:
        """Return the ids of the running jobs."""
        return [job.id for job in self.jobs.values() if job.is_running]

    def _record(self, call: str, argument: str) -> None:
        self.calls.append((call, argument))
        if self.faults.unavailable[call] > 0:
            self.faults.unavailable[call] -= 1
            raise Unavailable

    def _start(self, spec: dict[str, Any], key: str | None) -> Job:
        job = Job(self.new_id(len(self.jobs) + 1), key, spec, time.monotonic())
        self.jobs[job.id] = job
        return job

    def _first(self, key: str | None) -> Job | None:
        jobs = (job for job in self.jobs.values() if key is not None and job.key == key)
        return next(jobs, None)

    def _visible(self, job_id: str) -> Job:
        job = self.jobs.get(job_id)
        if job is None or not self._is_visible(job):
            raise UnknownJob
        return job

    def _is_visible(self, job: Job) -> bool:
        return job.id not in self.faults.forgets and job.age >= self.faults.list_delay

    def _status(self, job: Job) -> str:
        if job.cancelled:
            return self.statuses.cancelled
        if job.is_running:
            return self.statuses.running
        return self.statuses.failed if job.spec.get("fails") else self.statuses.succeeded


def _valid(spec: object) -> dict[str, Any]:
    """Return a spec; raises SubmissionRejected if no job can be made of it."""
    if not isinstance(spec, dict):
        raise SubmissionRejected("expected a JSON object")
    if not isinstance(spec.get("seconds", 0), int | float):
        raise SubmissionRejected("seconds: expected a number")
    return spec
