"""Kubernetes' own API server and controllers, with a stand-in for nodes; or a real cluster."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from advisor.drill.live.services import free_port
from tests.airflow.environments import cache_folder, locked
from tests.services.kubernetes_api import KubernetesApi
from tests.services.service import LOOPBACK, Service

ROOT = Path(__file__).parents[2]
BUILD_SCRIPT = Path(__file__).with_name("kubernetes_build.sh")
OWN_CLUSTER = "ADVISOR_TEST_KUBECONFIG"
"""Names the kubeconfig of a cluster to use, in a namespace that is deleted at the end."""
SECONDS_TO_BUILD = 3600
SECONDS_TO_START = 90
ADMIN, FORBIDDEN = "test-admin", "test-forbidden"
"""The tokens of a user who may do everything, and of one who may do nothing."""
CONTROLLERS = "job,garbagecollector,namespace,ttl-after-finished"
"""Not podgc, which deletes the pods of unknown nodes."""


class Kubernetes(Service):
    """A cluster; each service has a namespace of its own, whose Jobs are counted."""

    system = "kubernetes"
    facts: dict[str, str]
    """The namespace, and for our own cluster the kubeconfig of a user without permissions."""
    _api: KubernetesApi | None = None

    def start(self) -> None:
        self.namespace = f"advisor-{secrets.token_hex(4)}"
        given = os.environ.get(OWN_CLUSTER)
        kubeconfig = Path(given).absolute() if given else self._start_cluster()
        self._use_namespace(KubernetesApi(kubeconfig))
        extra = {"kube_config_path": str(kubeconfig), "namespace": self.namespace}
        connection = {"conn_type": "kubernetes", "extra": extra}
        self.connections = {"kubernetes_default": json.dumps(connection)}
        self.facts = {"namespace": self.namespace}
        if not given:
            self.facts["forbidden_kubeconfig"] = str(self._kubeconfig("forbidden", FORBIDDEN))

    def close(self) -> None:
        try:
            if self._api is not None and OWN_CLUSTER in os.environ:
                self._api.send("DELETE", f"/api/v1/namespaces/{self.namespace}")
        finally:
            super().close()

    def versions(self) -> dict[str, str]:
        versions = {"kubernetes": str(self._cluster.get("/version")["gitVersion"])}
        if OWN_CLUSTER not in os.environ:
            with urllib.request.urlopen(f"{self._etcd}/version", timeout=30) as response:
                versions["etcd"] = json.load(response)["etcdserver"]
        return versions

    def spec(self, run: str, seconds: float, part: str = "1") -> dict[str, Any]:
        container = {"name": "main", "image": "busybox:1.37", "command": ["sleep", f"{seconds:g}"]}
        pod = {
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 0,  # the first process ignores SIGTERM
            "containers": [container],
        }
        return {
            "metadata": {"labels": {"part": part}, "annotations": {"run-id": run}},
            "spec": {"backoffLimit": 0, "template": {"spec": pod}},
        }

    def jobs(self, run: str) -> list[str]:
        listed = self._cluster.get(f"/apis/batch/v1/namespaces/{self.namespace}/jobs")["items"]
        return [
            f"{job['namespace']}/{job['name']}/{job['uid']}"
            for job in (each["metadata"] for each in listed)
            if job.get("annotations", {}).get("run-id") == run
        ]

    @property
    def _cluster(self) -> KubernetesApi:
        assert self._api is not None
        return self._api

    def _use_namespace(self, api: KubernetesApi) -> None:
        api.send("POST", "/api/v1/namespaces", {"metadata": {"name": self.namespace}})
        self._api = api

    def _start_cluster(self) -> Path:
        """Start a cluster and return the kubeconfig of its administrator."""
        programs = built_programs()
        self._etcd = f"http://{LOOPBACK}:{free_port()}"
        self._server = f"https://{LOOPBACK}:{free_port()}"
        kubeconfig = self._kubeconfig("admin", ADMIN)
        self.spawn([programs / "etcd", *self._etcd_options()])
        self.spawn([programs / "kube-apiserver", *self._server_options()])
        self.wait_until(lambda: is_ready(kubeconfig), SECONDS_TO_START)
        self.spawn([programs / "kube-controller-manager", *controller_options(kubeconfig)])
        kubelet = (sys.executable, "-m", "tests.services.kubelet")
        self.spawn([*kubelet, kubeconfig], {"PYTHONPATH": str(ROOT)})
        return kubeconfig

    def _etcd_options(self) -> list[str]:
        peer = f"http://{LOOPBACK}:{free_port()}"
        return [
            f"--data-dir={self.folder / 'etcd'}",
            f"--listen-client-urls={self._etcd}",
            f"--advertise-client-urls={self._etcd}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
        ]

    def _server_options(self) -> list[str]:
        tokens, key = self.folder / "tokens.csv", self.folder / "accounts.key"
        tokens.write_text(
            f"{ADMIN},admin,1,system:masters\n{FORBIDDEN},forbidden,2\n", encoding="utf-8"
        )
        subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
        return [
            f"--etcd-servers={self._etcd}",
            f"--bind-address={LOOPBACK}",
            f"--secure-port={self._server.rpartition(':')[2]}",
            "--insecure-port=0",
            f"--cert-dir={self.folder}",
            f"--token-auth-file={tokens}",
            "--authorization-mode=RBAC",
            "--service-account-issuer=https://advisor",
            f"--service-account-signing-key-file={key}",
            f"--service-account-key-file={key}",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--endpoint-reconciler-type=none",
            "--feature-gates=TTLAfterFinished=true",
            # Otherwise pods wait for a service account.
            "--disable-admission-plugins=ServiceAccount",
        ]

    def _kubeconfig(self, name: str, token: str) -> Path:
        assert self._server.startswith(f"https://{LOOPBACK}:")
        authority = str(self.folder / "apiserver.crt")  # written by the server when it starts
        cluster = {"server": self._server, "certificate-authority": authority}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": name,
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "clusters": [{"name": name, "cluster": cluster}],
            "users": [{"name": name, "user": {"token": token}}],
        }
        file = self.folder / f"{name}.kubeconfig"
        file.write_text(json.dumps(config), encoding="utf-8")
        return file


def controller_options(kubeconfig: Path) -> list[str]:
    return [
        f"--kubeconfig={kubeconfig}",
        f"--controllers={CONTROLLERS}",
        "--feature-gates=TTLAfterFinished=true",
        "--leader-elect=false",
        "--secure-port=0",
        "--port=0",
    ]


def is_ready(kubeconfig: Path) -> bool:
    """Return whether the server has made the namespaces that it starts with."""
    try:
        KubernetesApi(kubeconfig).get("/api/v1/namespaces/default")
    except OSError:
        return False
    return True


def built_programs() -> Path:
    """Return the folder with the programs of the cluster; the first call builds them.

    Raises:
        RuntimeError: the build failed.
    """
    digest = hashlib.sha256(BUILD_SCRIPT.read_bytes()).hexdigest()[:8]
    folder = cache_folder() / f"kubernetes-{digest}"
    stamp = folder / "complete"
    with locked(folder):
        if not stamp.exists():
            build(folder)
            stamp.touch()
    return folder / "bin"


def build(folder: Path) -> None:
    command = ["sh", str(BUILD_SCRIPT), str(folder)]
    built = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=SECONDS_TO_BUILD
    )
    if built.returncode != 0:
        output = (built.stdout + built.stderr)[-3000:]
        hint = f"to test with a cluster instead, name its kubeconfig in {OWN_CLUSTER}"
        raise RuntimeError(f"{BUILD_SCRIPT.name} failed; {hint}\n{output}")
