"""What every pattern relies on, for the hooks of `kubernetes` and a cluster.

Answers that the cluster does not give, or gives too seldom, come from a server that is scripted by
the tests.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import kubernetes_asyncio
import pytest
import tenacity
from airflow.providers.cncf.kubernetes.hooks.kubernetes import KubernetesHook
from kubernetes.client import ApiException, V1Job, V1JobCondition, V1ObjectMeta
from urllib3.exceptions import MaxRetryError

from advisor.scaffold.manifest import load_manifest
from tests.services.contract.scripted import ScriptedServer
from tests.systems.contract.subjects import Call, Caller, Subject, name, subjects

HOOKS = subjects("kubernetes")
CONNECTION = "AIRFLOW_CONN_KUBERNETES_DEFAULT"
FACTS = json.loads(os.environ["SERVICE_FACTS"])
NAMESPACE = FACTS["namespace"]
SECONDS = 30.0  # for what the cluster does in one or two
UID = "0b7e2c0e-1111-4222-8333-444455556666"
ID = f"team/a-key/{UID}"
MAY_RUN = (408, 429, 500, 503)
"""Responses to a submission after which a job may run."""
FAILED = (401, 403, 404, 429, 500)


@pytest.fixture(params=HOOKS, ids=name)
def subject(request: pytest.FixtureRequest) -> Subject:
    subject: Subject = request.param
    return subject


@pytest.fixture
def hook(subject: Subject) -> Caller:
    return Caller(subject)


@pytest.fixture
def key() -> str:
    return f"nightly-report-{secrets.token_hex(10)}"


@pytest.fixture(scope="module")
def cluster() -> Any:
    """The client of the cluster, for Jobs."""
    return KubernetesHook().batch_v1_client


@pytest.fixture(scope="module")
def core() -> Any:
    """The client of the cluster, for pods."""
    return KubernetesHook().core_v1_client


def job_of(*command: str, **job: Any) -> dict[str, Any]:
    container = {"name": "main", "image": "busybox:1.37", "command": list(command)}
    pod = {
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": 0,
        "containers": [container],
    }
    return {"spec": {"backoffLimit": 0, "template": {"spec": pod}, **job}}


SUCCEEDS = job_of("true")
FAILS = job_of("false")
RUNS = job_of("sleep", "600")


def wait_until(condition: Callable[[], Any]) -> Any:
    until = time.monotonic() + SECONDS
    while not (value := condition()):
        assert time.monotonic() < until
        time.sleep(0.05)
    return value


def ended(hook: Caller, job_id: str) -> Any:
    """Return the status that a job ends with."""
    wait_until(lambda: hook.status(job_id) not in hook.hook.ACTIVE)
    return hook.status(job_id)


def running_pods(core: Any, key: str) -> list[str]:
    pods = core.list_namespaced_pod(NAMESPACE, label_selector=f"job-name={key}").items
    return [pod.metadata.name for pod in pods if pod.status.phase == "Running"]


def read(cluster: Any, key: str) -> Any:
    return cluster.read_namespaced_job(key, NAMESPACE)


def jobs_named(cluster: Any, key: str) -> int:
    listed = cluster.list_namespaced_job(NAMESPACE, field_selector=f"metadata.name={key}")
    return len(listed.items)


@pytest.fixture
def held(cluster: Any, key: str) -> Iterator[Callable[[], None]]:
    """Delete the Job, but keep it in the state of being deleted until the test calls this."""

    def release() -> None:
        cluster.patch_namespaced_job(key, NAMESPACE, {"metadata": {"finalizers": None}})

    yield release
    if jobs_named(cluster, key) and read(cluster, key).metadata.finalizers:
        release()


def delete_slowly(cluster: Any, key: str) -> None:
    metadata = {"finalizers": ["advisor.test/hold"]}
    cluster.patch_namespaced_job(key, NAMESPACE, {"metadata": metadata})
    cluster.delete_namespaced_job(key, NAMESPACE, propagation_policy="Background")
    assert read(cluster, key).metadata.deletion_timestamp


def kubeconfig(server: str) -> dict[str, Any]:
    names = {"cluster": "fake", "user": "fake"}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "fake",
        "contexts": [{"name": "fake", "context": names}],
        "clusters": [{"name": "fake", "cluster": {"server": server}}],
        "users": [{"name": "fake", "user": {"token": "fake"}}],
    }


def connect(monkeypatch: pytest.MonkeyPatch, **extra: Any) -> None:
    """Let the hooks use another cluster."""
    monkeypatch.setenv(CONNECTION, json.dumps({"conn_type": "kubernetes", "extra": extra}))


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    """A server in place of the cluster."""
    with ScriptedServer() as server:
        connect(monkeypatch, kube_config=kubeconfig(server.url), namespace="team")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        yield server


def fake_job(*conditions: str, **metadata: Any) -> dict[str, Any]:
    """Return a Job with conditions that are true."""
    listed = [{"type": each, "status": "True"} for each in conditions]
    return {
        "metadata": {"name": "a-key", "namespace": "team", "uid": UID, **metadata},
        "status": {"conditions": listed},
    }


def listing(*jobs: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    return 200, {"kind": "JobList", "apiVersion": "batch/v1", "metadata": {}, "items": list(jobs)}


LATE = 200, {**fake_job(), **listing(fake_job())[1], "metadata": fake_job()["metadata"]}
"""Valid for each request: a call that waits for it does not raise."""

CALLS: dict[str, Call] = {
    "submit": lambda hook: hook.submit(RUNS),
    "find": lambda hook: hook.find(spec=RUNS),
    "status": lambda hook: hook.status(ID),
    "result": lambda hook: hook.result(ID),
    "cancel": lambda hook: hook.cancel(ID),
}
only_once = pytest.mark.parametrize("subject", HOOKS[:1], ids=name, indirect=True)
each_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
each_reading_call = pytest.mark.parametrize("call", list(CALLS.values())[1:], ids=list(CALLS)[1:])


# submit


def test_submit_returns_the_namespace_the_name_and_the_uid(
    hook: Caller, cluster: Any, key: str
) -> None:
    job_id = hook.submit(RUNS, key)
    assert job_id == f"{NAMESPACE}/{key}/{read(cluster, key).metadata.uid}"
    hook.cancel(job_id)


def test_submit_keeps_the_manifest_and_adds_the_name(hook: Caller, fake: ScriptedServer) -> None:
    fake.answers = [(201, fake_job())]
    metadata = {"labels": {"a": "b"}, "annotations": {"run": "any text"}}
    spec = {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, **RUNS}
    assert hook.submit(spec) == ID
    (request,) = fake.requests
    assert request.json == {**spec, "metadata": {**metadata, "name": "a-key"}}
    assert metadata.keys() == {"labels", "annotations"}, "The spec is not changed"


@pytest.mark.parametrize("metadata", [None, {}, {"namespace": None}])
def test_submit_uses_the_namespace_of_the_connection(
    hook: Caller, fake: ScriptedServer, metadata: object
) -> None:
    fake.answers = [(201, fake_job())]
    hook.submit({"metadata": metadata, **RUNS})
    assert fake.requests[0].path == "/apis/batch/v1/namespaces/team/jobs"


def test_submit_uses_the_namespace_of_the_spec(hook: Caller, fake: ScriptedServer) -> None:
    fake.answers = [(201, fake_job())]
    assert hook.submit({"metadata": {"namespace": "other"}, **RUNS}) == f"other/a-key/{UID}"
    assert fake.requests[0].path == "/apis/batch/v1/namespaces/other/jobs"


def test_submit_uses_the_namespace_default_if_none_is_given(
    hook: Caller, fake: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch, kube_config=kubeconfig(fake.url))
    fake.answers = [(201, fake_job())]
    assert hook.submit(RUNS) == f"default/a-key/{UID}"


def test_repeated_key_returns_the_first_job(hook: Caller, cluster: Any, key: str) -> None:
    job_id = hook.submit(RUNS, key)
    assert hook.submit(SUCCEEDS, key) == job_id
    assert jobs_named(cluster, key) == 1
    hook.cancel(job_id)


def test_repeated_key_returns_a_job_that_has_ended(hook: Caller, key: str) -> None:
    job_id = hook.submit(SUCCEEDS, key)
    assert ended(hook, job_id) in hook.hook.SUCCEEDED
    assert hook.submit(SUCCEEDS, key) == job_id


@only_once
def test_simultaneous_submissions_of_a_key_start_one_job(
    hook: Caller, cluster: Any, key: str
) -> None:
    with ThreadPoolExecutor(8) as threads:
        job_ids = set(threads.map(lambda _: hook.submit(RUNS, key), range(8)))
    assert len(job_ids) == jobs_named(cluster, key) == 1
    hook.cancel(*job_ids)


def test_job_with_a_lost_response_is_reached_by_its_key(
    hook: Caller, cluster: Any, key: str
) -> None:
    created = cluster.create_namespaced_job(NAMESPACE, {**RUNS, "metadata": {"name": key}})
    job_id = f"{NAMESPACE}/{key}/{created.metadata.uid}"
    assert hook.find(key, RUNS) == job_id
    assert hook.submit(RUNS, key) == job_id
    hook.cancel(job_id)


def test_longest_key_names_a_job_and_its_pods(hook: Caller) -> None:
    longest = f"{'secret-token-of-a-long-task-id'[:29]}-{secrets.token_hex(10)}"
    assert len(longest) == 50
    assert ended(hook, hook.submit(SUCCEEDS, longest)) in hook.hook.SUCCEEDED


def test_cluster_rejects_names_that_no_key_has(hook: Caller) -> None:
    with pytest.raises(hook.SubmissionRejected, match="422"):
        hook.submit(RUNS, "x" * 64)


def test_submission_waits_until_a_deleted_job_has_gone(
    hook: Caller, cluster: Any, key: str, held: Callable[[], None]
) -> None:
    first = hook.submit(RUNS, key)
    delete_slowly(cluster, key)
    with pytest.raises(ApiException, match="object is being deleted"):
        hook.submit(RUNS, key)
    assert hook.find(key, RUNS) == first
    assert hook.status(first) is hook.JobStatus.CANCELLED
    held()
    wait_until(lambda: not jobs_named(cluster, key))
    second = hook.submit(RUNS, key)
    assert second != first
    assert hook.status(first) is hook.JobStatus.NOT_FOUND
    hook.cancel(second)


def test_key_starts_another_job_after_its_first_one_has_expired(
    hook: Caller, cluster: Any, key: str
) -> None:
    expires = job_of("true", ttlSecondsAfterFinished=0)
    first = hook.submit(expires, key)
    wait_until(lambda: not jobs_named(cluster, key))
    assert hook.status(first) is hook.JobStatus.NOT_FOUND
    assert hook.find(key, expires) is None
    assert hook.submit(expires, key) != first


REJECTED: dict[str, tuple[dict[str, Any], str]] = {
    "unknown namespace": ({"metadata": {"namespace": "no-such"}, **RUNS}, "404.*no-such"),
    "container without a name": (
        {"spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{}]}}}},
        "422.*containers",
    ),
    "another kind": ({"apiVersion": "v1", "kind": "Pod", **RUNS}, "400.*Pod"),
    "malformed": ({"spec": [], "metadata": {}}, "400"),
}


@pytest.mark.parametrize(("spec", "reason"), REJECTED.values(), ids=REJECTED)
def test_job_that_the_cluster_rejects_raises_with_the_reason(
    hook: Caller, key: str, spec: dict[str, Any], reason: str
) -> None:
    with pytest.raises(hook.SubmissionRejected, match=reason):
        hook.submit(spec, key)


@pytest.mark.skipif("forbidden_kubeconfig" not in FACTS, reason="needs our own cluster")
def test_submission_without_permission_is_rejected(
    hook: Caller, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    path = FACTS["forbidden_kubeconfig"]
    connect(monkeypatch, kube_config_path=path, namespace=NAMESPACE)
    with pytest.raises(hook.SubmissionRejected, match=r"403.*cannot create resource"):
        hook.submit(RUNS, key)
    with pytest.raises(Exception, match="403") as caught:
        hook.status(f"{NAMESPACE}/{key}/{UID}")
    assert not isinstance(caught.value, hook.SubmissionRejected)


@pytest.mark.parametrize("code", [400, 401, 403, 404, 413, 422])
def test_rejected_submission_is_sent_once(hook: Caller, fake: ScriptedServer, code: int) -> None:
    fake.answers = [(code, {"message": "refused"})]
    with pytest.raises(hook.SubmissionRejected, match=f"{code}.*refused"):
        hook.submit(RUNS)
    assert len(fake.requests) == 1


@pytest.mark.parametrize("code", MAY_RUN)
def test_submission_after_which_a_job_may_run_is_not_rejected_and_sent_once(
    hook: Caller, fake: ScriptedServer, code: int
) -> None:
    fake.answers = [(code, {}, {"Retry-After": "0"})]
    with pytest.raises(ApiException, match=str(code)):
        hook.submit(RUNS)
    assert len(fake.requests) == 1


def test_error_without_a_response_is_not_a_rejection(
    hook: Caller, fake: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client has the status 0 for errors of TLS."""
    del fake  # only because the hook needs its connection

    def fail(*_: object, **__: object) -> None:
        raise ApiException(status=0, reason="SSLError")

    monkeypatch.setattr(hook.hook._hook.batch_v1_client, "create_namespaced_job", fail)
    with pytest.raises(ApiException, match="SSLError"):
        hook.submit(RUNS)


def test_conflict_without_a_job_is_not_a_rejection(hook: Caller, fake: ScriptedServer) -> None:
    """An update of a ResourceQuota can conflict too."""
    fake.answers = [(409, {"reason": "Conflict"}), listing()]
    with pytest.raises(ApiException, match="409"):
        hook.submit(RUNS)
    assert [each.method for each in fake.requests] == ["POST", "GET"]


def test_conflict_whose_job_cannot_be_read_is_not_a_rejection(
    hook: Caller, fake: ScriptedServer
) -> None:
    fake.answers = [(409, {"reason": "AlreadyExists"}), (403, {})]
    with pytest.raises(ApiException, match="403"):
        hook.submit(RUNS)


def test_submission_of_a_known_key_is_sent_once(hook: Caller, fake: ScriptedServer) -> None:
    fake.answers = [(409, {"reason": "AlreadyExists"}), listing(fake_job())]
    assert hook.submit(RUNS) == ID
    assert len(fake.sent("POST")) == 1


@only_once
def test_create_job_of_airflow_repeats_a_submission(
    hook: Caller, fake: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Why the hook does not call it."""
    del hook
    create = KubernetesHook.create_job
    monkeypatch.setattr(create.retry, "wait", tenacity.wait_none())
    fake.answers = [(409, {"reason": "AlreadyExists"})]
    with pytest.raises(ApiException, match="409"):
        KubernetesHook().create_job(V1Job(metadata=V1ObjectMeta(name="a-key", namespace="team")))
    assert len(fake.sent("POST")) > 1


@pytest.mark.parametrize("body", [b"", b"not JSON", None, [], {}], ids=repr)
def test_response_without_a_job_is_not_a_rejection(
    hook: Caller, fake: ScriptedServer, body: object
) -> None:
    fake.answers = [(201, body)]
    with pytest.raises(Exception) as caught:
        hook.submit(RUNS)
    assert not isinstance(caught.value, hook.SubmissionRejected)
    assert len(fake.requests) == 1


# find


def test_find_returns_none_for_an_unknown_key(hook: Caller, key: str) -> None:
    assert hook.find(key, RUNS) is None


def test_find_returns_none_in_an_unknown_namespace(hook: Caller, key: str) -> None:
    assert hook.find(key, {"metadata": {"namespace": "no-such"}, **RUNS}) is None


def test_find_returns_jobs_in_any_status(hook: Caller, key: str) -> None:
    job_id = hook.submit(FAILS, key)
    assert hook.find(key, FAILS) == job_id
    assert ended(hook, job_id) in hook.hook.FAILED
    assert hook.find(key, FAILS) == job_id


# status


def test_job_is_active_until_it_succeeds(hook: Caller, key: str) -> None:
    job_id = hook.submit(job_of("sleep", "1"), key)
    assert hook.status(job_id) is hook.JobStatus.ACTIVE
    assert ended(hook, job_id) is hook.JobStatus.SUCCEEDED


def test_job_without_tries_left_has_failed(hook: Caller, key: str) -> None:
    assert ended(hook, hook.submit(FAILS, key)) is hook.JobStatus.FAILED


@only_once
def test_job_past_its_deadline_has_failed(hook: Caller, key: str) -> None:
    # With 1, the controller of 1.20 can miss the deadline on a busy machine.
    overdue = job_of("sleep", "600", activeDeadlineSeconds=0)
    assert ended(hook, hook.submit(overdue, key)) is hook.JobStatus.FAILED


def test_job_with_a_failed_pod_and_tries_left_is_active(
    hook: Caller, cluster: Any, key: str
) -> None:
    job_id = hook.submit(job_of("false", backoffLimit=2), key)
    wait_until(lambda: read(cluster, key).status.failed)
    assert hook.status(job_id) is hook.JobStatus.ACTIVE
    hook.cancel(job_id)


def test_unknown_job_is_not_found(hook: Caller, key: str) -> None:
    assert hook.status(f"{NAMESPACE}/{key}/{UID}") is hook.JobStatus.NOT_FOUND
    assert hook.status(f"no-such/{key}/{UID}") is hook.JobStatus.NOT_FOUND


def test_job_with_another_uid_is_not_found(hook: Caller, key: str) -> None:
    job_id = hook.submit(RUNS, key)
    assert hook.status(f"{NAMESPACE}/{key}/{UID}") is hook.JobStatus.NOT_FOUND
    hook.cancel(job_id)


@pytest.mark.parametrize("policy", ["Background", "Foreground"])
def test_job_that_a_user_deleted_is_cancelled_and_then_not_found(
    hook: Caller, cluster: Any, key: str, policy: str
) -> None:
    job_id = hook.submit(RUNS, key)
    cluster.delete_namespaced_job(key, NAMESPACE, propagation_policy=policy)
    gone = {hook.JobStatus.CANCELLED, hook.JobStatus.NOT_FOUND}
    assert hook.status(job_id) in gone
    wait_until(lambda: hook.status(job_id) is hook.JobStatus.NOT_FOUND)


CONDITIONS = {
    (): "ACTIVE",
    ("Suspended",): "ACTIVE",
    ("FailureTarget",): "ACTIVE",
    ("SuccessCriteriaMet",): "ACTIVE",
    ("NewInSomeRelease",): "ACTIVE",
    ("Complete",): "SUCCEEDED",
    ("SuccessCriteriaMet", "Complete"): "SUCCEEDED",
    ("Failed",): "FAILED",
    ("FailureTarget", "Failed"): "FAILED",
}


@pytest.mark.parametrize(("conditions", "status"), CONDITIONS.items(), ids=str)
def test_status_is_made_from_the_conditions(
    hook: Caller, fake: ScriptedServer, conditions: tuple[str, ...], status: str
) -> None:
    fake.answers = [listing(fake_job(*conditions))]
    assert hook.status(ID) is hook.JobStatus[status]


@pytest.mark.parametrize(("conditions", "status"), CONDITIONS.items(), ids=str)
def test_annotated_job_is_cancelled_unless_it_is_complete(
    hook: Caller, fake: ScriptedServer, conditions: tuple[str, ...], status: str
) -> None:
    fake.answers = [listing(fake_job(*conditions, annotations={"airflow-cancelled": "true"}))]
    expected = "SUCCEEDED" if status == "SUCCEEDED" else "CANCELLED"
    assert hook.status(ID) is hook.JobStatus[expected]


@pytest.mark.parametrize("condition", ["Complete", "Failed"])
def test_condition_that_is_not_true_does_not_count(
    hook: Caller, fake: ScriptedServer, condition: str
) -> None:
    job = fake_job()
    job["status"] = {"conditions": [{"type": condition, "status": "False"}], "failed": 1}
    fake.answers = [listing(job)]
    assert hook.status(ID) is hook.JobStatus.ACTIVE


def test_job_without_a_status_is_active(hook: Caller, fake: ScriptedServer) -> None:
    fake.answers = [listing({**fake_job(), "status": {}})]
    assert hook.status(ID) is hook.JobStatus.ACTIVE


def test_words_of_the_conditions_are_those_of_the_client(hook: Caller) -> None:
    """The client has no enum: this is where it names them."""
    assert "Complete or Failed" in V1JobCondition.type.__doc__
    statuses = hook.JobStatus
    assert {statuses.SUCCEEDED.value, statuses.FAILED.value} == {"Complete", "Failed"}


def test_each_status_is_in_one_set(hook: Caller) -> None:
    sets = [hook.hook.ACTIVE, hook.hook.SUCCEEDED, hook.hook.FAILED]
    known = set(hook.JobStatus) - {hook.JobStatus.NOT_FOUND}
    assert set().union(*sets) == known
    assert sum(map(len, sets)) == len(known)
    with pytest.raises(hook.UnknownStatus, match="Unknown status 'ODD'"):
        hook.JobStatus("ODD")


# cancel


def test_cancelled_job_ends_its_pods_and_stays_cancelled(
    subject: Subject, hook: Caller, cluster: Any, core: Any, key: str
) -> None:
    job_id = hook.submit(RUNS, key)
    wait_until(lambda: running_pods(core, key))
    hook.cancel(job_id)
    assert hook.status(job_id) is hook.JobStatus.CANCELLED
    wait_until(lambda: not running_pods(core, key))
    (condition,) = wait_until(lambda: read(cluster, key).status.conditions)
    assert (condition.type, condition.reason) == ("Failed", "DeadlineExceeded")
    other = Caller(subject)
    assert other.status(job_id) is other.JobStatus.CANCELLED, "In another process too"
    assert hook.submit(RUNS, key) == job_id, "The key stays taken"
    hook.cancel(job_id)


def test_job_that_is_cancelled_while_it_starts_ends(hook: Caller, cluster: Any, key: str) -> None:
    job_id = hook.submit(RUNS, key)
    hook.cancel(job_id)
    (condition,) = wait_until(lambda: read(cluster, key).status.conditions)
    assert condition.reason == "DeadlineExceeded"
    assert hook.status(job_id) is hook.JobStatus.CANCELLED


@only_once
def test_deletion_without_a_policy_leaves_the_pods_running(
    hook: Caller, cluster: Any, core: Any, key: str
) -> None:
    """Why `cancel` does not delete: it would need a policy, and leave no status."""
    hook.submit(RUNS, key)
    (pod,) = wait_until(lambda: running_pods(core, key))
    cluster.delete_namespaced_job(key, NAMESPACE)
    wait_until(lambda: not jobs_named(cluster, key))
    time.sleep(1)
    assert running_pods(core, key) == [pod]
    core.delete_namespaced_pod(pod, NAMESPACE, grace_period_seconds=0)


def test_cancel_does_not_change_a_job_that_has_ended(hook: Caller, cluster: Any, key: str) -> None:
    job_id = hook.submit(SUCCEEDS, key)
    ended(hook, job_id)
    before = read(cluster, key).metadata.resource_version
    hook.cancel(job_id)
    assert read(cluster, key).metadata.resource_version == before
    assert hook.status(job_id) is hook.JobStatus.SUCCEEDED


def test_cancel_accepts_unknown_jobs_and_starts_none(hook: Caller, key: str) -> None:
    for job_id in (f"{NAMESPACE}/{key}/{UID}", f"no-such/{key}/{UID}"):
        hook.cancel(job_id)
        assert hook.status(job_id) is hook.JobStatus.NOT_FOUND


def test_cancel_does_not_change_another_job_of_the_same_name(
    hook: Caller, cluster: Any, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = hook.submit(RUNS, key)
    other = f"{NAMESPACE}/{key}/{UID}"
    hook.cancel(other)
    # The other one can also take the name after `cancel` has asked for the status.
    monkeypatch.setattr(hook.hook, "status", lambda _: hook.JobStatus.ACTIVE)
    with pytest.raises(ApiException, match="uid"):
        hook.cancel(other)
    assert read(cluster, key).metadata.annotations is None
    monkeypatch.undo()
    hook.cancel(job_id)


@pytest.mark.parametrize("condition", ["Complete", "Failed"])
def test_cancel_sends_no_patch_to_a_job_that_has_ended(
    hook: Caller, fake: ScriptedServer, condition: str
) -> None:
    fake.answers = [listing(fake_job(condition))]
    hook.cancel(ID)
    assert not fake.sent("PATCH")


def test_cancel_ends_a_suspended_job(hook: Caller, fake: ScriptedServer) -> None:
    fake.answers = [listing(fake_job("Suspended")), (200, fake_job())]
    hook.cancel(ID)
    (request,) = fake.sent("PATCH")
    assert request.json["spec"] == {"activeDeadlineSeconds": 0}


@pytest.mark.parametrize("code", [403, 404, 409, 429, 500])
def test_failed_cancellation_raises_and_is_sent_once(
    hook: Caller, fake: ScriptedServer, code: int
) -> None:
    fake.answers = [listing(fake_job()), (code, {}, {"Retry-After": "0"})]
    with pytest.raises(ApiException, match=str(code)):
        hook.cancel(ID)
    assert len(fake.sent("PATCH")) == 1


def test_cancellation_without_a_response_fails_after_a_timeout(
    hook: Caller, fake: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook.hook.REQUEST_TIMEOUT = 0.1
    fake.answers = [LATE]
    monkeypatch.setattr(hook.hook, "status", lambda _: hook.JobStatus.ACTIVE)
    with fake.held(), pytest.raises(Exception, match="timed out"):
        hook.cancel(ID)


# result


def test_result_is_the_id_and_the_time_of_completion(hook: Caller, cluster: Any, key: str) -> None:
    job_id = hook.submit(SUCCEEDS, key)
    ended(hook, job_id)
    completed = read(cluster, key).status.completion_time.isoformat()
    result = {"job_id": job_id, "completion_time": completed}
    assert json.loads(json.dumps(hook.result(job_id))) == result


def test_result_of_a_deleted_job_has_no_time(hook: Caller, key: str) -> None:
    hook.submit(SUCCEEDS, key)
    gone = f"{NAMESPACE}/{key}/{UID}"
    assert hook.result(gone) == {"job_id": gone, "completion_time": None}


# all calls


@each_reading_call
@pytest.mark.parametrize("code", FAILED)
def test_error_response_raises(hook: Caller, fake: ScriptedServer, call: Call, code: int) -> None:
    """Also for 404: an unknown Job is an empty list, and a 404 is from something else."""
    fake.answers = [(code, {})]
    with pytest.raises(Exception, match=str(code)) as caught:
        call(hook)
    assert not isinstance(caught.value, hook.UnknownStatus)
    assert len(fake.requests) == 1


@only_once
def test_exceptions_of_the_two_clients_are_not_related(hook: Caller) -> None:
    """Why no call catches the exception of one client for an error of the other."""
    del hook
    assert not issubclass(kubernetes_asyncio.client.ApiException, ApiException)
    assert not issubclass(ApiException, kubernetes_asyncio.client.ApiException)


@each_call
def test_call_with_a_late_response_fails_after_a_timeout(
    hook: Caller, fake: ScriptedServer, call: Call
) -> None:
    hook.hook.REQUEST_TIMEOUT = 0.1
    fake.answers = [LATE]
    with fake.held(), pytest.raises(Exception) as caught:
        call(hook)
    assert not isinstance(caught.value, hook.SubmissionRejected)
    assert len(fake.sent("POST")) <= 1
    assert len(fake.sent("GET")) <= 4, "The client repeats only reads, up to three times"


@pytest.mark.parametrize(
    "subject", [each for each in HOOKS if each.pattern != "resumable"], ids=name, indirect=True
)
def test_astatus_does_not_block_the_event_loop(hook: Caller, fake: ScriptedServer) -> None:
    hook.hook.REQUEST_TIMEOUT = 0.1
    fake.answers = [LATE]
    ticks = []
    is_native = hook.pattern == "deferrable"  # otherwise, a thread calls `status`

    async def ask() -> None:
        call = asyncio.ensure_future(hook.hook.astatus(ID))
        while not call.done():
            ticks.append(len(fake.requests))
            await asyncio.sleep(0.01)
        with pytest.raises(asyncio.TimeoutError if is_native else MaxRetryError):
            await call

    with fake.held():
        hook.connected(ask)
    assert ticks.count(1) > 1, "The loop ran while the request waited"


# check_spec


SAMPLE = dict(load_manifest().systems["kubernetes"].spec)
TEMPLATED = "{{ params.value }}"
POD = {"restartPolicy": "Never", "containers": [{"name": "main"}]}


def manifest(pod: object, **others: Any) -> dict[str, Any]:
    return {"spec": {"template": {"spec": pod}}, **others}


INVALID: dict[str, tuple[Any, str]] = {
    "no spec": ({}, "spec.template.spec.restartPolicy"),
    "spec": ({"spec": "text"}, "spec.template.spec.restartPolicy"),
    "no template": ({"spec": {}}, "spec.template.spec.restartPolicy"),
    "no pod": (manifest(None), "spec.template.spec.restartPolicy"),
    "no policy": (manifest({"containers": [{}]}), "spec.template.spec.restartPolicy"),
    "policy": (
        manifest({**POD, "restartPolicy": "Always"}),
        "be Never or OnFailure, found 'Always'",
    ),
    "no containers": (manifest({"restartPolicy": "Never"}), "spec.template.spec.containers"),
    "empty containers": (manifest({**POD, "containers": []}), r"containers: .* found \[\]"),
    "containers": (manifest({**POD, "containers": "main"}), "containers: .* found 'main'"),
    "api version": (manifest(POD, apiVersion="batch/v1beta1"), "apiVersion: .* 'batch/v1beta1'"),
    "kind": (manifest(POD, kind="CronJob"), "kind: .* found 'CronJob'"),
    "name": (
        manifest(POD, metadata={"name": "mine"}),
        "must be left to the hook, found 'mine'",
    ),
    "none": (manifest(POD, metadata={"name": "None"}), "left to the hook, found 'None'"),
    "list as text": (manifest({**POD, "containers": "[a]"}), r"a list of containers, found '\[a"),
    "generated": (manifest(POD, metadata={"generateName": "m-"}), "metadata.generateName"),
    "metadata": (manifest(POD, metadata="text"), "metadata.name: .* found 'text'"),
}
UNRENDERED: dict[str, Any] = {
    "spec": {"spec": TEMPLATED},
    "pod": manifest(TEMPLATED),
    "policy": manifest({**POD, "restartPolicy": TEMPLATED}),
    "containers": manifest({**POD, "containers": "{% for x in y %}"}),
    "api version": manifest(POD, apiVersion=TEMPLATED),
    "kind": manifest(POD, kind=TEMPLATED),
    "metadata": manifest(POD, metadata=TEMPLATED),
    "object": {"spec": object()},
    "object in the pod": manifest({**POD, "containers": object()}),
}


@pytest.mark.parametrize("policy", ["Never", "OnFailure"])
@pytest.mark.parametrize("is_rendered", [False, True])
def test_valid_spec_is_accepted(hook: Caller, is_rendered: bool, policy: str) -> None:
    hook.hook.check_spec(manifest({**POD, "restartPolicy": policy}), is_rendered=is_rendered)
    full = manifest(POD, apiVersion="batch/v1", kind="Job", metadata={"namespace": "team"})
    hook.hook.check_spec(full, is_rendered=is_rendered)
    hook.hook.check_spec(SAMPLE, is_rendered=is_rendered)


@pytest.mark.parametrize(("spec", "message"), INVALID.values(), ids=INVALID)
@pytest.mark.parametrize("is_rendered", [False, True])
def test_invalid_spec_raises_with_its_path(
    hook: Caller, spec: Any, message: str, is_rendered: bool
) -> None:
    with pytest.raises(ValueError, match=message):
        hook.hook.check_spec(spec, is_rendered=is_rendered)


@pytest.mark.parametrize("spec", UNRENDERED.values(), ids=UNRENDERED)
def test_template_is_accepted_until_it_is_rendered(hook: Caller, spec: Any) -> None:
    hook.hook.check_spec(spec)
    with pytest.raises(ValueError, match="must be"):
        hook.hook.check_spec(spec, is_rendered=True)


def test_cluster_accepts_the_sample(hook: Caller, key: str) -> None:
    rendered = json.dumps(SAMPLE).replace("{{ run_id }}", "manual__2026-11-28T10:00:00+00:00")
    job_id = hook.submit(json.loads(rendered), key)
    assert hook.status(job_id) in hook.hook.ACTIVE
    hook.cancel(job_id)


def test_keys_are_honoured(hook: Caller) -> None:
    assert hook.hook.HONOURS_IDEMPOTENCY_KEY is True
    assert hook.hook.LIST_CONSISTENCY_DELAY == 0
