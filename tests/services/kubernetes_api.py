"""A small client of the Kubernetes API, because the tests have no package for it."""

from __future__ import annotations

import base64
import json
import ssl
import tempfile
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

SECONDS = 30.0
MERGE_PATCH = "application/merge-patch+json"


class KubernetesApi:
    """Sends requests to the cluster of a kubeconfig, with a token or a client certificate."""

    def __init__(self, kubeconfig: Path) -> None:
        """Read a kubeconfig.

        Raises:
            KeyError: its user has neither a token nor a certificate.
        """
        config = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
        context = _named(config["contexts"], config["current-context"])["context"]
        cluster = _named(config["clusters"], context["cluster"])["cluster"]
        user = _named(config["users"], context["user"])["user"]
        self.server: str = cluster["server"].rstrip("/")
        self._headers: dict[str, str] = {}
        with tempfile.TemporaryDirectory() as folder:
            authority = _file(cluster, "certificate-authority", Path(folder))
            self._tls = ssl.create_default_context(cafile=authority)
            if "token" in user:
                self._headers["Authorization"] = f"Bearer {user['token']}"
            else:
                certificate = _file(user, "client-certificate", Path(folder))
                key = _file(user, "client-key", Path(folder))
                self._tls.load_cert_chain(certificate, key)

    def get(self, path: str) -> dict[str, Any]:
        """Return the JSON of a resource or a list."""
        return self.send("GET", path)

    def send(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Send a request and return the JSON of its response.

        Raises:
            urllib.error.HTTPError: the response is an error.
        """
        kind = MERGE_PATCH if method == "PATCH" else "application/json"
        request = urllib.request.Request(
            f"{self.server}{path}",
            None if body is None else json.dumps(body).encode(),
            {**self._headers, "Content-Type": kind},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=SECONDS, context=self._tls) as response:
            answer: dict[str, Any] = json.load(response)
        return answer


def _named(entries: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(each for each in entries if each["name"] == name)


def _file(fields: Mapping[str, str], name: str, folder: Path) -> str:
    """Return the path of a file that the kubeconfig names or contains."""
    if name in fields:
        return fields[name]
    file = folder / name
    file.write_bytes(base64.b64decode(fields[f"{name}-data"]))
    return str(file)
