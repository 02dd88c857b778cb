"""Runs the pods of a cluster without nodes as local processes: `python -m ... KUBECONFIG`.

It stands in for the scheduler and the kubelet, and only reports what a kubelet reports: whether a
pod runs, and how it ended. Jobs and their statuses are left to Kubernetes' own Job controller. Of
each pod, only the first container runs, once, without its image, its volumes and its limits.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias
from urllib.error import HTTPError

from tests.services.kubernetes_api import KubernetesApi

Pod: TypeAlias = "dict[str, Any]"
INTERVAL = 0.1
NOT_STARTED = 128
"""The exit code of a container whose command cannot be started."""
OUTDATED = frozenset({404, 409})
"""Responses to a report about a pod that is gone or has changed."""


class Kubelet:
    """The processes of the pods by the uids of the pods."""

    def __init__(self, api: KubernetesApi) -> None:
        self._api = api
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def run(self) -> None:
        """Follow the pods until the process is stopped, and then end theirs."""
        try:
            while True:
                self.step()
                time.sleep(INTERVAL)
        finally:
            for uid in list(self._processes):
                self._kill(uid)

    def step(self) -> None:
        """Start, report and end what changed since the last step."""
        pods = {pod["metadata"]["uid"]: pod for pod in self._api.get("/api/v1/pods")["items"]}
        for uid in self._processes.keys() - pods.keys():
            self._kill(uid)
        for uid, pod in pods.items():
            try:
                self._sync(uid, pod)
            except HTTPError as error:
                if error.code not in OUTDATED:
                    raise

    def _sync(self, uid: str, pod: Pod) -> None:
        process = self._processes.get(uid)
        if "deletionTimestamp" in pod["metadata"]:
            self._kill(uid)
            self._api.send("DELETE", path_of(pod), {"gracePeriodSeconds": 0})
        elif process is None and pod["status"]["phase"] == "Pending":
            self._start(uid, pod)
        elif process is not None and (code := process.poll()) is not None:
            del self._processes[uid]
            self._report_end(pod, code)

    def _start(self, uid: str, pod: Pod) -> None:
        container = pod["spec"]["containers"][0]
        variables = {each["name"]: each.get("value", "") for each in container.get("env", [])}
        try:
            self._processes[uid] = subprocess.Popen(
                [*container.get("command", []), *container.get("args", [])],
                env={"PATH": os.environ["PATH"], **variables},
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        except (OSError, IndexError):
            self._report_end(pod, NOT_STARTED)
        else:
            self._report(pod, "Running", {"running": {"startedAt": now()}})

    def _report_end(self, pod: Pod, code: int) -> None:
        ended = {"exitCode": abs(code), "finishedAt": now()}
        self._report(pod, "Failed" if code else "Succeeded", {"terminated": ended})

    def _report(self, pod: Pod, phase: str, state: dict[str, Any]) -> None:
        container = pod["spec"]["containers"][0]
        is_ready = phase == "Running"
        status = {
            "phase": phase,
            "startTime": pod["status"].get("startTime", now()),
            "conditions": [{"type": "Ready", "status": str(is_ready)}],
            "containerStatuses": [
                {
                    "name": container["name"],
                    "image": container["image"],
                    "imageID": "",
                    "ready": is_ready,
                    "restartCount": 0,
                    "state": state,
                }
            ],
        }
        self._api.send("PATCH", f"{path_of(pod)}/status", {"status": status})

    def _kill(self, uid: str) -> None:
        process = self._processes.pop(uid, None)
        if process is not None and process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)  # each process leads a group of its own
            process.wait()


def path_of(pod: Pod) -> str:
    metadata = pod["metadata"]
    return f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}"


def now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def stop(number: int, frame: FrameType | None) -> None:
    del number, frame
    sys.exit()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    Kubelet(KubernetesApi(Path(sys.argv[1]))).run()
