"""AWS as moto, a server that imitates its APIs; the base of the services of EMR and others."""

from __future__ import annotations

import json
import urllib.request
from typing import Any, ClassVar

from advisor.drill.live.services import free_port
from tests.airflow.environments import cached_environment
from tests.services.service import LOOPBACK, Service, answers

VERSION = "5.2.5"
REGION = "us-east-1"
ACCOUNT = "123456789012"
SECONDS_TO_START = 60


class Moto(Service):
    """A moto server, which starts without any clusters or state machines."""

    packages: ClassVar[tuple[str, ...]] = (f"moto[server]=={VERSION}",)
    signed_for: ClassVar[str]
    """The name of the API in the signature of a request, by which moto tells APIs apart."""
    targets: ClassVar[str]
    """What precedes the name of a call in its header."""
    facts: dict[str, str]

    def start(self) -> None:
        python = cached_environment("moto", "", self.packages)
        port = free_port()
        self.url = f"http://{LOOPBACK}:{port}"
        self.spawn([python.with_name("moto_server"), "-H", LOOPBACK, "-p", str(port)])
        self.wait_until(lambda: answers(f"{self.url}/moto-api/"), SECONDS_TO_START)
        self.connections = {"aws_default": json.dumps(connection(self.url))}
        self.facts = {"url": self.url}

    def versions(self) -> dict[str, str]:
        return {"moto": VERSION}

    def call(self, name: str, /, **arguments: object) -> dict[str, Any]:
        """Return the response to a call of the API."""
        scope = f"testing/20260101/{REGION}/{self.signed_for}/aws4_request"
        headers = {
            "X-Amz-Target": f"{self.targets}.{name}",
            "Content-Type": "application/x-amz-json-1.1",
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}",  # moto checks no signature
        }
        return self.post("/", arguments, headers)

    def listed(self, name: str, field: str, token: str, /, **arguments: object) -> list[Any]:
        """Return a field of all pages of a listing, each of which has a token for the next one."""
        page = self.call(name, **arguments)
        items = list(page[field])
        while page.get(token):
            page = self.call(name, **arguments, **{token: page[token]})
            items += page[field]
        return items

    def post(self, path: str, body: object, headers: dict[str, str]) -> dict[str, Any]:
        """Return the JSON that the server answers with."""
        data = json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}{path}", data, headers)
        with urllib.request.urlopen(request, timeout=30) as response:
            answer: dict[str, Any] = json.load(response)
        return answer


def connection(url: str) -> dict[str, Any]:
    """Return a connection of type `aws` to a server on loopback."""
    extra = {"region_name": REGION, "endpoint_url": url}
    return {"conn_type": "aws", "login": "testing", "password": "testing", "extra": extra}
