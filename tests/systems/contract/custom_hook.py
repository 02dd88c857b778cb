"""What every pattern relies on, for the completed hook of `custom` and the render farm."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from xmlrpc.client import ServerProxy

import pytest

from tests.scaffold.filled.farm import open_farm
from tests.systems.contract.subjects import Caller, Subject, name, subjects

SUCCEEDS = {"scene": "a lake"}
FAILS = {"scene": "a lake", "breaks": True}
RUNS = {"scene": "a lake", "seconds": 600}
REJECTED: dict[str, object] = {}
UNKNOWN = "1000"

pytestmark = pytest.mark.parametrize("subject", subjects("custom"), ids=name)


@pytest.fixture
def farm(monkeypatch: pytest.MonkeyPatch) -> Iterator[ServerProxy]:
    server = open_farm()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setenv("AIRFLOW_CONN_NIGHTLY_REPORT_DEFAULT", url)
    yield ServerProxy(url, allow_none=True)
    server.shutdown()
    server.server_close()


@pytest.fixture
def hook(subject: Subject, farm: ServerProxy) -> Caller:
    del farm  # only because the hook needs its connection
    return Caller(subject)


def ended(hook: Caller, job_id: str) -> object:
    """Return the status that a job ends with."""
    while (status := hook.status(job_id)) in hook.hook.ACTIVE:
        time.sleep(0.01)
    return status


def test_first_job_has_the_id_0_as_text(hook: Caller) -> None:
    assert hook.submit(SUCCEEDS) == "0"


def test_job_that_succeeds_has_a_json_result(hook: Caller) -> None:
    job_id = hook.submit(SUCCEEDS)
    assert ended(hook, job_id) in hook.hook.SUCCEEDED
    assert json.loads(json.dumps(hook.result(job_id))) == {"frames": 24, "scene": "a lake"}


def test_job_that_fails_has_a_failed_status(hook: Caller) -> None:
    assert ended(hook, hook.submit(FAILS)) in hook.hook.FAILED


def test_running_job_can_be_cancelled_twice(hook: Caller) -> None:
    job_id = hook.submit(RUNS)
    assert hook.status(job_id) in hook.hook.ACTIVE
    hook.cancel(job_id)
    assert ended(hook, job_id) in hook.hook.FAILED
    hook.cancel(job_id)


def test_cancel_does_not_change_a_finished_job(hook: Caller) -> None:
    job_id = hook.submit(SUCCEEDS)
    hook.cancel(job_id)
    assert hook.status(job_id) in hook.hook.SUCCEEDED


def test_unknown_job_is_not_found(hook: Caller) -> None:
    assert hook.status(UNKNOWN) is hook.JobStatus.NOT_FOUND
    hook.cancel(UNKNOWN)


def test_repeated_key_returns_the_first_job(hook: Caller) -> None:
    assert hook.hook.HONOURS_IDEMPOTENCY_KEY
    job_id = hook.submit(SUCCEEDS)
    assert hook.submit(RUNS) == hook.find() == job_id


def test_lost_job_is_reached_by_its_key(hook: Caller, farm: ServerProxy) -> None:
    farm.hang_up()
    with pytest.raises(ConnectionError):
        hook.submit(SUCCEEDS)
    assert farm.tickets() == ["a-key"]
    assert hook.submit(SUCCEEDS) == "0"


def test_find_returns_none_for_an_unknown_key(hook: Caller) -> None:
    assert hook.find() is None


def test_rejected_submission_starts_no_job(hook: Caller, farm: ServerProxy) -> None:
    with pytest.raises(hook.SubmissionRejected, match="what is to be rendered"):
        hook.submit(REJECTED)
    assert farm.tickets() == []
