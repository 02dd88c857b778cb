"""What every pattern relies on, for the hooks of Spark standalone and a real master and worker.

Two more masters on loopback are in states that the service must not be in: one has lost its worker,
and one waits for the worker of another. A small server that is scripted by the tests answers what
Spark cannot be made to answer.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from socket import socket
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.services.contract.scripted import ScriptedServer
from tests.services.contract.spark_daemons import LOOPBACK, Daemons
from tests.systems.contract.subjects import Caller, Subject, name, subjects

FACTS = json.loads(os.environ["SERVICE_FACTS"])
CONNECTION = "AIRFLOW_CONN_SPARK_REST_DEFAULT"
SECONDS, EXIT_CODE = 4, 5  # the arguments of the driver, by position
PROPERTY = "spark.airflow.submission"
HIDDEN = "nightly-token-secret-password"
"""Words in a launch command that Spark hides with all that is around them."""
END = "=" * 40
UNKNOWN = "driver-20260101000000-0000"


@pytest.fixture(scope="module", params=subjects("spark-standalone"), ids=name)
def subject(request: pytest.FixtureRequest) -> Subject:
    subject: Subject = request.param
    return subject


@pytest.fixture
def hook(subject: Subject) -> Caller:
    return Caller(subject)


@pytest.fixture
def key() -> str:
    return new_key()


def new_key() -> str:
    """Return a key of the greatest length."""
    return f"{HIDDEN}-{uuid4().hex[:20]}"


def spec(seconds: float = 0, exit_code: int = 0, **properties: object) -> dict[str, Any]:
    """Return a driver; `properties` have _ for the dots of their names."""
    made: dict[str, Any] = json.loads(FACTS["spec"])
    made["appArgs"][SECONDS], made["appArgs"][EXIT_CODE] = str(seconds), str(exit_code)
    more = {key.replace("_", "."): value for key, value in properties.items()}
    made["sparkProperties"].update(more)
    return made


@dataclass(frozen=True)
class Master:
    """A master by the addresses of its REST API and of its web UI."""

    rest: str
    ui: str

    def post(self, action: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        url = f"{self.rest}/v1/submissions/{action}"
        answer: dict[str, Any] = requests.post(url, json=body or {}, timeout=30).json()
        return answer

    def create(self, spec: dict[str, Any]) -> str:
        """Start a driver without the hook."""
        answer = self.post("create", {**spec, "action": "CreateSubmissionRequest"})
        return str(answer["submissionId"])

    def state(self, id_: str) -> str:
        url = f"{self.rest}/v1/submissions/status/{id_}"
        return str(requests.get(url, timeout=30).json()["driverState"])

    def page(self) -> dict[str, Any]:
        page: dict[str, Any] = requests.get(f"{self.ui}/json/", timeout=30).json()
        return page

    def is_ready(self) -> bool:
        """Return whether it answers; its UI is there before the page as JSON."""
        try:
            requests.get(self.rest, timeout=5)
            return bool(self.page())
        except requests.RequestException:
            return False

    def caller(self, subject: Subject, patch: pytest.MonkeyPatch) -> Caller:
        """Return a hook that calls this master."""
        patch.setenv(CONNECTION, self.rest)
        caller = Caller(subject)
        caller.hook.UI_PORT = int(self.ui.rpartition(":")[2])
        return caller


SERVICE = Master(FACTS["rest"], FACTS["ui"])


def is_in(state: str, driver: str) -> bool:
    return SERVICE.state(driver) == state


def wait_for(condition: Callable[[], object], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "It took too long"
        time.sleep(0.05)


def ended(hook: Caller, job_id: str) -> object:
    """Return the status that a driver ends with."""
    wait_for(lambda: hook.status(job_id) not in hook.hook.ACTIVE)
    return hook.status(job_id)


def found(hook: Caller, key: str, of: dict[str, Any] | None = None) -> object:
    """Return what `find` returns once all drivers are launched."""
    found: list[object] = []

    def is_certain() -> bool:
        found.append(hook.find(key, spec() if of is None else of))
        return found[-1] is not hook.Lookup.NOT_YET

    wait_for(is_certain)
    return found[-1]


@dataclass(frozen=True)
class Driver:
    """A driver that was started as the hook does it."""

    id: str
    key: str


@pytest.fixture(scope="session")
def drivers() -> Iterator[dict[str, Driver]]:
    """Drivers by the state that they end in, and one that runs until the tests have ended."""
    specs = {
        "FINISHED": spec(),
        "FAILED": spec(exit_code=3),
        "ERROR": {**spec(), "appResource": "file:/no/such.jar"},
        "KILLED": spec(600),
        "RUNNING": spec(3600),
    }
    started = {}
    try:
        for state, each in specs.items():
            key = new_key()
            each["sparkProperties"].update({PROPERTY: digest(key), "spark.airflow.other": key})
            started[state] = Driver(SERVICE.create(each), key)
        # A driver that is killed before it is launched has no log.
        wait_for(lambda: END in start_of_log(started["KILLED"].id))
        SERVICE.post(f"kill/{started['KILLED'].id}")
        for state, driver in started.items():
            wait_for(partial(is_in, state, driver.id))
        yield started
    finally:
        for driver in started.values():
            SERVICE.post(f"kill/{driver.id}")


@pytest.fixture
def submitted(hook: Caller, key: str) -> Iterator[str]:
    """A driver that the hook has submitted with the key, and that runs until the test has ended."""
    job_id = hook.submit(spec(600), key)
    yield job_id
    SERVICE.post(f"kill/{job_id}")


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def start_of_log(job_id: str) -> str:
    (worker,) = SERVICE.page()["workers"]
    query = f"driverId={job_id}&logType=stderr&offset=0&byteLength=65536"
    log: str = requests.get(f"{worker['webuiaddress']}/log/?{query}", timeout=30).text
    return log


# submit


def test_submitted_driver_runs_and_is_found(hook: Caller, key: str, submitted: str) -> None:
    assert submitted in [each["id"] for each in SERVICE.page()["activedrivers"]]
    assert hook.status(submitted) is hook.JobStatus.RUNNING
    assert found(hook, key) == submitted
    assert found(hook, new_key()) is None


def test_request_is_the_spec_with_a_digest_of_the_key(
    scripted: Caller, server: ScriptedServer, key: str
) -> None:
    given = {**spec(), "environmentVariables": {"A": "b"}}
    before = copy.deepcopy(given)
    server.answers = [(200, {"success": True, "submissionId": "driver-1"})]
    assert scripted.submit(given, key) == "driver-1"
    assert given == before
    (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/v1/submissions/create")
    sent = request.json
    assert sent["sparkProperties"].pop(PROPERTY) == digest(key)
    assert sent == {**given, "action": "CreateSubmissionRequest"}


def test_repeated_key_starts_a_second_driver(hook: Caller, key: str, submitted: str) -> None:
    assert hook.hook.HONOURS_IDEMPOTENCY_KEY is False
    assert hook.hook.LIST_CONSISTENCY_DELAY > 0
    second = hook.submit(spec(600), key)
    assert second != submitted
    hook.cancel(second)


@pytest.mark.parametrize(
    "changes",
    [
        {"mainClass": None},
        {"appResource": None},
        {"clientSparkVersion": None},
        {"sparkProperties": {"spark.driver.memory": "a lot"}},
        {"sparkProperties": {"spark.driver.cores": "many"}},
    ],
    ids=str,
)
def test_invalid_request_is_rejected_by_spark(
    hook: Caller, key: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(hook.SubmissionRejected, match=r"(?s)400 .*Malformed request"):
        hook.submit({**spec(), **changes} if "sparkProperties" in changes else sent(changes), key)


def sent(changes: dict[str, Any]) -> dict[str, Any]:
    return {each: value for each, value in spec().items() if each not in changes}


@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 413, 468])
def test_rejected_submission_raises_with_the_reason(
    scripted: Caller, server: ScriptedServer, key: str, code: int
) -> None:
    server.answers = [(code, {"action": "ErrorResponse", "message": "Because of it"})]
    with pytest.raises(scripted.SubmissionRejected, match=f"{code} .*Because of it"):
        scripted.submit(spec(), key)
    assert len(server.requests) == 1


@pytest.mark.parametrize("code", [408, 409, 425, 429, 500, 502, 503, 504])
def test_submission_after_which_a_driver_may_run_is_not_rejected_and_sent_once(
    scripted: Caller, server: ScriptedServer, key: str, code: int
) -> None:
    server.answers = [(code, {"message": "Because of it"})]
    with pytest.raises(requests.HTTPError, match=f"{code} .*Because of it"):
        scripted.submit(spec(), key)
    assert len(server.requests) == 1


@pytest.mark.parametrize("body", [b"", b"not JSON", {}, {"success": True}], ids=repr)
def test_response_without_an_id_is_not_a_rejection(
    scripted: Caller, server: ScriptedServer, key: str, body: object
) -> None:
    server.answers = [(200, body)]
    with pytest.raises((KeyError, ValueError)):
        scripted.submit(spec(), key)


def test_master_that_cannot_be_reached_is_not_a_rejection(
    subject: Subject, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CONNECTION, f"http://{LOOPBACK}:{free_port()}")
    with pytest.raises(requests.ConnectionError):
        Caller(subject).submit(spec(), key)


def test_submission_without_a_response_is_not_a_rejection_and_is_found(
    subject: Subject, hook: Caller, key: str
) -> None:
    with ScriptedServer(SERVICE.rest) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv(CONNECTION, server.url)
        server.loses_answers = 1
        with pytest.raises(requests.ConnectionError):
            Caller(subject).submit(spec(600), key)
        assert len(server.requests) == 1
    job_id = found(hook, key)
    assert isinstance(job_id, str)
    assert hook.status(job_id) is hook.JobStatus.RUNNING
    hook.cancel(job_id)


# find


@pytest.mark.parametrize("state", ["FINISHED", "FAILED", "KILLED", "RUNNING"])
def test_find_returns_a_launched_driver_in_any_state(
    hook: Caller, drivers: dict[str, Driver], state: str
) -> None:
    assert hook.find(drivers[state].key, spec()) == drivers[state].id


def test_find_returns_none_for_a_driver_that_failed_before_it_was_launched(
    hook: Caller, drivers: dict[str, Driver]
) -> None:
    assert found(hook, drivers["ERROR"].key) is None


def test_key_with_words_that_spark_hides_is_found_by_its_digest(
    hook: Caller, drivers: dict[str, Driver]
) -> None:
    driver = drivers["FINISHED"]
    assert len(driver.key) == 50
    log = start_of_log(driver.id)
    assert "redacted" in log
    assert driver.key not in log
    assert digest(driver.key) in log
    assert hook.find(driver.key, spec()) == driver.id


def test_driver_that_waits_for_cores_is_found_once_it_is_launched(
    hook: Caller, key: str, drivers: dict[str, Driver]
) -> None:
    free = int(FACTS["cores"]) - 1  # one is taken by the driver that runs
    for each in SERVICE.page()["activedrivers"]:  # left by tests that failed
        if each["id"] != drivers["RUNNING"].id:
            SERVICE.post(f"kill/{each['id']}")
    wait_for(lambda: SERVICE.page()["coresused"] == 1)
    others = SERVICE.create(spec(600, spark_driver_cores=str(free)))
    job_id = hook.submit(spec(600), key)
    try:
        assert hook.status(job_id) is hook.JobStatus.SUBMITTED
        assert hook.find(key, spec()) is hook.Lookup.NOT_YET
        assert hook.find(new_key(), spec()) is hook.Lookup.NOT_YET
        assert hook.find(drivers["RUNNING"].key, spec()) == drivers["RUNNING"].id
        assert hook.find(key, {**spec(), "mainClass": "com.example.Other"}) is None
        SERVICE.post(f"kill/{others}")
        assert found(hook, key) == job_id
    finally:
        for each in (others, job_id):
            SERVICE.post(f"kill/{each}")


def page(*drivers: dict[str, Any], url: str = "", status: str = "ALIVE") -> dict[str, Any]:
    """Return what a master's web UI answers."""
    workers = [
        {"id": "worker-1", "webuiaddress": url, "state": "ALIVE"},
        {"id": "worker-2", "webuiaddress": url, "state": "DEAD"},
    ]
    lists = {"activedrivers": list(drivers), "completeddrivers": []}
    return {"status": status, "workers": workers, **lists}


def listed(state: str, worker: str = "worker-1", days: float = 0) -> dict[str, Any]:
    """Return a driver in that answer, submitted so many days ago."""
    start = str(int((time.time() - days * 86_400) * 1000))
    main = spec()["mainClass"]
    return {"id": "d-1", "starttime": start, "state": state, "worker": worker, "mainclass": main}


OTHERS_LOG = f'Launch Command: "java" "-D{PROPERTY}={"0" * 64}"\n{END}\n\nINFO'.encode()
EMPTY_LOG = b"==== Bytes 0-0 of 0 of /spark/d-1/stderr ====\n"


@pytest.mark.parametrize(
    ("driver", "log", "answer"),
    [
        (listed("RUNNING"), (200, OTHERS_LOG), None),
        (listed("RUNNING"), (200, EMPTY_LOG), "NOT_YET"),
        (listed("RUNNING"), (200, b'Launch Command: "java" "-D'), "NOT_YET"),
        (listed("RUNNING"), (500, b""), "NOT_YET"),
        (listed("SUBMITTED", "None"), None, "NOT_YET"),
        (listed("UNKNOWN", "worker-9"), None, "NOT_YET"),
        (listed("FINISHED", "worker-9"), None, "NOT_YET"),
        (listed("FINISHED", "worker-2"), None, "NOT_YET"),
        (listed("FINISHED"), (200, EMPTY_LOG), "NOT_YET"),
        # The log of an older driver is deleted, and a task that old has given up.
        (listed("FINISHED", "worker-9", days=8), None, None),
        # Without a log, it does not matter whose it was: it has not succeeded.
        (listed("FAILED", "worker-9"), None, None),
        (listed("ERROR"), (200, EMPTY_LOG), None),
        (listed("KILLED", "None"), None, None),
        (listed("RELAUNCHING", "worker-2"), None, None),
    ],
)
def test_find_is_certain_only_if_it_read_every_log_that_matters(
    scripted: Caller,
    server: ScriptedServer,
    driver: dict[str, Any],
    log: tuple[int, bytes] | None,
    answer: str | None,
) -> None:
    server.answers = [(200, page(driver, url=server.url)), *([log] if log else [])]
    expected = None if answer is None else scripted.Lookup[answer]
    assert scripted.find("a-key", spec()) is expected
    assert len(server.requests) == (2 if log else 1)


def test_find_raises_if_the_web_ui_does_not_answer(
    scripted: Caller, server: ScriptedServer
) -> None:
    server.answers = [(503, b"busy")]
    with pytest.raises(requests.HTTPError, match="503"):
        scripted.find("a-key", spec())
    assert len(server.requests) == 1


# status


@pytest.mark.parametrize("state", ["FINISHED", "FAILED", "ERROR", "KILLED", "RUNNING"])
def test_status_is_the_state_of_the_driver(
    hook: Caller, drivers: dict[str, Driver], state: str
) -> None:
    assert hook.status(drivers[state].id) is hook.JobStatus[state]


def test_statuses_are_those_of_spark(hook: Caller) -> None:
    (jar,) = Path(FACTS["spark_home"], "jars").glob("spark-core_*.jar")
    compiled = zipfile.ZipFile(jar).read("org/apache/spark/deploy/master/DriverState$.class")
    constants = re.findall(rb"\x01\x00[\x05-\x0b]([A-Z]{5,11})(?![\w$])", compiled)
    states = {each.decode() for each in constants}
    assert {"SUBMITTED", "RELAUNCHING"} < states
    assert {each.value for each in hook.JobStatus} == states | {"not found"}
    sets = (hook.hook.ACTIVE, hook.hook.SUCCEEDED, hook.hook.FAILED)
    assert set().union(*sets) == states
    assert sum(map(len, sets)) == len(states)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("SUBMITTED", "ACTIVE"),
        ("RUNNING", "ACTIVE"),
        ("UNKNOWN", "ACTIVE"),
        ("FINISHED", "SUCCEEDED"),
        ("KILLED", "FAILED"),
        ("CANCELLED", "FAILED"),
        ("FAILED", "FAILED"),
        ("ERROR", "FAILED"),
        ("RELAUNCHING", "FAILED"),
    ],
)
def test_every_status_is_active_succeeded_or_failed(hook: Caller, status: str, kind: str) -> None:
    assert hook.JobStatus[status] in getattr(hook.hook, kind)


def test_unknown_state_raises(scripted: Caller, server: ScriptedServer) -> None:
    server.answers = [(200, {"success": True, "driverState": "PAUSED"})]
    with pytest.raises(scripted.UnknownStatus, match="PAUSED"):
        scripted.status(UNKNOWN)


def test_unknown_driver_is_not_found(hook: Caller) -> None:
    assert hook.status(UNKNOWN) is hook.JobStatus.NOT_FOUND
    hook.cancel(UNKNOWN)


@pytest.mark.parametrize("code", [400, 403, 404, 429, 500, 503])
def test_status_in_an_error_response_raises_after_one_request(
    scripted: Caller, server: ScriptedServer, code: int
) -> None:
    server.answers = [(code, {"success": False})]
    with pytest.raises(requests.HTTPError, match=str(code)):
        scripted.status(UNKNOWN)
    assert len(server.requests) == 1


# cancel and result


def test_cancelled_driver_is_killed(hook: Caller, submitted: str) -> None:
    assert hook.status(submitted) is hook.JobStatus.RUNNING
    hook.cancel(submitted)
    assert ended(hook, submitted) is hook.JobStatus.CANCELLED
    hook.cancel(submitted)


@pytest.mark.parametrize("state", ["FINISHED", "FAILED"])
def test_cancel_does_not_change_an_ended_driver(
    hook: Caller, drivers: dict[str, Driver], state: str
) -> None:
    hook.cancel(drivers[state].id)
    assert hook.status(drivers[state].id) is hook.JobStatus[state]


def test_cancel_raises_if_the_driver_still_runs(scripted: Caller, server: ScriptedServer) -> None:
    refused = {"success": False, "message": "Not now"}
    server.answers = [(200, refused), (200, {"success": True, "driverState": "RUNNING"})]
    with pytest.raises(Exception, match="Not now"):
        scripted.cancel(UNKNOWN)


def test_failed_cancellation_raises_after_one_request(
    scripted: Caller, server: ScriptedServer
) -> None:
    server.answers = [(500, {"message": "Because of it"})]
    with pytest.raises(requests.HTTPError, match="500"):
        scripted.cancel(UNKNOWN)
    assert [each.method for each in server.requests] == ["POST"]


def test_result_names_the_driver_and_its_worker(hook: Caller, drivers: dict[str, Driver]) -> None:
    driver = drivers["FINISHED"]
    (worker,) = SERVICE.page()["workers"]
    result = json.loads(json.dumps(hook.result(driver.id)))
    assert result == {"driver_id": driver.id, "worker": f"{worker['host']}:{worker['port']}"}


def test_result_of_a_driver_that_spark_has_forgotten_names_no_worker(hook: Caller) -> None:
    assert hook.result(UNKNOWN) == {"driver_id": UNKNOWN, "worker": None}


# masters in other states


@dataclass(frozen=True)
class LostWorker:
    """A master that has lost its worker, with the ids of two drivers that ran on it."""

    master: Master
    supervised: str
    other: str


@pytest.fixture(scope="session")
def masters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LostWorker, Master]]:
    """A master that has lost its worker, and one that recovers and waits for that worker."""
    homes = Path(FACTS["spark_home"]), Path(FACTS["java_home"])
    first, second = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    with ExitStack() as stack:
        daemons = Daemons(homes[0], first, homes[1])
        master, port = stack.enter_context(started_master(daemons))
        worker = stack.enter_context(started(daemons.worker(port, 4), daemons))
        wait_for(lambda: master.page()["workers"])
        supervised = master.create(spec(600, spark_driver_supervise="true"))
        other = master.create(spec(600))
        wait_for(lambda: {master.state(each) for each in (supervised, other)} == {"RUNNING"})
        shutil.copytree(first / "recovery", second / "recovery")
        os.killpg(worker.pid, signal.SIGKILL)
        wait_for(lambda: master.state(other) == "ERROR")
        recovering, _ = stack.enter_context(started_master(Daemons(homes[0], second, homes[1])))
        yield LostWorker(master, supervised, other), recovering


@contextmanager
def started_master(daemons: Daemons) -> Iterator[tuple[Master, int]]:
    port, rest_port, ui_port = free_port(), free_port(), free_port()
    master = Master(f"http://{LOOPBACK}:{rest_port}", f"http://{LOOPBACK}:{ui_port}")
    with started(daemons.master(port, rest_port, ui_port), daemons):
        wait_for(master.is_ready)
        yield master, port


@contextmanager
def started(command: list[str], daemons: Daemons) -> Iterator[subprocess.Popen[bytes]]:
    """Start a daemon; it and its drivers end with the block."""
    with (daemons.folder / f"{uuid4().hex}.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            env=daemons.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port() -> int:
    with socket() as listener:
        listener.bind((LOOPBACK, 0))
        port: int = listener.getsockname()[1]
    return port


def test_relaunched_driver_keeps_its_state_and_runs_under_another_id(
    subject: Subject, masters: tuple[LostWorker, Master], monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = masters[0]
    hook = lost.master.caller(subject, monkeypatch)
    assert hook.status(lost.supervised) is hook.JobStatus.RELAUNCHING
    hook.cancel(lost.supervised)
    assert hook.status(lost.supervised) is hook.JobStatus.RELAUNCHING
    (relaunched,) = lost.master.page()["activedrivers"]
    assert relaunched["id"] not in {lost.supervised, lost.other}
    assert hook.status(relaunched["id"]) is hook.JobStatus.SUBMITTED
    assert hook.find("a-key", spec()) is hook.Lookup.NOT_YET


def test_driver_whose_worker_was_lost_has_failed(
    subject: Subject, masters: tuple[LostWorker, Master], monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = masters[0].master.caller(subject, monkeypatch)
    assert hook.status(masters[0].other) is hook.JobStatus.ERROR


def test_queued_driver_can_be_cancelled(
    subject: Subject,
    masters: tuple[LostWorker, Master],
    key: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hook = masters[0].master.caller(subject, monkeypatch)
    job_id = hook.submit({**spec(), "mainClass": "com.example.Queued"}, key)
    assert hook.status(job_id) is hook.JobStatus.SUBMITTED
    hook.cancel(job_id)
    assert hook.status(job_id) is hook.JobStatus.CANCELLED


def test_sample_of_the_template_is_accepted_by_spark(
    subject: Subject,
    masters: tuple[LostWorker, Master],
    key: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hook = masters[0].master.caller(subject, monkeypatch)
    sample = json.loads(FACTS["sample"])
    hook.hook.check_spec(sample, is_rendered=True)
    job_id = hook.submit(sample, key)
    assert hook.status(job_id) is hook.JobStatus.SUBMITTED
    hook.cancel(job_id)


def test_master_that_recovers_knows_of_no_driver_yet(
    subject: Subject,
    masters: tuple[LostWorker, Master],
    key: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lost, recovering = masters
    hook = recovering.caller(subject, monkeypatch)
    assert recovering.page()["status"] == "RECOVERING"
    # Spark answers both with success=false, as it does for a driver that does not exist.
    for call in (hook.status, hook.cancel):
        with pytest.raises(Exception, match="RECOVERING"):
            call(lost.other)
    assert hook.find(key, {**spec(), "mainClass": "com.example.Other"}) is hook.Lookup.NOT_YET
    with pytest.raises(hook.SubmissionRejected, match="RECOVERING"):
        hook.submit(spec(), key)
    assert len(recovering.page()["activedrivers"]) == 2


# all calls


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A server in place of the master."""
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def scripted(subject: Subject, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> Caller:
    return Master(server.url, server.url).caller(subject, monkeypatch)


def test_call_without_a_response_ends_after_one_request(
    scripted: Caller, server: ScriptedServer
) -> None:
    scripted.hook.REQUEST_TIMEOUT = 0.2
    calls: tuple[Callable[[], object], ...] = (
        lambda: scripted.submit(spec(), "a-key"),
        lambda: scripted.find("a-key", spec()),
        lambda: scripted.status(UNKNOWN),
        lambda: scripted.cancel(UNKNOWN),
        lambda: scripted.result(UNKNOWN),
    )
    for call in calls:
        with server.held(), pytest.raises(requests.Timeout):
            call()
    assert len(server.requests) == len(calls)


def test_calls_have_the_credentials_and_headers_of_the_connection(
    subject: Subject, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(server.url.rpartition(":")[2])
    extra = {"X-Team": "nightly"}
    connection = {"conn_type": "http", "host": LOOPBACK, "port": port, "extra": extra}
    monkeypatch.setenv(CONNECTION, json.dumps({**connection, "login": "ada", "password": "p/w"}))
    hook = Caller(subject)
    hook.hook.UI_PORT = port
    server.answers = [(200, {"success": False}), (200, page())]
    assert hook.status(UNKNOWN) is hook.JobStatus.NOT_FOUND
    assert hook.find("a-key", spec()) is None
    assert [each.path for each in server.requests] == [
        f"/v1/submissions/status/{UNKNOWN}",
        "/json/",
    ]
    for request in server.requests:
        assert request.headers["Authorization"].startswith("Basic ")
        assert request.headers["X-Team"] == "nightly"


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_submit_and_cancel_follow_no_redirect(
    scripted: Caller, server: ScriptedServer, code: int
) -> None:
    server.answers = [(code, {}, {"Location": "/elsewhere"})]
    for call in (lambda: scripted.submit(spec(), "a-key"), lambda: scripted.cancel(UNKNOWN)):
        with pytest.raises(requests.HTTPError, match=str(code)):
            call()
    paths = [each.path for each in server.requests]
    assert paths == ["/v1/submissions/create", f"/v1/submissions/kill/{UNKNOWN}"]


# check_spec


def test_valid_specs_are_accepted(hook: Caller) -> None:
    for each in (spec(), spec(spark_driver_supervise="false"), {**spec(), "appResource": ""}):
        hook.hook.check_spec(each)
        hook.hook.check_spec(each, is_rendered=True)


@pytest.mark.parametrize(
    "each",
    [
        {**spec(), "sparkProperties": "{{ var.json.properties }}"},
        {**spec(), "mainClass": "{{ params.main }}"},
        spec(spark_driver_supervise="{{ params.supervise }}"),
        {**spec(), "sparkProperties": object()},
    ],
)
def test_templates_are_accepted(hook: Caller, each: dict[str, Any]) -> None:
    hook.hook.check_spec(each)


def test_properties_that_are_not_a_dict_after_rendering_are_refused(hook: Caller) -> None:
    invalid = {**spec(), "sparkProperties": "{{ var.json.properties }}"}
    with pytest.raises(ValueError, match="sparkProperties"):
        hook.hook.check_spec(invalid, is_rendered=True)


@pytest.mark.parametrize(
    ("each", "message"),
    [
        ("spark-submit", "appResource"),
        ({}, "appResource"),
        (sent({"appResource": None}), "appResource"),
        (sent({"mainClass": None}), "mainClass"),
        (sent({"clientSparkVersion": None}), "clientSparkVersion"),
        (sent({"sparkProperties": None}), "sparkProperties"),
        ({**spec(), "mainClass": None}, "mainClass"),
        (spec(spark_driver_supervise="true"), "supervise: use retries"),
        (spec(spark_driver_supervise="True"), "supervise: use retries"),
        (spec(spark_driver_supervise=True), "supervise: use retries"),
    ],
)
def test_invalid_specs_are_refused_with_a_reason(hook: Caller, each: object, message: str) -> None:
    for is_rendered in (False, True):
        with pytest.raises(ValueError, match=message):
            hook.hook.check_spec(each, is_rendered=is_rendered)
