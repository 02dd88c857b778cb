"""The client of the REST API, tested with a fake server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

import pytest

from advisor.drill.live.rest_api import Api, ApiError, TaskState, TaskStatePoller

RUN = "run-1"


class FakeAirflow(ThreadingHTTPServer):
    """Answers like the REST API, after one failure with each of `errors`."""

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


def test_api_fails_after_close() -> None:
    with fake_airflow() as (server, api):
        api.close()
        with pytest.raises(TimeoutError, match="closed"):
            api.get("dags")
        assert server.requests == 0
