"""What every pattern relies on, for the hooks of AWS Step Functions and a moto server.

moto interprets the state machines. The gateway in front of it counts requests, and gives responses
that moto does not have.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from typing import Any
from unittest.mock import ANY, Mock

import pytest
from botocore.session import Session

from tests.services.contract.aws import (
    FACTS,
    AwsContract,
    Gateway,
    client,
    error,
    gateway,
    hook,
    key,
    running_gateway,
)
from tests.services.contract.scripted import LOST, Answer
from tests.systems.contract.subjects import Caller, Subject, name, subjects

__all__ = ["gateway", "hook", "key", "running_gateway"]

HOOKS = subjects("step-functions")
STATUSES = Session().get_service_model("stepfunctions").shape_for("ExecutionStatus").enum
UNKNOWN = FACTS["waits"].replace("stateMachine", "execution") + ":unknown"
ENDS: dict[str, Any] = {"stateMachineArn": FACTS["waits"], "input": {"seconds": 0, "rows": [1]}}
RUNS: dict[str, Any] = {"stateMachineArn": FACTS["waits"], "input": {"seconds": 600}}
FAILS: dict[str, Any] = {"stateMachineArn": FACTS["fails"]}
MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:Load"
STANDARD = Answer(200, {"type": "STANDARD"})
SUBMITTED = ["DescribeStateMachine", "StartExecution"]

REJECTIONS = [
    error("StateMachineDoesNotExist"),
    error("StateMachineDeleting"),
    error("InvalidArn"),
    error("InvalidExecutionInput"),
    error("InvalidName"),
    error("ValidationException"),
    error("AccessDeniedException"),
    error("KmsAccessDeniedException"),
    error("UnrecognizedClientException"),
    error("ExpiredTokenException", code=403),
    Answer(403, b"<html>Forbidden</html>"),
]
"""Responses to a submission after which nothing runs."""
TEMPORARY = [
    error("ThrottlingException", "Rate exceeded"),
    error("KmsThrottlingException"),
    error("ExecutionLimitExceeded"),
    error("InternalServerError", code=500),
    error("InternalFailure", code=400),
    error("ServiceUnavailable", code=503),
    error("RequestTimeoutException"),
    Answer(408, b"<html>Request Timeout</html>"),
    Answer(502, b"<html>Bad Gateway</html>"),
    LOST,
]
"""Responses after which the submission is worth repeating: an execution may run."""


@pytest.fixture(params=HOOKS, ids=name)
def subject(request: pytest.FixtureRequest) -> Subject:
    subject: Subject = request.param
    return subject


@pytest.fixture(scope="module")
def service() -> Any:
    """A client of the test service, which bypasses the gateway."""
    return client("stepfunctions")


@pytest.fixture(scope="module", autouse=True)
def stopped_executions(service: Any) -> Iterator[None]:
    """Stop the executions that a module leaves running."""
    yield
    pages = service.get_paginator("list_executions").paginate(
        stateMachineArn=FACTS["waits"], statusFilter="RUNNING"
    )
    for each in [each for page in pages for each in page["executions"]]:
        service.stop_execution(executionArn=each["executionArn"])


def ended(hook: Caller, job_id: str) -> Any:
    """Return the status that an execution ends with."""
    until = time.monotonic() + 20
    while (status := hook.status(job_id)) in hook.hook.ACTIVE and time.monotonic() < until:
        time.sleep(0.02)
    return status


def described(status: str, **fields: object) -> Answer:
    """Return the response of DescribeExecution."""
    return Answer(200, {"executionArn": UNKNOWN, "status": status, **fields})


# submit


@pytest.mark.parametrize(
    "values", [{"seconds": 0, "rows": [1]}, '{"seconds":0,"rows":[1]}'], ids=type
)
def test_execution_that_succeeds_returns_its_output(hook: Caller, key: str, values: object) -> None:
    job_id = hook.submit({**ENDS, "input": values}, key)
    assert job_id == f"{FACTS['waits'].replace('stateMachine', 'execution')}:{key}"
    assert ended(hook, job_id) in hook.hook.SUCCEEDED
    assert hook.result(job_id) == {"seconds": 0, "rows": [1]}


def test_execution_that_fails_has_a_failed_status(hook: Caller, key: str) -> None:
    assert ended(hook, hook.submit(FAILS, key)) is hook.JobStatus.FAILED


def test_submit_sends_all_fields_and_keeps_the_spec(hook: Caller, gateway: Gateway) -> None:
    spec = {**ENDS, "traceHeader": "Root=1"}
    before = json.dumps(spec)
    gateway.answers = [STANDARD, Answer(200, {"executionArn": "arn:1", "startDate": 1})]
    assert hook.submit(spec) == "arn:1"
    assert json.dumps(spec) == before
    sent = dict(gateway.requests[1].json)
    assert json.loads(sent.pop("input")) == ENDS["input"]
    expected = {"stateMachineArn": FACTS["waits"], "traceHeader": "Root=1", "name": "a-key"}
    assert sent == expected


def test_execution_without_input_gets_an_empty_object(hook: Caller, gateway: Gateway) -> None:
    hook.submit(FAILS, f"a-key-{uuid.uuid4().hex[:8]}")
    assert gateway.requests[-1].json["input"] == "{}"


@pytest.mark.parametrize("second", [RUNS, ENDS], ids=["same input", "other input"])
def test_repeated_key_returns_the_running_execution(
    hook: Caller, key: str, second: dict[str, Any]
) -> None:
    assert hook.hook.HONOURS_IDEMPOTENCY_KEY
    job_id = hook.submit(RUNS, key)
    assert hook.submit(second, key) == hook.find(key, RUNS) == job_id
    assert hook.status(job_id) in hook.hook.ACTIVE


@pytest.mark.parametrize("spec", [ENDS, FAILS], ids=["succeeded", "failed"])
def test_repeated_key_returns_the_execution_that_has_ended(
    hook: Caller, key: str, spec: dict[str, Any], service: Any
) -> None:
    job_id = hook.submit(spec, key)
    status = ended(hook, job_id)
    assert hook.submit(spec, key) == hook.find(key, spec) == job_id
    assert hook.status(job_id) is status
    listed = service.list_executions(stateMachineArn=spec["stateMachineArn"])["executions"]
    assert [each["name"] for each in listed].count(key) == 1


def test_lost_execution_is_reached_by_its_key(hook: Caller, gateway: Gateway, key: str) -> None:
    hook.submit(ENDS, f"{key}-first")  # checks the type of the machine
    gateway.requests.clear()
    gateway.loses_answers = 1
    with pytest.raises(Exception) as caught:
        hook.submit(RUNS, key)
    assert not isinstance(caught.value, hook.SubmissionRejected)
    assert gateway.calls() == ["StartExecution"]
    found = hook.find(key, RUNS)
    assert found == hook.submit(RUNS, key)
    assert hook.status(found) in hook.hook.ACTIVE


def test_longest_key_with_any_words_is_a_name(hook: Caller) -> None:
    key = f"token-secret-password-2026-{uuid.uuid4().hex}"[:50]
    job_id = hook.submit(ENDS, key)
    assert hook.find(key, ENDS) == job_id
    assert job_id.endswith(f":{key}")


@pytest.mark.parametrize("qualifier", ["", ":3", ":PROD"])
def test_version_and_alias_are_started_but_not_in_the_arn(
    hook: Caller, gateway: Gateway, qualifier: str
) -> None:
    spec = {"stateMachineArn": MACHINE + qualifier}
    gateway.answers = [STANDARD, error("ExecutionAlreadyExists"), described("RUNNING")]
    expected = "arn:aws:states:eu-west-1:123456789012:execution:Load:a-key"
    assert hook.submit(spec) == hook.find(spec=spec) == expected
    sent = [each.json for each in gateway.requests]
    assert [sent[0]["stateMachineArn"], sent[1]["stateMachineArn"]] == [
        MACHINE,
        MACHINE + qualifier,
    ]
    assert sent[2]["executionArn"] == expected


def test_express_workflow_is_rejected_and_not_started(hook: Caller, gateway: Gateway) -> None:
    for _ in range(2):
        with pytest.raises(hook.SubmissionRejected, match="Express is not of type STANDARD"):
            hook.submit({"stateMachineArn": FACTS["express"]})
    assert gateway.calls() == ["DescribeStateMachine"] * 2


def test_type_of_a_machine_is_checked_once(hook: Caller, gateway: Gateway, key: str) -> None:
    for number in range(2):
        hook.submit(ENDS, f"{key}-{number}")
    hook.submit(FAILS, key)
    assert gateway.calls() == [*SUBMITTED, "StartExecution", *SUBMITTED]


@pytest.mark.parametrize("answer", REJECTIONS, ids=str)
@pytest.mark.parametrize("sent", [SUBMITTED[:1], SUBMITTED], ids=["at the check", "at the start"])
def test_rejected_submission_raises_with_the_reason(
    hook: Caller, gateway: Gateway, answer: Answer, sent: list[str]
) -> None:
    gateway.answers = [STANDARD] * (len(sent) - 1) + [answer]
    with pytest.raises(hook.SubmissionRejected) as caught:
        hook.submit(RUNS)
    assert gateway.calls() == sent
    if isinstance(answer.body, dict):
        assert all(text in str(caught.value) for text in answer.body.values())


def test_rejections_of_the_service(hook: Caller, key: str) -> None:
    with pytest.raises(hook.SubmissionRejected, match="StateMachineDoesNotExist"):
        hook.submit({"stateMachineArn": f"{FACTS['waits']}2"}, key)
    with pytest.raises(hook.SubmissionRejected, match="Expecting value"):
        hook.submit({**ENDS, "input": "not JSON"}, key)
    assert hook.find(key, ENDS) is None


def test_unknown_field_is_rejected_and_not_sent(hook: Caller, gateway: Gateway) -> None:
    with pytest.raises(hook.SubmissionRejected, match="Unknown parameter in input"):
        hook.submit({**RUNS, "clientToken": "a"})
    assert "StartExecution" not in gateway.calls()


@pytest.mark.parametrize("answer", TEMPORARY, ids=str)
def test_submission_after_which_an_execution_may_run_is_not_rejected(
    hook: Caller, gateway: Gateway, answer: Answer
) -> None:
    gateway.answers = [STANDARD, answer]
    with pytest.raises(Exception) as caught:
        hook.submit(RUNS)
    assert not isinstance(caught.value, hook.SubmissionRejected)
    assert gateway.calls() == SUBMITTED


# find


def test_find_returns_none_for_an_unknown_key(hook: Caller, key: str) -> None:
    hook.submit(ENDS, f"{key}-2")
    assert hook.find(key, ENDS) is None


def test_find_raises_if_the_service_does_not_answer(hook: Caller, gateway: Gateway) -> None:
    gateway.answers = [error("ServiceUnavailable", code=503)]
    with pytest.raises(Exception, match="ServiceUnavailable"):
        hook.find(spec=RUNS)


# status


def test_statuses_are_those_of_the_api(hook: Caller) -> None:
    statuses = hook.hook.ACTIVE | hook.hook.SUCCEEDED | hook.hook.FAILED
    assert {each.value for each in statuses} == set(STATUSES)
    assert set(hook.JobStatus) - statuses == {hook.JobStatus.NOT_FOUND}
    assert hook.JobStatus.CANCELLED.value == "ABORTED"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("RUNNING", "PENDING_REDRIVE"), "ACTIVE"),
        (("SUCCEEDED",), "SUCCEEDED"),
        (("FAILED", "TIMED_OUT", "ABORTED"), "FAILED"),
    ],
)
def test_each_word_is_a_status_of_its_kind(
    hook: Caller, gateway: Gateway, words: tuple[str, ...], kind: str
) -> None:
    gateway.answers = [described(word) for word in words]
    statuses = [hook.status(UNKNOWN) for _ in words]
    assert tuple(each.value for each in statuses) == words
    assert set(statuses) == getattr(hook.hook, kind)


@pytest.mark.parametrize("fields", [{"error": "E"}, {"error": "E", "cause": "by zero"}], ids=str)
def test_reason_of_a_failure_is_logged(
    hook: Caller, gateway: Gateway, fields: dict[str, str]
) -> None:
    hook.hook._log = log = Mock()
    gateway.answers = [described("FAILED", **fields), described("SUCCEEDED")]
    assert hook.status(UNKNOWN) is hook.JobStatus.FAILED
    assert hook.status(UNKNOWN) is hook.JobStatus.SUCCEEDED
    log.error.assert_called_once_with(ANY, UNKNOWN, [*fields.values()][-1])


def test_status_of_an_unknown_execution_is_not_found(hook: Caller) -> None:
    assert hook.status(UNKNOWN) is hook.JobStatus.NOT_FOUND


# cancel


def test_running_execution_can_be_cancelled_twice(hook: Caller, key: str) -> None:
    job_id = hook.submit(RUNS, key)
    assert hook.status(job_id) in hook.hook.ACTIVE
    hook.cancel(job_id)
    assert ended(hook, job_id) is hook.JobStatus.CANCELLED
    hook.cancel(job_id)
    assert hook.status(job_id) in hook.hook.FAILED


def test_cancel_does_not_change_a_finished_execution(hook: Caller, key: str) -> None:
    job_id = hook.submit(ENDS, key)
    assert ended(hook, job_id) in hook.hook.SUCCEEDED
    hook.cancel(job_id)
    assert hook.status(job_id) in hook.hook.SUCCEEDED


def test_cancel_accepts_an_unknown_execution(hook: Caller, gateway: Gateway) -> None:
    hook.cancel(UNKNOWN)
    gateway.answers = [error("ExecutionDoesNotExist")]
    hook.cancel(UNKNOWN)
    assert gateway.calls() == ["StopExecution"] * 2


def test_cancel_sends_no_cause_which_would_need_a_kms_key(hook: Caller, gateway: Gateway) -> None:
    gateway.answers = [Answer(200, {"stopDate": 1})]
    hook.cancel(UNKNOWN)
    assert gateway.requests[0].json == {"executionArn": UNKNOWN}


# result


@pytest.mark.parametrize("output", [{"rows": 3}, [1, 2], "text", 0, "", False, None])
def test_result_is_the_output_as_json(hook: Caller, gateway: Gateway, output: object) -> None:
    gateway.answers = [described("SUCCEEDED", output=json.dumps(output))]
    assert hook.result(UNKNOWN) == output


# all calls


class TestAllCalls(AwsContract):
    spec = RUNS
    job_id = UNKNOWN
    described = staticmethod(described)


# console_url


@pytest.mark.parametrize(
    ("partition", "region", "domain"),
    [
        ("aws", "eu-west-1", "aws.amazon.com"),
        ("aws-cn", "cn-north-1", "amazonaws.cn"),
        ("aws-us-gov", "us-gov-west-1", "amazonaws-us-gov.com"),
        ("aws-eusc", "eusc-de-east-1", "aws.amazon.com"),  # unknown to Airflow
    ],
)
def test_console_url_is_the_page_of_the_execution(
    hook: Caller, gateway: Gateway, partition: str, region: str, domain: str
) -> None:
    arn = f"arn:{partition}:states:{region}:123456789012:execution:Load:a-key"
    page = f"states/home?region={region}#/v2/executions/details/{arn}"
    assert hook.hook.console_url(arn) == f"https://console.{domain}/{page}"
    assert gateway.requests == []


# check_spec

VALID = [
    MACHINE,
    f"{MACHINE}:3",
    f"{MACHINE}:PROD",
    MACHINE.replace("arn:aws:", "arn:aws-us-gov:"),
]
INVALID: list[object] = [
    None,
    "Load",
    "",
    f"{MACHINE}/Map",
    f"{MACHINE}:PROD:3",
    MACHINE.replace("stateMachine", "express"),
    MACHINE.replace("stateMachine", "execution"),
    MACHINE.replace(":states:", ":lambda:"),
]
TEMPLATES: list[object] = [
    [MACHINE],  # only at run time, because it could be a reference to an XCom
    "{{ var.value.machine }}",
    "{% if true %}x{% endif %}",
    f"{MACHINE}:{{{{ alias }}}}",
]
each_time = pytest.mark.parametrize("is_rendered", [False, True])


@each_time
@pytest.mark.parametrize("machine", VALID)
def test_valid_machine_passes(hook: Caller, machine: str, is_rendered: bool) -> None:
    hook.hook.check_spec({"stateMachineArn": machine}, is_rendered=is_rendered)


@each_time
@pytest.mark.parametrize("machine", INVALID, ids=str)
def test_invalid_machine_raises(hook: Caller, machine: object, is_rendered: bool) -> None:
    with pytest.raises(ValueError, match="stateMachineArn: must be an ARN"):
        hook.hook.check_spec({"stateMachineArn": machine}, is_rendered=is_rendered)


@each_time
def test_name_raises(hook: Caller, is_rendered: bool) -> None:
    with pytest.raises(ValueError, match="name: remove it"):
        hook.hook.check_spec({**ENDS, "name": "nightly"}, is_rendered=is_rendered)


def test_text_raises(hook: Caller) -> None:
    with pytest.raises(ValueError, match="stateMachineArn: must be an ARN, found None"):
        hook.hook.check_spec("Load", is_rendered=True)


def test_missing_machine_raises(hook: Caller) -> None:
    with pytest.raises(ValueError, match="stateMachineArn"):
        hook.hook.check_spec({"input": {}})


@pytest.mark.parametrize("machine", TEMPLATES)
def test_template_passes_until_it_is_rendered(hook: Caller, machine: str) -> None:
    hook.hook.check_spec({"stateMachineArn": machine})
    with pytest.raises(ValueError, match="stateMachineArn"):
        hook.hook.check_spec({"stateMachineArn": machine}, is_rendered=True)
