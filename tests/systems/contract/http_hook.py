"""What every pattern relies on, for each hook of the system `http` and the demo server."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from advisor.demo.api import JobApi, Request, Response, nested
from advisor.demo.endpoints import Endpoints
from advisor.demo.server import DemoServer
from tests.systems.contract.subjects import Call, Caller, Subject, name, subjects

CONNECTION = "AIRFLOW_CONN_HTTP_DEFAULT"
HOOKS = subjects("http")
ASYNCHRONOUS = [each for each in HOOKS if each.pattern in {"deferrable", "async"}]
DEFAULT = [each for each in HOOKS if each.path.stem.endswith("default")]

MAY_RUN = (408, 409, 425, 429, 500, 502, 503, 504)
"""Responses to a submission after which a job may run."""
FAILED = (400, 401, 403, 429, 500, 503)
NOT_JSON: tuple[Any, ...] = (b"", b"not JSON", None, [], {})


@pytest.fixture(params=HOOKS, ids=name)
def subject(request: pytest.FixtureRequest) -> Subject:
    subject: Subject = request.param
    return subject


@pytest.fixture
def api(subject: Subject) -> JobApi:
    settings = dict(subject.settings)
    return JobApi(honours_keys=settings.pop("key_closes") == "yes", **settings)


@pytest.fixture(scope="module")
def running_server() -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server


@pytest.fixture
def server(running_server: DemoServer, api: JobApi, monkeypatch: pytest.MonkeyPatch) -> DemoServer:
    """The server, with the API of the subject and without jobs; to start one takes longer."""
    running_server.endpoints = Endpoints(api)
    running_server.requests.clear()
    monkeypatch.setenv(CONNECTION, running_server.url)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return running_server


@pytest.fixture
def hook(subject: Subject, server: DemoServer) -> Caller:
    del server  # only because the hook needs its connection
    return Caller(subject)


def answer(
    server: DemoServer, code: int, body: object = None, headers: dict[str, str] | None = None
) -> None:
    """Let the server answer the next request with this."""
    server.service.faults.answers = [Response(code, body, headers or {})]


def lose_a_response(server: DemoServer, hook: Caller) -> None:
    """Submit a job without a response, in another way for each client library."""
    server.service.faults.loses_answers = 1
    with pytest.raises(Exception) as caught:
        hook.submit()
    assert not isinstance(caught.value, hook.SubmissionRejected)


def started_jobs(server: DemoServer) -> int:
    return len(server.service.jobs)


CALLS: dict[str, Call] = {
    "submit": Caller.submit,
    "status": Caller.status,
    "result": Caller.result,
    "cancel": Caller.cancel,
}
each_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


# submit


def test_submit_sends_the_spec_and_returns_the_id(server: DemoServer, hook: Caller) -> None:
    spec = {"size": 3, "name": "Grüße"}
    assert hook.submit(spec) == "job-1"
    assert server.service.jobs["job-1"].spec == spec


def test_submit_sends_the_key_if_the_api_has_keys(
    server: DemoServer, hook: Caller, api: JobApi
) -> None:
    hook.submit()
    (request,) = server.requests
    assert request.headers.get(api.key_header.lower()) == ("a-key" if api.key_header else None)


def test_repeated_key_returns_the_first_job_if_the_api_honours_keys(
    server: DemoServer, hook: Caller, api: JobApi
) -> None:
    honours_keys = bool(api.key_header) and api.honours_keys
    assert honours_keys is hook.hook.HONOURS_IDEMPOTENCY_KEY
    assert (hook.submit() == hook.submit()) is honours_keys
    assert started_jobs(server) == (1 if honours_keys else 2)


def test_submit_is_not_repeated_after_a_lost_response(server: DemoServer, hook: Caller) -> None:
    lose_a_response(server, hook)
    assert started_jobs(server) == len(server.requests) == 1


def test_lost_job_is_reached_by_its_key(server: DemoServer, hook: Caller, api: JobApi) -> None:
    lose_a_response(server, hook)
    if hook.hook.HONOURS_IDEMPOTENCY_KEY:
        assert hook.submit() == "job-1"
    assert hook.find() == ("job-1" if api.find_path else None)


@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 413, 415, 422])
def test_rejected_submission_raises_with_the_code(
    server: DemoServer, hook: Caller, code: int
) -> None:
    answer(server, code)
    with pytest.raises(hook.SubmissionRejected, match=str(code)):
        hook.submit()


def test_rejected_submission_raises_with_the_reason(server: DemoServer, hook: Caller) -> None:
    server.service.faults.rejects = 1
    # The asynchronous client drops the body of an error response.
    reason = "Unprocessable" if hook.pattern == "async" else "no such queue"
    with pytest.raises(hook.SubmissionRejected, match=reason):
        hook.submit()


@pytest.mark.parametrize("code", MAY_RUN)
def test_submission_after_which_a_job_may_run_is_not_rejected(
    server: DemoServer, hook: Caller, code: int
) -> None:
    answer(server, code)
    with pytest.raises(Exception, match=str(code)) as caught:
        hook.submit()
    assert not isinstance(caught.value, hook.SubmissionRejected)


@pytest.mark.parametrize("value", [None, "", {}, {"deeper": "job-1"}])
def test_response_with_an_invalid_id_is_not_a_rejection(
    server: DemoServer, hook: Caller, api: JobApi, value: object
) -> None:
    answer(server, 201, nested(api.id_field, value))
    with pytest.raises(Exception, match=f"Expected a value for '{api.id_field}'") as caught:
        hook.submit()
    assert not isinstance(caught.value, hook.SubmissionRejected)


@pytest.mark.parametrize("body", NOT_JSON, ids=repr)
def test_response_without_an_id_is_not_a_rejection(
    server: DemoServer, hook: Caller, body: object
) -> None:
    answer(server, 201, body)
    with pytest.raises(Exception) as caught:
        hook.submit()
    assert not isinstance(caught.value, hook.SubmissionRejected)


@pytest.mark.parametrize(("value", "job_id"), [(0, "0"), (17, "17"), ("0", "0")])
def test_submit_returns_the_id_as_text(
    server: DemoServer, hook: Caller, api: JobApi, value: object, job_id: str
) -> None:
    answer(server, 201, nested(api.id_field, value))
    assert hook.submit() == job_id


# find


def test_find_returns_none_for_an_unknown_key(hook: Caller) -> None:
    hook.submit()
    assert hook.find("another-key") is None


def test_find_sends_no_request_if_the_api_has_no_listing(
    server: DemoServer, hook: Caller, api: JobApi
) -> None:
    hook.find()
    assert len(server.requests) == (1 if api.find_path else 0)


@pytest.mark.parametrize("jobs", [{}, {"job-1": "RUNNING"}, "job-1", None])
def test_find_raises_for_a_listing_that_is_not_a_list(
    server: DemoServer, hook: Caller, api: JobApi, jobs: object
) -> None:
    if api.find_path:
        answer(server, 200, api.listing(jobs))
        with pytest.raises(Exception, match="Expected a list of jobs"):
            hook.find()


# status


def test_status_is_the_word_of_the_api(server: DemoServer, hook: Caller, api: JobApi) -> None:
    hook.submit()
    words = [*api.active, *api.succeeded, *api.failed]
    statuses = set()
    for word in words:
        server.service.faults.status = word
        assert hook.status().value == word
        statuses.add(hook.status())
    assert statuses == hook.hook.ACTIVE | hook.hook.SUCCEEDED | hook.hook.FAILED


@pytest.mark.parametrize(("value", "shown"), [("ODD", "'ODD'"), (10, "'10'")])
def test_unknown_status_raises(
    server: DemoServer, hook: Caller, api: JobApi, value: object, shown: str
) -> None:
    answer(server, 200, nested(api.status_field, value))
    with pytest.raises(hook.UnknownStatus, match=f"Unknown status {shown}"):
        hook.status()


def test_status_of_a_job_that_the_api_does_not_know_is_not_found(
    server: DemoServer, hook: Caller
) -> None:
    assert hook.status() is hook.JobStatus.NOT_FOUND
    hook.submit()
    server.service.faults.forgets = {"job-1"}
    assert hook.status() is hook.JobStatus.NOT_FOUND
    answer(server, 410)
    assert hook.status() is hook.JobStatus.NOT_FOUND


@pytest.mark.parametrize("code", FAILED)
def test_status_in_an_error_response_raises(
    server: DemoServer, hook: Caller, api: JobApi, code: int
) -> None:
    answer(server, code, nested(api.status_field, api.failed[0]))
    with pytest.raises(Exception, match=str(code)):
        hook.status()


@pytest.mark.parametrize("body", NOT_JSON, ids=repr)
def test_response_without_a_status_raises(server: DemoServer, hook: Caller, body: object) -> None:
    answer(server, 200, body)
    with pytest.raises(Exception) as caught:
        hook.status()
    assert not isinstance(caught.value, hook.UnknownStatus)


def test_status_is_read_from_any_content_type(
    server: DemoServer, hook: Caller, api: JobApi
) -> None:
    status = nested(api.status_field, api.active[0])
    answer(server, 200, status, {"Content-Type": "text/plain"})
    assert hook.status().value == api.active[0]


# result


@pytest.mark.parametrize("result", [{"rows": 3}, [1, 2], "text", 0, "", False, None])
def test_result_is_any_json(server: DemoServer, hook: Caller, result: object) -> None:
    answer(server, 200, result)
    assert hook.result() == result


def test_result_is_that_of_the_job(hook: Caller) -> None:
    job_id = hook.submit({"result": {"rows": 3}})
    assert hook.result(job_id) == {"rows": 3}


@pytest.mark.parametrize("code", [404, 409, 500])
def test_result_in_an_error_response_raises(server: DemoServer, hook: Caller, code: int) -> None:
    answer(server, code, {"error": "none"})
    with pytest.raises(Exception, match=str(code)):
        hook.result()


# cancel


def test_cancel_ends_a_running_job(server: DemoServer, hook: Caller) -> None:
    job_id = hook.submit()
    hook.cancel(job_id)
    assert server.service.running() == []
    assert hook.status(job_id) in hook.hook.FAILED


def test_cancel_accepts_finished_and_unknown_jobs(hook: Caller) -> None:
    job_id = hook.submit({"seconds": 0})
    hook.cancel(job_id)
    assert hook.status(job_id) in hook.hook.SUCCEEDED
    hook.cancel("job-2")


@pytest.mark.parametrize("code", [200, 202, 204, 404, 409, 410])
def test_cancel_accepts_responses_without_a_body(
    server: DemoServer, hook: Caller, code: int
) -> None:
    answer(server, code, b"")
    hook.cancel()
    assert len(server.requests) == 1, "An accepted response is not asked for again"


@pytest.mark.parametrize("code", FAILED)
def test_failed_cancellation_raises(server: DemoServer, hook: Caller, code: int) -> None:
    answer(server, code)
    with pytest.raises(Exception, match=str(code)):
        hook.cancel()


# all calls


@pytest.mark.parametrize("job_id", ["a/b", "a b", "50%", "a?b&c=d#e", "ä", "{id}", "+"])
def test_ids_are_quoted_in_paths(server: DemoServer, hook: Caller, job_id: str) -> None:
    server.service.new_id = lambda _: job_id
    assert hook.submit() == job_id
    assert hook.status(job_id) in hook.hook.ACTIVE
    hook.cancel(job_id)
    assert hook.result(job_id)
    assert {argument for _, argument in server.service.calls[1:]} == {job_id}


@each_call
@pytest.mark.parametrize("code", [408, 429, 500, 503])
def test_call_is_not_repeated_after_an_error(
    server: DemoServer, hook: Caller, call: Call, code: int
) -> None:
    answer(server, code)
    with pytest.raises(Exception, match=str(code)):
        call(hook)
    assert len(server.requests) == 1


@each_call
@pytest.mark.parametrize("subject", DEFAULT, ids=name, indirect=True)  # it takes a while
def test_call_without_a_response_fails_once_after_a_timeout(
    server: DemoServer, hook: Caller, call: Call
) -> None:
    hook.hook.REQUEST_TIMEOUT = 0.5
    server.service.faults.stalls = 5
    with pytest.raises(Exception) as caught:
        call(hook)
    assert not isinstance(caught.value, hook.SubmissionRejected)
    assert len(server.requests) == 1


@pytest.mark.parametrize("call", [Caller.submit, Caller.cancel])
@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_submit_and_cancel_follow_no_redirect(
    server: DemoServer, hook: Caller, call: Call, code: int
) -> None:
    answer(server, code, b"", {"Location": f"{server.url}/elsewhere"})
    with pytest.raises(Exception) as caught:
        call(hook)
    assert not isinstance(caught.value, hook.SubmissionRejected)
    assert len(server.requests) == 1


@each_call
def test_call_has_the_credentials_and_headers_of_the_connection(
    server: DemoServer,
    hook: Caller,
    api: JobApi,
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connection = {"conn_type": "http", "host": server.url, "login": "ada", "password": "p/w"}
    monkeypatch.setenv(CONNECTION, json.dumps({**connection, "extra": {"X-Team": "nightly"}}))
    answer(server, 200, api.job("job-1", api.active[0]))
    call(hook)
    (request,) = server.requests
    assert_authorised(request)


def test_errors_are_noticed_if_the_connection_turns_checks_off(
    server: DemoServer, hook: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = {"conn_type": "http", "host": server.url, "extra": {"check_response": False}}
    monkeypatch.setenv(CONNECTION, json.dumps(connection))
    assert hook.status() is hook.JobStatus.NOT_FOUND
    answer(server, 400)
    with pytest.raises(hook.SubmissionRejected):
        hook.submit()


def assert_authorised(request: Request) -> None:
    credentials = b64encode(b"ada:p/w").decode()
    assert request.headers["authorization"] == f"Basic {credentials}"
    assert request.headers["x-team"] == "nightly"


# astatus


only_asynchronous = pytest.mark.parametrize("subject", ASYNCHRONOUS, ids=name, indirect=True)


@only_asynchronous
def test_astatus_looks_up_the_connection_once(
    hook: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook.submit()
    assert hook.status() in hook.hook.ACTIVE
    monkeypatch.delenv(CONNECTION)
    assert hook.status() in hook.hook.ACTIVE


@only_asynchronous
def test_astatus_does_not_block_the_event_loop(server: DemoServer, hook: Caller) -> None:
    hook.submit()
    server.requests.clear()

    async def ask_ten_times() -> list[Any]:
        with server.service.lock:  # the server answers nothing until all ten have asked
            calls = [asyncio.ensure_future(hook.hook.astatus("job-1")) for _ in range(10)]
            while len(server.requests) < len(calls):
                await asyncio.sleep(0.01)
        return await asyncio.gather(*calls)

    assert set(hook.connected(ask_ten_times)) <= hook.hook.ACTIVE
