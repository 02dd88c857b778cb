"""KubernetesPodOperator on a fake of the Kubernetes API, whose pods are jobs of the service."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from airflow.providers.cncf.kubernetes.operators import pod as operators
from kubernetes.client import ApiClient
from kubernetes.client import models as k8s
from kubernetes.client.exceptions import ApiException

if TYPE_CHECKING:
    from advisor.drill.runtime.service import Job, JobService

NAMESPACE = "default"
CONTAINER = "base"
LOG_INTERVAL = 1.0
TERMINATION = 5.0
"""Seconds that a deleted pod can still be read while its containers stop."""
MIDNIGHT = datetime(2026, 1, 1, tzinfo=timezone.utc)
PHASES = {"RUNNING": "Running", "SUCCEEDED": "Succeeded"}
EXIT_CODES = {"SUCCEEDED": 0, "FAILED": 1, "CANCELLED": 143}


def pod(service: JobService) -> Any:
    api = CoreV1Api(service)

    class Hook:
        is_in_cluster = False
        core_v1_client = api

        def __init__(self, **_: object) -> None:
            pass

        def get_namespace(self) -> str:
            return NAMESPACE

        def get_pod(self, name: str, namespace: str) -> k8s.V1Pod:
            return api.read_namespaced_pod(name, namespace)

    operators.KubernetesHook = Hook
    return operators.KubernetesPodOperator(
        task_id="pod", name="nightly", namespace=NAMESPACE, image="nightly:1", retries=2
    )


class CoreV1Api:
    """The calls of the API that the operator makes; the key of a job is the name of its pod.

    A pod that was deleted while it was running can be read until it has terminated, as a failed
    pod. One that has ended is deleted at once (`CheckGracefulDelete` in
    pkg/registry/core/pod/strategy.go of kubernetes/kubernetes).
    """

    api_client = ApiClient()

    def __init__(self, service: JobService) -> None:
        self.service = service

    def create_namespaced_pod(self, body: Any, namespace: str, **_: object) -> k8s.V1Pod:
        metadata = body["metadata"]
        # Keep them first: a pod that exists has its labels.
        self.service.keep(f"labels of {metadata['name']}", metadata["labels"])
        self.service.submit({"image": body["spec"]["containers"][0]["image"]}, metadata["name"])
        return self.read_namespaced_pod(metadata["name"], namespace)

    def read_namespaced_pod(self, name: str, namespace: str, **_: object) -> k8s.V1Pod:
        return self.pod(self.job(name))

    def list_namespaced_pod(self, namespace: str, label_selector: str, **_: object) -> Any:
        """Return all pods; of the selectors, only the one for checked pods selects any."""
        pods = [self.pod(job) for job in self.service.jobs if not self.is_gone(job)]
        if "already_checked!=True" in label_selector:
            pods = [each for each in pods if "already_checked" not in each.metadata.labels]
        return SimpleNamespace(items=pods)

    def patch_namespaced_pod(self, name: str, namespace: str, body: Any) -> None:
        labels = self.service.kept(f"labels of {name}")
        self.service.keep(f"labels of {name}", {**labels, **body["metadata"]["labels"]})

    def delete_namespaced_pod(self, name: str, namespace: str, **_: object) -> None:
        job = self.job(name)
        left = TERMINATION if self.service.peek(job.id) == "RUNNING" else 0.0
        self.service.cancel(job.id)
        self.service.keep(f"end of {name}", time.time() + left)

    def list_namespaced_event(self, **_: object) -> Any:
        return SimpleNamespace(items=[])

    def read_namespaced_pod_log(self, name: str, **_: object) -> Any:
        lines = self.log(self.job(name))
        return SimpleNamespace(stream=lambda **_: lines, close=lambda: None, release_conn=int)

    def log(self, job: Job) -> Iterator[bytes]:
        """Yield a line now and then, until the container ends."""
        while self.service.status(job.id) == "RUNNING":
            time.sleep(LOG_INTERVAL)
            yield b"2026-01-01T00:00:00.000000000Z working\n"

    def job(self, name: str) -> Job:
        for job in self.service.jobs:
            if job.key == name and not self.is_gone(job):
                return job
        raise ApiException(status=404)

    def is_gone(self, job: Job) -> bool:
        end = self.service.kept(f"end of {job.key}")
        return self.service.peek(job.id) == "NOT_FOUND" or (end is not None and time.time() >= end)

    def pod(self, job: Job) -> k8s.V1Pod:
        status = self.service.peek(job.id)
        return k8s.V1Pod(
            metadata=k8s.V1ObjectMeta(
                name=job.key,
                namespace=NAMESPACE,
                labels=self.service.kept(f"labels of {job.key}"),
                creation_timestamp=MIDNIGHT,
            ),
            spec=k8s.V1PodSpec(containers=[k8s.V1Container(name=CONTAINER)]),
            status=k8s.V1PodStatus(
                phase=PHASES.get(status, "Failed"),
                start_time=MIDNIGHT,
                container_statuses=[container_status(EXIT_CODES.get(status))],
            ),
        )


def container_status(exit_code: int | None) -> k8s.V1ContainerStatus:
    running = k8s.V1ContainerStateRunning(started_at=MIDNIGHT)
    state = k8s.V1ContainerState(running=running)
    if exit_code is not None:
        ended = k8s.V1ContainerStateTerminated(exit_code=exit_code, finished_at=MIDNIGHT)
        state = k8s.V1ContainerState(terminated=ended)
    return k8s.V1ContainerStatus(
        name=CONTAINER,
        image="nightly:1",
        image_id="nightly",
        ready=exit_code is None,
        restart_count=0,
        state=state,
    )
