"""What a live run concludes from its events, its log and the states of its task."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

import pytest

from advisor.drill.live.live_run import (
    SECONDS_TO_NOTICE,
    TaskState,
    TaskStatePoller,
    all_cancelled,
    is_resumed,
    is_waiting,
    jobs_to_end,
    last_error,
)
from advisor.drill.live.rest_api import Api, ApiError
from advisor.drill.runtime.events import (
    Cancelled,
    Event,
    JobsEnded,
    Origin,
    Polled,
    SignalSent,
    Submitted,
)
from advisor.drill.runtime.points import Point

RUN = "run-1"


def origin(process: int, at: float = 0.0, run: str = RUN) -> Origin:
    return Origin(at, process, run)


def submitted(process: int = 1, job: str = "job-1", run: str = RUN) -> Event:
    return Submitted(job, None, {}, 0.0, origin=origin(process, run=run))


def polled(process: int = 1, at: float = 0.0) -> Event:
    return Polled("job-1", "running", origin=origin(process, at))


def killed() -> Event:
    return SignalSent("KILL", Point("execute", "wait", 1), origin=origin(99))


@pytest.mark.parametrize(
    ("state", "events", "expected"),
    [
        ("running", [submitted()], False),
        ("running", [submitted(), polled()], True),
        ("queued", [submitted(), polled()], False),
        ("deferred", [submitted(), polled()], False),
        ("deferred", [submitted(), polled(), polled(process=2)], True),
    ],
)
def test_is_waiting_requires_a_poll_by_the_process_that_waits(
    state: str, events: Sequence[Event], expected: bool
) -> None:
    assert is_waiting(state, events) is expected


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([submitted(), polled()], True),
        ([polled(), killed()], False),
        ([polled(), killed(), polled(at=SECONDS_TO_NOTICE)], False),
        ([polled(), killed(), polled(at=SECONDS_TO_NOTICE + 1)], True),
        ([polled(), killed(), polled(process=2)], True),
        ([polled(), killed(), submitted(process=2)], False),
    ],
    ids=["no fault", "none", "old process", "old process later", "new process", "no poll"],
)
def test_is_resumed_requires_a_poll_after_the_fault(
    events: Sequence[Event], expected: bool
) -> None:
    assert is_resumed(events) is expected


def test_jobs_to_end_are_the_jobs_of_the_run_that_have_not_ended() -> None:
    events = [
        submitted(job="job-1"),
        submitted(job="job-2", run="run-2"),
        submitted(job="job-3"),
        JobsEnded(["job-1"], origin=origin(99)),
    ]
    assert jobs_to_end(events, RUN) == ["job-3"]


def test_all_cancelled_considers_every_job_of_the_run() -> None:
    events = [submitted(job="job-1"), submitted(job="job-2"), submitted(job="job-3", run="run-2")]
    events.append(Cancelled("job-1", origin=origin(1)))
    assert not all_cancelled(events, RUN)
    events.append(Cancelled("job-2", origin=origin(1)))
    assert all_cancelled(events, RUN)


def test_last_error_returns_the_innermost_exception_of_the_last_entry() -> None:
    detail = [
        {"exc_type": "ValueError", "exc_value": "cause"},
        {"exc_type": "RuntimeError", "exc_value": "effect"},
    ]
    lines = [
        json.dumps({"event": "Task failed", "error_detail": detail[:1]}),
        "not JSON",
        json.dumps(["no object"]),
        json.dumps({"event": "Task failed", "error_detail": detail}),
        json.dumps({"event": "Task ended"}),
    ]
    assert last_error("\n".join(lines)) == "RuntimeError: effect"


def test_last_error_is_empty_without_an_error() -> None:
    assert last_error(json.dumps({"event": "Task ended"})) == ""


class FakeAirflow(ThreadingHTTPServer):
    """Answers like the REST API; fails with each of `errors` first."""

    def __init__(self, states: Sequence[tuple[str, str | None, int]], errors: list[int]) -> None:
        super().__init__(("127.0.0.1", 0), FakeRequest)
        self.states = states
        self.errors = errors
        self.requests = 0


class FakeRequest(BaseHTTPRequestHandler):
    server: FakeAirflow

    def do_GET(self) -> None:
        url = urlparse(self.path)
        if url.path == "/auth/token":
            self.reply(200, {"access_token": "token"})
            return
        self.server.requests += 1
        if self.server.errors:
            self.reply(self.server.errors.pop(0), {})
            return
        query = {name: int(value) for name, (value,) in parse_qs(url.query).items()}
        page = self.server.states[query["offset"] : query["offset"] + query["limit"]]
        instances = [{"dag_run_id": run, "state": s, "try_number": n} for run, s, n in page]
        total = len(self.server.states)
        self.reply(200, {"total_entries": total, "task_instances": instances})

    def reply(self, code: int, body: object) -> None:
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        pass


@contextmanager
def fake_airflow(
    states: Sequence[tuple[str, str | None, int]] = (), errors: Sequence[int] = ()
) -> Iterator[tuple[FakeAirflow, Api]]:
    with FakeAirflow(states, [*errors]) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server, Api(f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()
            thread.join()


def test_poller_reads_all_pages_once_for_all_runs() -> None:
    states = [(f"run-{number}", "running", 1) for number in range(249)]
    with fake_airflow([*states, ("run-249", None, 0)]) as (server, api):
        poller = TaskStatePoller(api, lambda: None)
        assert poller.state_of("run-0") == TaskState("running", 1)
        assert poller.state_of("run-249") == TaskState("", 0)
        assert poller.state_of("unknown") == TaskState("", 0)
        assert server.requests == 3


def test_api_retries_after_a_server_error() -> None:
    with fake_airflow([(RUN, "success", 2)], errors=[500]) as (server, api):
        assert TaskStatePoller(api, lambda: None).state_of(RUN) == TaskState("success", 2)
        assert server.requests == 2


def test_api_raises_an_error_for_a_rejected_request() -> None:
    with fake_airflow(errors=[404]) as (server, api):
        with pytest.raises(ApiError, match="404") as raised:
            api.get("dags", "unknown")
        assert raised.value.code == 404
        assert server.requests == 1


def test_api_fails_after_it_was_closed() -> None:
    with fake_airflow() as (server, api):
        api.close()
        with pytest.raises(TimeoutError, match="closed"):
            api.get("dags")
        assert server.requests == 0
