"""What the tests of all hooks of AWS share: fixtures, and the tests of what applies to every call.

A server in front of moto counts the requests, and gives the responses that moto does not have.
"""

from __future__ import annotations

import asyncio
import json
import os
import uuid
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import boto3
import pytest

from tests.services.contract.scripted import LOST, Answer, ScriptedServer
from tests.systems.contract.subjects import Caller

REGION = "us-east-1"
FACTS: dict[str, str] = json.loads(os.environ["SERVICE_FACTS"])
CONNECTION = "AIRFLOW_CONN_AWS_DEFAULT"


def error(name: str, message: str = "the message", code: int = 400) -> Answer:
    """Return a response with an error, as the JSON protocol of AWS has it."""
    return Answer(code, {"__type": name, "message": message})


FAILED = [
    error("ThrottlingException", "Rate exceeded"),
    error("AccessDeniedException"),
    error("ValidationException"),
    error("InternalServerException", code=500),
    error("ServiceUnavailable", code=503),
    LOST,
]
"""Responses to any call that raise."""
CALLS: dict[str, Callable[[Caller, AwsContract], object]] = {
    "submit": lambda hook, example: hook.submit(example.spec),
    "find": lambda hook, example: hook.find(spec=example.spec),
    "status": lambda hook, example: hook.status(example.job_id),
    "result": lambda hook, example: hook.result(example.job_id),
    "cancel": lambda hook, example: hook.cancel(example.job_id),
}
each_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


class Gateway(ScriptedServer):
    """The server in front of moto."""

    def calls(self) -> list[str]:
        """Return the names of the calls of all requests."""
        return [each.headers["x-amz-target"].rpartition(".")[2] for each in self.requests]


def connection(url: str, **extra: object) -> str:
    """Return a connection of type `aws` to a server on loopback, as JSON."""
    described = {
        "conn_type": "aws",
        "login": "testing",
        "password": "testing",
        "extra": {"region_name": REGION, "endpoint_url": url, **extra},
    }
    return json.dumps(described)


def client(service: str) -> Any:
    """Return a client of moto, which bypasses the gateway."""
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    return boto3.client(service, region_name=REGION, endpoint_url=FACTS["url"], **keys)


@pytest.fixture(scope="module")
def running_gateway() -> Iterator[Gateway]:
    with Gateway(FACTS["url"]) as gateway:
        yield gateway


@pytest.fixture
def gateway(running_gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> Gateway:
    running_gateway.reset()
    monkeypatch.setenv(CONNECTION, connection(running_gateway.url))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return running_gateway


@pytest.fixture
def hook(subject: Any, gateway: Gateway) -> Caller:
    del gateway  # only because the hook needs its connection
    return Caller(subject)


@pytest.fixture
def key() -> str:
    return f"a-key-{uuid.uuid4().hex[:20]}"


class AwsContract:
    """Tests that apply to the hooks of all services; a subclass gives an example of a job."""

    spec: ClassVar[dict[str, Any]]
    job_id: ClassVar[str]

    @staticmethod
    def described(status: str) -> Answer:
        """Return the response to a question for the status."""
        raise NotImplementedError

    @each_call
    @pytest.mark.parametrize("answer", FAILED, ids=str)
    def test_failed_call_raises_and_is_sent_once(
        self, hook: Caller, gateway: Gateway, call: Any, answer: Answer
    ) -> None:
        gateway.answers = [answer]
        with pytest.raises(Exception, match=r"Connection|An error occurred"):
            call(hook, self)
        assert len(gateway.requests) == 1

    @each_call
    def test_call_without_a_response_fails_once_after_a_timeout(
        self, hook: Caller, gateway: Gateway, call: Any
    ) -> None:
        hook.hook.REQUEST_TIMEOUT = 0.2
        config = hook.hook._client.meta.config
        assert config.connect_timeout == config.read_timeout == 0.2
        with gateway.held(), pytest.raises(Exception, match="Read timeout") as caught:
            call(hook, self)
        assert not isinstance(caught.value, hook.SubmissionRejected)
        assert len(gateway.requests) == 1

    def test_submission_without_a_server_is_not_rejected(
        self, hook: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(CONNECTION, connection("http://127.0.0.1:9"))
        with pytest.raises(Exception, match="Could not connect") as caught:
            hook.submit(self.spec)
        assert not isinstance(caught.value, hook.SubmissionRejected)

    def test_options_of_the_connection_are_kept_but_its_retries(
        self, hook: Caller, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        retries = {"mode": "standard", "max_attempts": 5}
        options = {"user_agent_extra": "nightly", "retries": retries}
        monkeypatch.setenv(CONNECTION, connection(gateway.url, config_kwargs=options))
        gateway.answers = [error("InternalServerError", code=500)]
        with pytest.raises(Exception, match="InternalServerError"):
            hook.submit(self.spec)
        (request,) = gateway.requests
        assert "nightly" in request.headers["user-agent"]

    def test_unknown_status_raises(self, hook: Caller, gateway: Gateway) -> None:
        gateway.answers = [self.described("PAUSED")]
        with pytest.raises(hook.UnknownStatus, match="Unknown status 'PAUSED'"):
            hook.status(self.job_id)

    def test_astatus_does_not_block_the_event_loop(self, hook: Caller, gateway: Gateway) -> None:
        if hook.pattern == "resumable":
            pytest.skip("has no asynchronous calls")
        gateway.answers = [self.described("RUNNING")] * 4

        async def ask_together() -> list[Any]:
            with gateway.held():  # until all have asked
                calls = [asyncio.ensure_future(hook.hook.astatus(self.job_id)) for _ in range(4)]
                while len(gateway.requests) < len(calls):
                    await asyncio.sleep(0.01)
            return await asyncio.gather(*calls)

        assert set(hook.connected(ask_together)) == {hook.JobStatus.RUNNING}
