"""The demo server answers as docs/job-api.md describes, and injects the faults."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from advisor.demo.api import JobApi
from advisor.demo.server import DemoServer

KEY = {"Idempotency-Key": "a-key"}


@pytest.fixture
def server() -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server


def call(
    server: DemoServer,
    method: str,
    path: str,
    body: object = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, Any]:
    """Return the code and the JSON of a response."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    json_type = {"Content-Type": "application/json"}
    connection.request(method, path, content, json_type | (headers or {}))
    response = connection.getresponse()
    document = json.load(response)
    connection.close()
    return response.status, document


def set_faults(server: DemoServer, **faults: object) -> None:
    assert call(server, "POST", "/_faults", faults) == (200, {})


def submit(server: DemoServer, **spec: object) -> str:
    job_id: str = call(server, "POST", "/jobs", spec)[1]["id"]
    return job_id


@pytest.mark.parametrize(
    ("spec", "status"),
    [({}, "SUCCEEDED"), ({"seconds": 60}, "RUNNING"), ({"fails": True}, "FAILED")],
)
def test_spec_controls_the_status_of_its_job(
    server: DemoServer, spec: dict[str, object], status: str
) -> None:
    job_id = submit(server, **spec)
    assert call(server, "GET", f"/jobs/{job_id}") == (200, {"id": job_id, "status": status})


def test_result_is_that_of_the_spec(server: DemoServer) -> None:
    job_id = submit(server, result={"rows": 3})
    assert call(server, "GET", f"/jobs/{job_id}/result") == (200, {"rows": 3})


def test_result_of_a_running_job_is_a_conflict(server: DemoServer) -> None:
    job_id = submit(server, seconds=60)
    assert call(server, "GET", f"/jobs/{job_id}/result")[0] == 409


def test_cancel_ends_a_running_job_once(server: DemoServer) -> None:
    job_id = submit(server, seconds=60)
    assert call(server, "DELETE", f"/jobs/{job_id}")[0] == 202
    assert call(server, "GET", f"/jobs/{job_id}")[1]["status"] == "CANCELLED"
    assert call(server, "DELETE", f"/jobs/{job_id}")[0] == 409


def test_repeated_key_returns_the_first_job(server: DemoServer) -> None:
    first = call(server, "POST", "/jobs", {}, KEY)
    again = call(server, "POST", "/jobs", {"seconds": 60}, KEY)
    assert (first[0], again[0]) == (201, 200)
    assert first[1]["id"] == again[1]["id"] == "job-1"


@pytest.mark.parametrize("body", [b"", b"{", [], None, {"seconds": "long"}])
def test_invalid_spec_is_rejected(server: DemoServer, body: object) -> None:
    code, document = call(server, "POST", "/jobs", body)
    assert code == 422
    assert document["error"]
    assert call(server, "GET", "/_ledger")[1]["jobs"] == []


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("PUT", "/jobs"), ("GET", "/jobs/")])
def test_unknown_path_is_not_found(server: DemoServer, method: str, path: str) -> None:
    assert call(server, method, path)[0] == 404


def test_ledger_lists_jobs_and_calls(server: DemoServer) -> None:
    call(server, "POST", "/jobs", {"name": "a"}, KEY)
    call(server, "GET", "/jobs/job-2")
    job = {"id": "job-1", "key": "a-key", "spec": {"name": "a"}, "running": False}
    ledger = {"jobs": [job], "calls": [["submit", "a-key"], ["status", "job-2"]]}
    assert call(server, "GET", "/_ledger") == (200, ledger)


def test_loses_answers_accepts_a_job_without_a_response(server: DemoServer) -> None:
    set_faults(server, loses_answers=1)
    with pytest.raises(ConnectionError):
        call(server, "POST", "/jobs", {}, KEY)
    assert call(server, "POST", "/jobs", {}, KEY)[1]["id"] == "job-1"


def test_rejects_refuses_one_job(server: DemoServer) -> None:
    set_faults(server, rejects=1)
    assert call(server, "POST", "/jobs", {})[0] == 422
    assert submit(server) == "job-1"


def test_answers_replaces_the_next_responses(server: DemoServer) -> None:
    set_faults(server, answers=[429, 503])
    codes = [call(server, "GET", "/jobs/job-1")[0] for _ in range(3)]
    assert codes == [429, 503, 404]


def test_unavailable_affects_one_call(server: DemoServer) -> None:
    set_faults(server, unavailable={"status": 2})
    job_id = submit(server)
    codes = [call(server, "GET", f"/jobs/{job_id}")[0] for _ in range(3)]
    assert codes == [503, 503, 200]


def test_status_replaces_every_status_until_it_is_null(server: DemoServer) -> None:
    job_id = submit(server)
    set_faults(server, status="ODD")
    assert call(server, "GET", f"/jobs/{job_id}")[1]["status"] == "ODD"
    set_faults(server, status=None)
    assert call(server, "GET", f"/jobs/{job_id}")[1]["status"] == "SUCCEEDED"


@pytest.mark.parametrize("faults", [{"forgets": ["job-1"]}, {"list_delay": 60}])
def test_hidden_jobs_are_not_found(server: DemoServer, faults: dict[str, object]) -> None:
    submit(server)
    set_faults(server, **faults)
    assert call(server, "GET", "/jobs/job-1")[0] == 404


def test_honours_keys_false_starts_a_second_job(server: DemoServer) -> None:
    set_faults(server, honours_keys=False)
    ids = [call(server, "POST", "/jobs", {}, KEY)[1]["id"] for _ in range(2)]
    assert ids == ["job-1", "job-2"]


def test_stalls_delays_responses(server: DemoServer) -> None:
    set_faults(server, stalls=60)
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=0.2)
    connection.request("GET", "/jobs/job-1")
    with pytest.raises(TimeoutError):
        connection.getresponse()
    connection.close()


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        ({"refuses": 1}, "unknown fault 'refuses' (accepted: loses_answers, rejects, "),
        ({"rejects": "x"}, "rejects: invalid value 'x'"),
        ({"answers": "429"}, "answers: invalid value '429'"),
        ({"honours_keys": "no"}, "honours_keys: invalid value 'no'"),
        ({"unavailable": ["status"]}, "unavailable: invalid value ['status']"),
        ([1], "expected a JSON object such as "),
        (b"rejects=1", "expected a JSON object such as "),
    ],
)
def test_invalid_faults_are_rejected(server: DemoServer, faults: object, message: str) -> None:
    code, document = call(server, "POST", "/_faults", faults)
    assert code == 400
    assert document["error"].startswith(message)


def test_api_can_have_other_paths_fields_and_statuses() -> None:
    api = JobApi(
        submit_path="/v2/run",
        status_path="/v2/run/{id}.json",
        result_path="/v2/run/{id}",
        cancel_path="/v2/run/{id}/stop",
        cancel_method="PUT",
        find_path="/v2/run?key={key}",
        find_field="",
        id_field="job.id",
        status_field="job.state.name",
        active=("waiting", "busy"),
    )
    with DemoServer(api=api) as server:
        job = {"job": {"id": "job-1", "state": {"name": "busy"}}}
        assert call(server, "POST", "/v2/run", {"seconds": 60}, KEY) == (201, job)
        assert call(server, "GET", "/v2/run/job-1.json") == (200, job)
        assert call(server, "GET", "/v2/run?key=a-key") == (200, [job])
        assert call(server, "GET", "/v2/run?key=other") == (200, [])
        assert call(server, "GET", "/v2/run/job-1")[0] == 409
        assert call(server, "PUT", "/v2/run/job-1/stop")[0] == 202
