"""What every pattern relies on, for the hooks of BigQuery and the emulator local-bigquery.

The emulator has no quotas, permissions and locations. A small server that is scripted by the tests
answers as the REST API documents it.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from typing import Any
from unittest.mock import ANY, Mock
from uuid import uuid4

import pytest
import requests
from google.api_core.exceptions import GoogleAPICallError, NotFound
from google.auth.credentials import AnonymousCredentials
from google.cloud.bigquery import Client

from tests.services.contract.scripted import ScriptedServer
from tests.systems.contract.subjects import Call, Caller, Subject, name, subjects

PROJECT = "advisor"
LOCATION = "US"
ID = f"{PROJECT}:{LOCATION}.a-key"
ENDLESS = (
    "SELECT COUNT(*) AS n FROM UNNEST(GENERATE_ARRAY(1, 100000)) a,"
    " UNNEST(GENERATE_ARRAY(1, 100000)) b WHERE MOD(a * b, 7) = 3"
)
HOST = "BIGQUERY_EMULATOR_HOST"

pytestmark = pytest.mark.parametrize("subject", subjects("bigquery"), ids=name)


def query(sql: str = "SELECT 42 AS answer", **reference: str) -> dict[str, Any]:
    return {
        "jobReference": {"location": LOCATION, **reference},
        "configuration": {"query": {"query": sql, "useLegacySql": False}},
    }


@pytest.fixture
def key() -> str:
    return f"nightly-report-{uuid4().hex[:20]}"


@pytest.fixture
def hook(subject: Subject) -> Caller:
    return Caller(subject)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    """A server in place of the emulator."""
    with ScriptedServer() as server:
        monkeypatch.setenv(HOST, server.url)
        yield server


@pytest.fixture
def scripted(subject: Subject, server: ScriptedServer) -> Caller:
    del server  # only because the hook reads its address
    return Caller(subject)


def client() -> Client:
    return Client(project=PROJECT, credentials=AnonymousCredentials())


def ended(hook: Caller, job_id: str) -> object:
    """Return the status that a job ends with."""
    while (status := hook.status(job_id)) in hook.hook.ACTIVE:
        time.sleep(0.05)
    return status


def error(code: int, reason: str) -> dict[str, Any]:
    """Return the body of an error of the REST API."""
    details = {"message": f"Because of {reason}", "reason": reason, "domain": "global"}
    return {"error": {"code": code, "message": details["message"], "errors": [details]}}


def job(state: str, reason: str | None = None) -> dict[str, Any]:
    """Return a job of the REST API, with an error if there is a reason."""
    status: dict[str, Any] = {"state": state}
    if reason is not None:
        status["errorResult"] = {"reason": reason, "message": "Because of it"}
    reference = {"projectId": PROJECT, "location": LOCATION, "jobId": "a-key"}
    configuration = {"jobType": "QUERY", "query": {"query": "SELECT 42"}}
    return {"jobReference": reference, "configuration": configuration, "status": status}


# submit and find


def test_id_is_that_of_bigquery(hook: Caller, key: str) -> None:
    job_id = hook.submit(query(), key)
    assert job_id == f"{PROJECT}:{LOCATION}.{key}"
    submitted = client().get_job(key, location=LOCATION)
    assert (submitted.query, submitted.use_legacy_sql) == ("SELECT 42 AS answer", False)


def test_repeated_key_returns_the_first_job(hook: Caller, key: str) -> None:
    job_id = hook.submit(query(), key)
    assert hook.submit(query("SELECT 43 AS other"), key) == job_id
    assert client().get_job(key, location=LOCATION).query == "SELECT 42 AS answer"


def test_key_of_a_failed_job_returns_that_job(hook: Caller, key: str) -> None:
    job_id = hook.submit(query("SELECT * FROM nowhere.nothing"), key)
    assert ended(hook, job_id) is hook.JobStatus.FAILED
    assert hook.submit(query(), key) == job_id
    assert hook.status(job_id) is hook.JobStatus.FAILED


def test_find_returns_the_id_in_any_state_or_none(hook: Caller, key: str) -> None:
    assert hook.find(key, query()) is None
    job_id = hook.submit(query(), key)
    assert ended(hook, job_id) is hook.JobStatus.SUCCEEDED
    assert hook.find(key, query()) == job_id


def test_job_can_run_in_another_project_and_location(
    scripted: Caller, server: ScriptedServer, key: str
) -> None:
    spec = query(projectId="example.com:other", location="europe-west1")
    server.answers = [(200, job("RUNNING"))]
    job_id = scripted.submit(spec, key)
    assert job_id == f"example.com:other:europe-west1.{key}"
    scripted.status(job_id)
    submitted, asked = server.requests
    reference = {"projectId": "example.com:other", "location": "europe-west1", "jobId": key}
    assert submitted.json["jobReference"] == reference
    assert asked.path.endswith(f"/projects/example.com:other/jobs/{key}")
    assert asked.query["location"] == "europe-west1"


@pytest.mark.parametrize(
    "configuration",
    [
        {"load": {"sourceUris": ["gs://bucket/file"], "destinationTable": {}}},
        {"copy": {"sourceTables": [], "destinationTable": {}}},
        {"extract": {"sourceTable": {}, "destinationUris": ["gs://bucket/file"]}},
    ],
    ids=lambda value: next(iter(value)),
)
def test_every_type_of_job_is_sent_as_given(
    scripted: Caller, server: ScriptedServer, key: str, configuration: dict[str, Any]
) -> None:
    scripted.submit({**query(), "configuration": configuration}, key)
    (request,) = server.requests
    sent = request.json["configuration"]
    assert {each: sent[each] for each in configuration} == configuration


def test_submission_without_a_response_is_not_a_rejection_and_is_found(
    hook: Caller, key: str, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedServer(os.environ[HOST]) as server, monkeypatch.context() as patch:
        patch.setenv(HOST, server.url)
        server.loses_answers = 1
        cut_off = Caller(subject)
        with pytest.raises(requests.ConnectionError):
            cut_off.submit(query(), key)
        assert len(server.requests) == 1
    job_id = hook.find(key, query())
    assert job_id is not None
    assert job_id == hook.submit(query(), key)


def test_submit_keeps_the_spec(scripted: Caller) -> None:
    spec = query(projectId="other")
    before = json.dumps(spec)
    scripted.submit(spec)
    assert json.dumps(spec) == before


def test_conflict_without_a_reason_is_not_a_rejection(
    scripted: Caller, server: ScriptedServer
) -> None:
    server.answers = [(409, {"error": {"code": 409, "message": "Already Exists"}})]
    assert scripted.submit(query()) == ID


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (400, "invalidQuery"),
        (400, "invalid"),
        (403, "accessDenied"),
        (403, "billingNotEnabled"),
        (404, "notFound"),
        (400, "jobRateLimitExceeded"),
        (409, "duplicate"),  # of a table
    ],
)
def test_rejected_submission_raises_with_the_message(
    scripted: Caller, server: ScriptedServer, key: str, code: int, reason: str
) -> None:
    server.answers = [(code, error(code, reason))]
    with pytest.raises(scripted.SubmissionRejected, match=f"{code}: .*{reason}"):
        scripted.submit(query(), key)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (403, "rateLimitExceeded"),
        (408, "timeout"),
        (429, "tooManyRequests"),
        (500, "internalError"),
        (502, "backendError"),
        (503, "backendError"),
    ],
)
def test_submission_that_can_be_repeated_is_not_rejected_and_sent_once(
    scripted: Caller, server: ScriptedServer, key: str, code: int, reason: str
) -> None:
    server.answers = [(code, error(code, reason))]
    with pytest.raises(Exception, match=reason) as caught:
        scripted.submit(query(), key)
    assert not isinstance(caught.value, scripted.SubmissionRejected)
    assert len(server.requests) == 1


# status


def test_job_that_succeeds_is_active_until_then(hook: Caller, key: str) -> None:
    job_id = hook.submit(query(ENDLESS), key)
    assert hook.status(job_id) in hook.hook.ACTIVE
    hook.cancel(job_id)


def test_cancelled_job_is_not_a_failed_one(hook: Caller, key: str) -> None:
    job_id = hook.submit(query(ENDLESS), key)
    hook.cancel(job_id)
    assert ended(hook, job_id) is hook.JobStatus.CANCELLED
    assert hook.JobStatus.CANCELLED in hook.hook.FAILED


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (job("PENDING"), "PENDING"),
        (job("RUNNING"), "RUNNING"),
        (job("DONE"), "SUCCEEDED"),
        (job("DONE", "invalidQuery"), "FAILED"),
        (job("DONE", "stopped"), "CANCELLED"),
        # An error that is reported while the job still runs does not end it.
        (job("RUNNING", "backendError"), "RUNNING"),
    ],
)
def test_status_is_made_from_the_state_and_the_error(
    scripted: Caller, server: ScriptedServer, answer: dict[str, Any], status: str
) -> None:
    server.answers = [(200, answer)]
    assert scripted.status(ID).name == status


def test_enum_has_the_documented_states(hook: Caller) -> None:
    # The client has no enum for them. The REST API documents these three for JobStatus.state.
    words = {each.value.split(" ")[0].rstrip(",") for each in hook.JobStatus}
    assert words - {"not"} == {"PENDING", "RUNNING", "DONE"}


def test_unknown_state_raises(scripted: Caller, server: ScriptedServer) -> None:
    server.answers = [(200, job("PAUSED"))]
    with pytest.raises(scripted.UnknownStatus, match="PAUSED"):
        scripted.status(ID)


def test_reason_of_a_failure_is_logged(scripted: Caller, server: ScriptedServer) -> None:
    scripted.hook._log = log = Mock()
    server.answers = [(200, job("DONE", "invalidQuery")), (200, job("DONE"))]
    assert scripted.status(ID) is scripted.JobStatus.FAILED
    assert scripted.status(ID) is scripted.JobStatus.SUCCEEDED
    log.error.assert_called_once_with(ANY, ID, "Because of it")


def test_unknown_job_is_not_found(hook: Caller) -> None:
    job_id = f"{PROJECT}:{LOCATION}.no-such-job"
    assert hook.status(job_id) is hook.JobStatus.NOT_FOUND
    hook.cancel(job_id)


# cancel and result


def test_cancel_does_not_change_a_finished_job(hook: Caller, key: str) -> None:
    job_id = hook.submit(query(), key)
    assert ended(hook, job_id) is hook.JobStatus.SUCCEEDED
    hook.cancel(job_id)
    assert hook.status(job_id) is hook.JobStatus.SUCCEEDED


def test_cancel_is_sent_once_and_does_not_wait(scripted: Caller, server: ScriptedServer) -> None:
    # Airflow's BigQueryHook.cancel_job asks up to 12 times, every 5 seconds, whether it is done.
    server.answers = [(200, job("RUNNING")), (200, {"job": job("RUNNING")})]
    scripted.cancel(ID)
    assert [each.method for each in server.requests] == ["GET", "POST"]


@pytest.mark.parametrize("code", [403, 404, 500])
def test_failed_cancellation_raises_and_is_sent_once(
    scripted: Caller, server: ScriptedServer, code: int
) -> None:
    server.answers = [(200, job("RUNNING")), (code, error(code, "accessDenied"))]
    with pytest.raises(GoogleAPICallError, match=str(code)):
        scripted.cancel(ID)
    assert len(server.sent("POST")) == 1


def test_cancellation_without_a_response_ends(
    scripted: Caller, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted.hook.REQUEST_TIMEOUT = 0.3
    monkeypatch.setattr(scripted.hook, "status", lambda _: scripted.JobStatus.RUNNING)
    with server.held(), pytest.raises(requests.Timeout):
        scripted.cancel(ID)
    assert len(server.sent("POST")) == 1


def test_result_names_the_table_with_the_rows(hook: Caller, key: str) -> None:
    job_id = hook.submit(query(), key)
    assert ended(hook, job_id) is hook.JobStatus.SUCCEEDED
    result = json.loads(json.dumps(hook.result(job_id)))
    assert result["job_id"] == job_id
    rows = client().list_rows(client().get_table(result["table"]))
    assert [dict(row) for row in rows] == [{"answer": 42}]


def test_result_of_an_extract_job_has_no_table(scripted: Caller, server: ScriptedServer) -> None:
    extract = {"sourceTable": {}, "destinationUris": ["gs://bucket/file"]}
    configuration = {"jobType": "EXTRACT", "extract": extract}
    server.answers = [(200, {**job("DONE"), "configuration": configuration})]
    assert scripted.result(ID)["table"] is None


# all calls


CALLS: dict[str, Call] = {
    "submit": lambda hook: hook.submit(query()),
    "find": lambda hook: hook.find(spec=query()),
    "status": lambda hook: hook.status(ID),
    "result": lambda hook: hook.result(ID),
    "cancel": lambda hook: hook.cancel(ID),
}
each_reading_call = pytest.mark.parametrize("call", list(CALLS.values())[1:], ids=list(CALLS)[1:])


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_call_without_a_response_ends_after_one_request(
    scripted: Caller, server: ScriptedServer, call: Call
) -> None:
    scripted.hook.REQUEST_TIMEOUT = 0.3
    with server.held(), pytest.raises(requests.Timeout):
        call(scripted)
    assert len(server.requests) == 1


@each_reading_call
@pytest.mark.parametrize("code", [403, 429, 500])
def test_error_response_raises_after_one_request(
    scripted: Caller, server: ScriptedServer, call: Call, code: int
) -> None:
    server.answers = [(code, error(code, "accessDenied"))]
    with pytest.raises(GoogleAPICallError, match=str(code)):
        call(scripted)
    assert len(server.requests) == 1


@each_reading_call
def test_404_of_a_proxy_is_not_a_missing_job(
    scripted: Caller, server: ScriptedServer, call: Call
) -> None:
    server.answers = [(404, b"<html>no such page</html>")]
    with pytest.raises(NotFound):
        call(scripted)


def test_console_url_names_the_job(hook: Caller) -> None:
    url = hook.hook.console_url("example.com:other:EU.a-key")
    assert url == (
        "https://console.cloud.google.com/bigquery"
        "?project=example.com:other&j=bq:EU:a-key&page=queryresults"
    )


# check_spec


def test_valid_specs_are_accepted(hook: Caller) -> None:
    for spec in (query(), query(location="europe-west1"), query(location="{{ var.value.where }}")):
        hook.hook.check_spec(spec)
    hook.hook.check_spec(query(), is_rendered=True)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (query(location="{{ var.value.where }}"), "location"),
        ({**query(), "jobReference": "{{ var.json.reference }}"}, "location"),
        ({**query(), "configuration": "{{ var.json.configuration }}"}, "configuration"),
        ({**query(), "configuration": {"query": "{{ var.json.query }}"}}, "one of query, load"),
    ],
)
def test_template_is_refused_if_it_was_not_rendered(
    hook: Caller, spec: dict[str, Any], message: str
) -> None:
    hook.hook.check_spec(spec)
    with pytest.raises(ValueError, match=message):
        hook.hook.check_spec(spec, is_rendered=True)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("SELECT 42", "jobReference"),
        ({}, "jobReference"),
        ({"configuration": {"query": {}}}, "jobReference"),
        ({"jobReference": {}, "configuration": {"query": {}}}, "location"),
        ({"jobReference": {"location": "US"}}, "configuration"),
        (query(location=""), "location"),
        ({**query(), "jobReference": {"location": None}}, "location"),
        (query(location="US; DROP"), "location"),
        (query(jobId="mine"), "jobId"),
        ({**query(), "labels": {}, "id": "a:b.c"}, "Not sent with a job: id, labels"),
        ({**query(), "configuration": {"labels": {}}}, "one of query, load"),
        ({**query(), "configuration": {"query": {}, "load": {}}}, "one of query, load"),
        ({**query(), "configuration": {"query": {}, "dryRun": True}}, "dryRun"),
    ],
)
def test_invalid_specs_are_refused_with_a_reason(hook: Caller, spec: object, message: str) -> None:
    for is_rendered in (False, True):
        with pytest.raises(ValueError, match=message):
            hook.hook.check_spec(spec, is_rendered=is_rendered)
