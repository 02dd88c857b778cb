"""The external job service of the measurements, served on loopback, and its records.

It runs in this process, so it survives the workers that call it. A job runs for the seconds that
its spec names, or until the measurement ends it, whatever happens to the task that submitted it. No
keys are honoured: a job that is submitted twice runs twice.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, Final

MAX_HOLD: Final = 300
"""Seconds after which a held answer is released anyway, so that no thread is left."""
SUCCEEDED: Final = "succeeded"
RUNNING: Final = "running"


@dataclass(frozen=True)
class Job:
    """A job of a run."""

    id: str
    run: str


@dataclass(frozen=True)
class Call:
    """A call about a job, and its time."""

    call: str
    job: Job
    at: float


@dataclass(frozen=True)
class Request:
    """A request of a run, and when it arrived and was answered."""

    run: str
    arrived: float
    answered: float


class JobService:
    """Jobs, calls and requests, in the order of their arrival.

    The spec of a job may name a call to `hold`: the first answer to that call is held back until
    it is released, so that a worker can be killed while it waits for the answer.
    """

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._ends: dict[str, float] = {}
        self._calls: list[Call] = []
        self._requests: list[Request] = []
        self._to_hold: dict[tuple[str, str], Event] = {}
        self._held: dict[str, Event] = {}
        self._lock = Lock()

    # ---- called by operators

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
        """Return whether a job is running or has succeeded."""
        called = self._record_call("status", job)
        return RUNNING if time.monotonic() < self._ends[called.id] else SUCCEEDED

    def result(self, *, job: str) -> dict[str, str]:
        """Return the result of a job."""
        return {"result_of": self._record_call("result", job).id}

    def request(self, *, name: str, seconds: float, requests: int) -> str:  # noqa: ARG002 - is in the spec
        """Answer a request of a run after some seconds."""
        arrived = time.monotonic()
        time.sleep(seconds)
        with self._lock:
            self._requests.append(Request(name, arrived, time.monotonic()))
            return f"answer-{len(self._requests)}"

    def _record_call(self, call: str, job_id: str) -> Job:
        with self._lock:
            job = self._jobs[job_id]
            self._calls.append(Call(call, job, time.monotonic()))
        self._hold(job.run, call)
        return job

    def _hold(self, run: str, call: str) -> None:
        if event := self._to_hold.pop((run, call), None):
            self._held[run] = event
            event.wait(MAX_HOLD)

    # ---- called by measurements

    def jobs(self, run: str) -> list[Job]:
        """Return the jobs that a run submitted."""
        with self._lock:
            return [job for job in self._jobs.values() if job.run == run]

    def calls(self, run: str, since: float = 0) -> list[Call]:
        """Return the calls about the jobs of a run since a point in time."""
        with self._lock:
            return [each for each in self._calls if each.job.run == run and each.at >= since]

    def finish(self, run: str, seconds: float) -> None:
        """Let the jobs of a run end after some seconds, if they have not ended by then."""
        end = time.monotonic() + seconds
        with self._lock:
            for job in self._jobs.values():
                if job.run == run:
                    self._ends[job.id] = min(self._ends[job.id], end)

    def holds(self, run: str) -> bool:
        """Return whether an answer to a run is held back."""
        return run in self._held

    def release(self, run: str) -> None:
        """Release the answer that is held back."""
        self._held.pop(run).set()

    def requests(self, run: str) -> list[Request]:
        """Return the requests of a run that were answered."""
        with self._lock:
            return [each for each in self._requests if each.run == run]


def most_at_once(requests: Sequence[Request]) -> int:
    """Return the highest number of requests that were in flight at the same time."""
    return max(
        (sum(each.arrived <= one.arrived < each.answered for each in requests) for one in requests),
        default=0,
    )


CALLS: Final = ("submit", "status", "result", "request")


def dispatch(service: JobService, call: str, arguments: dict[str, Any]) -> object:
    """Return the service's answer to a call.

    Raises:
        LookupError: the call or the job is unknown.
    """
    if call not in CALLS:
        raise LookupError(call)
    answer: object = getattr(service, call)(**arguments)
    return answer


class _Server(ThreadingHTTPServer):
    """Serves many callers at once, and does not wait for them when it is closed."""

    request_queue_size = 64
    daemon_threads = True
    block_on_close = False


@contextmanager
def serving(service: JobService) -> Iterator[str]:
    """Serve a job service on a port of loopback, and yield its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            answer = dispatch(service, self.path.strip("/"), json.loads(self.rfile.read(length)))
            body = json.dumps(answer).encode()
            with suppress(ConnectionError):  # the caller may have been killed
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """Log nothing, since the service keeps its own records."""

    with _Server(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
