"""The external system of the measurements: a job service in this process, and its own record.

It outlives whoever calls it. A job runs for the seconds that its spec names, or until the
measurement lets it end, whatever happens to the task that submitted it. No key is honoured: what is
submitted twice runs twice.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Event, Lock
from typing import Any, Final

LONGEST_HELD: Final = 300
"""Seconds after which a held answer is given all the same, so that no thread stays."""
FINISHED: Final = "succeeded"
UNFINISHED: Final = "running"


@dataclass(frozen=True, slots=True)
class Job:
    """A job of a run."""

    id: str
    run: str


@dataclass(frozen=True, slots=True)
class Call:
    """A question that was asked of a job, and when."""

    call: str
    job: Job
    at: float


@dataclass(frozen=True, slots=True)
class Request:
    """A request of a run, from its arrival to its answer."""

    run: str
    begun: float
    answered: float


class Ledger:
    """Jobs, calls and requests, in the order in which they came.

    The spec of a job may name a call to `hold`: the first such answer is kept back until it is
    released, so that a worker can be killed while it waits for it.
    """

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._ends: dict[str, float] = {}
        self._calls: list[Call] = []
        self._requests: list[Request] = []
        self._to_hold: dict[tuple[str, str], Event] = {}
        self._held: dict[str, Event] = {}
        self._lock = Lock()

    # ---- what operators ask

    def submit(self, *, name: str, seconds: float, hold: str = "") -> str:
        """Start a job for a run, and return its id."""
        with self._lock:
            first = not any(job.run == name for job in self._jobs.values())
            if hold and first:
                self._to_hold[name, hold] = Event()
            job = Job(f"job-{len(self._jobs) + 1}", name)
            self._jobs[job.id] = job
            self._ends[job.id] = time.monotonic() + seconds
        self._hold(job.run, "submit")
        return job.id

    def status(self, *, job: str) -> str:
        """Return whether a job runs or has succeeded."""
        asked = self._asked("status", job)
        return UNFINISHED if time.monotonic() < self._ends[asked.id] else FINISHED

    def result(self, *, job: str) -> dict[str, str]:
        """Return what a job has made."""
        return {"result_of": self._asked("result", job).id}

    def request(self, *, name: str, seconds: float, requests: int) -> str:  # noqa: ARG002 - is in the spec
        """Answer a request of a run after so many seconds."""
        begun = time.monotonic()
        time.sleep(seconds)
        with self._lock:
            self._requests.append(Request(name, begun, time.monotonic()))
            return f"answer-{len(self._requests)}"

    def _asked(self, call: str, job_id: str) -> Job:
        with self._lock:
            job = self._jobs[job_id]
            self._calls.append(Call(call, job, time.monotonic()))
        self._hold(job.run, call)
        return job

    def _hold(self, run: str, call: str) -> None:
        if event := self._to_hold.pop((run, call), None):
            self._held[run] = event
            event.wait(LONGEST_HELD)

    # ---- what is measured

    def jobs(self, run: str) -> list[Job]:
        """Return the jobs that a run submitted."""
        with self._lock:
            return [job for job in self._jobs.values() if job.run == run]

    def calls(self, run: str, since: float = 0) -> list[Call]:
        """Return what was asked of the jobs of a run since a moment."""
        with self._lock:
            return [each for each in self._calls if each.job.run == run and each.at >= since]

    def finish(self, run: str, seconds: float) -> None:
        """Let the jobs of a run end after so many seconds, if they did not end before."""
        end = time.monotonic() + seconds
        with self._lock:
            for job in self._jobs.values():
                if job.run == run:
                    self._ends[job.id] = min(self._ends[job.id], end)

    def holds(self, run: str) -> bool:
        """Return whether somebody waits for an answer that is held back."""
        return run in self._held

    def release(self, run: str) -> None:
        """Give the answer that was held back."""
        self._held.pop(run).set()

    def requests(self, run: str) -> list[Request]:
        """Return the requests of a run that were answered."""
        with self._lock:
            return [each for each in self._requests if each.run == run]


def most_at_once(requests: list[Request]) -> int:
    """Return how many requests were in flight at the same time, at most."""
    return max(
        (sum(each.begun <= one.begun < each.answered for each in requests) for one in requests),
        default=0,
    )


CALLS: Final = ("submit", "status", "result", "request")


def answer(ledger: Ledger, call: str, question: dict[str, Any]) -> object:
    """Return what the ledger answers to a call.

    Raises:
        LookupError: there is no such call or job.
    """
    if call not in CALLS:
        raise LookupError(call)
    told: object = getattr(ledger, call)(**question)
    return told
