"""What every pattern relies on, for the hooks of Amazon EMR, a moto server and real errors.

moto keeps steps but neither runs nor cancels them, and describes unknown ones with an empty body.
The gateway in front of it gives the responses that the real service has in these cases.
"""

from __future__ import annotations

import json
import uuid
from typing import Any
from unittest.mock import ANY, Mock

import pytest
from botocore.session import Session

from tests.services.contract.aws import (
    CONNECTION,
    FACTS,
    FAILED,
    AwsContract,
    Gateway,
    client,
    connection,
    error,
    gateway,
    hook,
    key,
    running_gateway,
)
from tests.services.contract.scripted import LOST, Answer
from tests.systems.contract.subjects import Caller, Subject, name, subjects

__all__ = ["gateway", "hook", "key", "running_gateway"]

HOOKS = subjects("emr")
STATES = Session().get_service_model("emr").shape_for("StepState").enum
STEP_ID = "j-2AXXXXXXGAPLF/s-3M8DXXXXXXXXX"
SPEC: dict[str, Any] = {
    "JobFlowId": FACTS["cluster"],
    "ActionOnFailure": "CONTINUE",
    "HadoopJarStep": {"Jar": "command-runner.jar", "Args": ["echo", "drill-1"]},
}

REJECTIONS = [
    error("ValidationException", "Specified job flow ID does not exist."),
    error("InvalidRequestException", "Cluster id is not valid."),
    error("AccessDeniedException"),
    error("ThrottlingException", "Rate exceeded"),
    error("UnrecognizedClientException"),
    error("ExpiredTokenException", code=403),
    Answer(403, b"<html>Forbidden</html>"),
]
"""Responses to a submission after which no step runs."""
MAY_RUN = [
    error("InternalServerError", code=500),
    error("InternalServerError", code=400),
    error("InternalServerException", code=500),
    error("InternalFailure", code=500),
    error("ServiceUnavailable", code=503),
    Answer(408, b"<html>Request Timeout</html>"),
    Answer(502, b"<html>Bad Gateway</html>"),
    Answer(504, b"<html>Gateway Timeout</html>"),
    Answer(200, b"not JSON"),
    Answer(200, {}),
    LOST,
]
"""Responses to a submission after which a step may run."""
UNKNOWN = [
    error("InvalidRequestException", "Step id 's-3M8DXXXXXXXXX' is not valid."),
    error("InvalidRequestException", "Cluster id 'j-2AXXXXXXGAPLF' is not valid."),
]


@pytest.fixture(params=HOOKS, ids=name)
def subject(request: pytest.FixtureRequest) -> Subject:
    subject: Subject = request.param
    return subject


@pytest.fixture(scope="module")
def emr() -> Any:
    """A client of the test service, which bypasses the gateway."""
    return client("emr")


def step_names(emr: Any) -> list[str]:
    pages = emr.get_paginator("list_steps").paginate(ClusterId=FACTS["cluster"])
    return [step["Name"] for page in pages for step in page["Steps"]]


def described(status: str, **fields: object) -> Answer:
    """Return the response of DescribeStep."""
    return Answer(200, {"Step": {"Id": "s-1", "Status": {"State": status}, **fields}})


# submit


def test_submit_adds_a_step_that_is_named_by_the_key(hook: Caller, key: str, emr: Any) -> None:
    cluster, step_id = hook.submit(SPEC, key).split("/")
    assert cluster == FACTS["cluster"]
    step = emr.describe_step(ClusterId=cluster, StepId=step_id)["Step"]
    assert step["Name"] == key
    assert step["ActionOnFailure"] == "CONTINUE"
    assert step["Config"]["Args"] == ["echo", "drill-1"]


def test_submit_sends_all_fields_and_keeps_the_spec(hook: Caller, gateway: Gateway) -> None:
    logs = {"S3MonitoringConfiguration": {"LogUri": "s3://logs/"}}
    role = "arn:aws:iam::123456789012:role/step"
    spec = {**SPEC, "ExecutionRoleArn": role, "StepMonitoringConfiguration": logs}
    before = json.dumps(spec)
    gateway.answers = [Answer(200, {"StepIds": ["s-1"]})]
    assert hook.submit(spec) == f"{FACTS['cluster']}/s-1"
    assert json.dumps(spec) == before
    assert gateway.requests[0].json == {
        "JobFlowId": FACTS["cluster"],
        "ExecutionRoleArn": role,
        "Steps": [
            {
                "Name": "a-key",
                "ActionOnFailure": "CONTINUE",
                "HadoopJarStep": SPEC["HadoopJarStep"],
                "StepMonitoringConfiguration": logs,
            }
        ],
    }


def test_repeated_key_adds_a_second_step(hook: Caller, key: str, emr: Any) -> None:
    assert not hook.hook.HONOURS_IDEMPOTENCY_KEY
    assert hook.hook.LIST_CONSISTENCY_DELAY >= 30
    first, second = hook.submit(SPEC, key), hook.submit(SPEC, key)
    assert first != second
    assert step_names(emr).count(key) == 2
    assert hook.find(key, SPEC) in {first, second}


def test_longest_key_with_any_words_is_a_name(hook: Caller, emr: Any) -> None:
    key = f"token-secret-password-2026-{uuid.uuid4().hex}"[:50]
    job_id = hook.submit(SPEC, key)
    assert hook.find(key, SPEC) == job_id
    assert key in step_names(emr)


def test_step_is_found_after_a_lost_response(
    hook: Caller, gateway: Gateway, key: str, emr: Any
) -> None:
    gateway.loses_answers = 1
    with pytest.raises(Exception) as caught:
        hook.submit(SPEC, key)
    assert not isinstance(caught.value, hook.SubmissionRejected)
    assert gateway.calls() == ["AddJobFlowSteps"], "A submission is sent once"
    assert step_names(emr).count(key) == 1
    assert hook.status(hook.find(key, SPEC)) in hook.hook.ACTIVE


@pytest.mark.parametrize("answer", REJECTIONS, ids=str)
def test_rejected_submission_raises_with_the_reason(
    hook: Caller, gateway: Gateway, answer: Answer
) -> None:
    gateway.answers = [answer]
    with pytest.raises(hook.SubmissionRejected) as caught:
        hook.submit(SPEC)
    assert gateway.calls() == ["AddJobFlowSteps"]
    if isinstance(answer.body, dict):
        assert all(text in str(caught.value) for text in answer.body.values())


@pytest.mark.parametrize(
    "fields",
    [
        {"HadoopJarStep": {}},
        {"HadoopJarStep": {"Jar": "a.jar", "Args": "one text"}},
        {"Jar": "a.jar"},
    ],
    ids=str,
)
def test_invalid_field_is_rejected_without_a_request(
    hook: Caller, gateway: Gateway, fields: dict[str, Any]
) -> None:
    with pytest.raises(hook.SubmissionRejected, match="Parameter validation failed"):
        hook.submit({**SPEC, **fields})
    assert gateway.requests == []


@pytest.mark.parametrize("answer", MAY_RUN, ids=str)
def test_submission_after_which_a_step_may_run_is_not_rejected(
    hook: Caller, gateway: Gateway, answer: Answer
) -> None:
    gateway.answers = [answer]
    with pytest.raises(Exception) as caught:
        hook.submit(SPEC)
    assert not isinstance(caught.value, hook.SubmissionRejected)
    assert gateway.calls() == ["AddJobFlowSteps"], "A submission is sent once"


# find


def test_find_returns_none_for_an_unknown_key(hook: Caller, key: str) -> None:
    hook.submit(SPEC, f"{key}-2")
    assert hook.find(key, SPEC) is None


def test_find_reads_all_pages(hook: Caller, gateway: Gateway, key: str, emr: Any) -> None:
    job_id = hook.submit(SPEC, key)
    step = {"Name": "another", "HadoopJarStep": {"Jar": "a.jar"}}
    emr.add_job_flow_steps(JobFlowId=FACTS["cluster"], Steps=[step] * 120)
    assert hook.find(key, SPEC) == job_id
    assert gateway.calls().count("ListSteps") == 3


def test_find_looks_on_the_cluster_of_the_spec(hook: Caller, key: str, emr: Any) -> None:
    instances = {"MasterInstanceType": "m5.xlarge", "InstanceCount": 1}
    other = emr.run_job_flow(Name="other", Instances=instances)["JobFlowId"]
    hook.submit(SPEC, key)
    assert hook.find(key, {**SPEC, "JobFlowId": other}) is None


def test_find_on_an_unknown_cluster_raises(hook: Caller, gateway: Gateway) -> None:
    gateway.answers = UNKNOWN[1:]
    with pytest.raises(Exception, match="is not valid"):
        hook.find(spec=SPEC)


# status


def test_statuses_are_those_of_the_api(hook: Caller) -> None:
    statuses = hook.hook.ACTIVE | hook.hook.SUCCEEDED | hook.hook.FAILED
    assert {each.value for each in statuses} == set(STATES)
    assert set(hook.JobStatus) - statuses == {hook.JobStatus.NOT_FOUND}


@pytest.mark.parametrize(
    ("states", "kind"),
    [
        (("PENDING", "RUNNING", "CANCEL_PENDING"), "ACTIVE"),
        (("COMPLETED",), "SUCCEEDED"),
        (("CANCELLED", "FAILED", "INTERRUPTED"), "FAILED"),
    ],
)
def test_each_state_is_a_status_of_its_kind(
    hook: Caller, gateway: Gateway, states: tuple[str, ...], kind: str
) -> None:
    gateway.answers = [described(state) for state in states]
    statuses = [hook.status(STEP_ID) for _ in states]
    assert tuple(each.value for each in statuses) == states
    assert set(statuses) == getattr(hook.hook, kind)
    cluster, step = STEP_ID.split("/")
    assert gateway.requests[0].json == {"ClusterId": cluster, "StepId": step}


def test_reason_of_a_failure_is_logged(hook: Caller, gateway: Gateway) -> None:
    hook.hook._log = log = Mock()
    details = {"Reason": "Unknown Error.", "Message": "exit code 1"}
    failed = {"Step": {"Id": "s-1", "Status": {"State": "FAILED", "FailureDetails": details}}}
    gateway.answers = [Answer(200, failed), described("COMPLETED")]
    assert hook.status(STEP_ID) is hook.JobStatus.FAILED
    assert hook.status(STEP_ID) is hook.JobStatus.COMPLETED
    log.error.assert_called_once_with(ANY, STEP_ID, details)


def test_new_step_is_active(hook: Caller, key: str) -> None:
    assert hook.status(hook.submit(SPEC, key)) in hook.hook.ACTIVE


@pytest.mark.parametrize("answer", UNKNOWN, ids=str)
def test_status_of_an_unknown_step_is_not_found(
    hook: Caller, gateway: Gateway, answer: Answer
) -> None:
    gateway.answers = [answer]
    assert hook.status(STEP_ID) is hook.JobStatus.NOT_FOUND


def test_response_without_a_step_raises(hook: Caller) -> None:
    with pytest.raises(KeyError):
        hook.status(f"{FACTS['cluster']}/s-3M8DXXXXXXXXX")  # the empty body of moto


# cancel


CANCELLED = Answer(200, {"CancelStepsInfoList": [{"Status": "SUBMITTED"}]})
REFUSED = Answer(200, {"CancelStepsInfoList": [{"Status": "FAILED", "Reason": "Too old"}]})


def test_cancel_sends_sigterm_to_the_step(hook: Caller, gateway: Gateway) -> None:
    gateway.answers = [described("RUNNING"), CANCELLED]
    hook.cancel("j-1/s-1")
    assert gateway.calls() == ["DescribeStep", "CancelSteps"]
    assert gateway.requests[1].json == {
        "ClusterId": "j-1",
        "StepIds": ["s-1"],
        "StepCancellationOption": "SEND_INTERRUPT",
    }


@pytest.mark.parametrize(
    "answer", [described("CANCEL_PENDING"), described("COMPLETED"), *UNKNOWN], ids=str
)
def test_cancel_does_nothing_with_other_steps(
    hook: Caller, gateway: Gateway, answer: Answer
) -> None:
    gateway.answers = [answer]
    hook.cancel(STEP_ID)
    assert gateway.calls() == ["DescribeStep"]


@pytest.mark.parametrize("status", ["PENDING", "RUNNING"])
def test_refused_cancellation_raises_if_the_step_runs_on(
    hook: Caller, gateway: Gateway, status: str
) -> None:
    gateway.answers = [described(status), REFUSED, described(status)]
    with pytest.raises(Exception, match=f"{STEP_ID} runs on: .*Too old"):
        hook.cancel(STEP_ID)


@pytest.mark.parametrize("status", ["COMPLETED", "CANCEL_PENDING"])
def test_refused_cancellation_of_a_step_that_ends_is_accepted(
    hook: Caller, gateway: Gateway, status: str
) -> None:
    gateway.answers = [described("RUNNING"), REFUSED, described(status)]
    hook.cancel(STEP_ID)
    assert gateway.calls() == ["DescribeStep", "CancelSteps", "DescribeStep"]


@pytest.mark.parametrize("answer", FAILED, ids=str)
def test_failed_cancellation_raises_and_is_sent_once(
    hook: Caller, gateway: Gateway, answer: Answer
) -> None:
    gateway.answers = [described("RUNNING"), answer]
    with pytest.raises(Exception, match=r"Connection|An error occurred"):
        hook.cancel(STEP_ID)
    assert gateway.calls() == ["DescribeStep", "CancelSteps"]


# result


@pytest.mark.parametrize("fields", [{}, {"LogUri": "s3://logs/j-1/steps/s-1"}], ids=str)
def test_result_has_the_id_and_the_logs(
    hook: Caller, gateway: Gateway, fields: dict[str, str]
) -> None:
    gateway.answers = [described("COMPLETED", **fields)]
    result = json.loads(json.dumps(hook.result(STEP_ID)))
    assert result == {"job_id": STEP_ID, "log_uri": fields.get("LogUri")}


# all calls


class TestAllCalls(AwsContract):
    spec = SPEC
    job_id = STEP_ID
    described = staticmethod(described)


# console_url


@pytest.mark.parametrize(
    ("region", "domain"),
    [
        ("eu-west-1", "aws.amazon.com"),
        ("cn-north-1", "amazonaws.cn"),
        ("us-gov-west-1", "amazonaws-us-gov.com"),
    ],
)
def test_console_url_is_the_page_of_the_cluster(
    hook: Caller, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, region: str, domain: str
) -> None:
    monkeypatch.setenv(CONNECTION, connection(gateway.url, region_name=region))
    expected = f"https://console.{domain}/emr/home?region={region}#/clusterDetails/j-1"
    assert hook.hook.console_url("j-1/s-1") == expected
    assert gateway.requests == []


# check_spec

VALID: list[dict[str, Any]] = [
    {},
    {"ActionOnFailure": "CANCEL_AND_WAIT"},
    {"ExecutionRoleArn": "arn:aws:iam::123456789012:role/step"},
]
INVALID: list[dict[str, Any]] = [
    {"Name": "nightly"},
    {"JobFlowId": None},
    {"JobFlowId": "nightly"},
    {"JobFlowId": "j-1/s-1"},
    {"ActionOnFailure": None},
    {"ActionOnFailure": "TERMINATE_CLUSTER"},
    {"ActionOnFailure": "TERMINATE_JOB_FLOW"},
    {"ActionOnFailure": "continue"},
]
TEMPLATES = [
    {"JobFlowId": "{{ var.value.cluster }}"},
    {"JobFlowId": "{% if true %}j-1{% endif %}"},
    {"ActionOnFailure": "{{ params.action }}"},
    {"JobFlowId": ["j-1"]},  # only at run time, because it could be a reference to an XCom
]
each_time = pytest.mark.parametrize("is_rendered", [False, True])


@each_time
@pytest.mark.parametrize("fields", VALID, ids=str)
def test_valid_step_passes(hook: Caller, fields: dict[str, Any], is_rendered: bool) -> None:
    hook.hook.check_spec({**SPEC, **fields}, is_rendered=is_rendered)


@each_time
@pytest.mark.parametrize("fields", INVALID, ids=str)
def test_invalid_step_raises_with_the_field(
    hook: Caller, fields: dict[str, Any], is_rendered: bool
) -> None:
    with pytest.raises(ValueError, match=next(iter(fields))):
        hook.hook.check_spec({**SPEC, **fields}, is_rendered=is_rendered)


@pytest.mark.parametrize("missing", SPEC)
def test_step_without_a_field_raises(hook: Caller, missing: str) -> None:
    spec = {field: value for field, value in SPEC.items() if field != missing}
    with pytest.raises(ValueError, match=missing):
        hook.hook.check_spec(spec)


def test_request_with_several_steps_raises(hook: Caller) -> None:
    with pytest.raises(
        ValueError, match="HadoopJarStep: must be the dictionary of one step, found None"
    ):
        hook.hook.check_spec({"JobFlowId": "j-1", "Steps": [SPEC, SPEC]})


@pytest.mark.parametrize("fields", TEMPLATES, ids=str)
def test_template_passes_until_it_is_rendered(hook: Caller, fields: dict[str, str]) -> None:
    hook.hook.check_spec({**SPEC, **fields})
    with pytest.raises(ValueError, match=next(iter(fields))):
        hook.hook.check_spec({**SPEC, **fields}, is_rendered=True)
