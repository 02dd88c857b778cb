"""A gateway to an AWS service, which counts requests and answers some of them itself."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

REGION = "us-east-1"
FORWARDED = ("x-amz-target", "content-type", "authorization")


@dataclass(frozen=True)
class Answer:
    """A response; without a code, the connection is closed."""

    code: int | None = None
    body: object = field(default_factory=dict)

    def content(self) -> bytes:
        """Return the body, which is JSON unless it is bytes."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


LOST = Answer()


def error(name: str, message: str = "the message", code: int = 400) -> Answer:
    """Return a response with an error, as the JSON protocol of AWS has it."""
    return Answer(code, {"__type": name, "message": message})


@dataclass(frozen=True)
class Request:
    """A request: the name of its call, its arguments and its headers in lower case."""

    call: str
    arguments: dict[str, Any]
    headers: dict[str, str]


class Gateway:
    """A server on loopback; what it does not answer itself, the service answers."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.answers: list[Answer] = []
        """The next responses, instead of those of the service."""
        self.loses_responses = 0
        """How many of the next responses of the service are lost."""
        self.requests: list[Request] = []
        self.lock = threading.Lock()
        """No request is answered while it is held."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        """Stop the server."""
        self._server.shutdown()
        self._server.server_close()

    def calls(self) -> list[str]:
        """Return the names of the calls of all requests."""
        return [each.call for each in self.requests]

    def respond(self, headers: dict[str, str], body: bytes) -> Answer:
        """Return the response to a request."""
        call = headers["x-amz-target"].rpartition(".")[2]
        self.requests.append(Request(call, json.loads(body), headers))
        # Chosen before the wait: a request whose client has left must not take a later answer.
        answers = [self.answers.pop(0)] if self.answers else []
        with self.lock:
            answer = answers[0] if answers else self._forward(headers, body)
            if not answers and self.loses_responses:
                self.loses_responses -= 1
                return LOST
        return answer

    def _forward(self, headers: dict[str, str], body: bytes) -> Answer:
        kept = {each: headers[each] for each in FORWARDED}
        request = urllib.request.Request(self.service, body, kept)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return Answer(response.status, response.read())
        except urllib.error.HTTPError as response:
            return Answer(response.code, response.read())


def connection(url: str, **extra: object) -> str:
    """Return a connection of type `aws` to a server on loopback, as JSON."""
    described = {
        "conn_type": "aws",
        "login": "testing",
        "password": "testing",
        "extra": {"region_name": REGION, "endpoint_url": url, **extra},
    }
    return json.dumps(described)


def _handler(gateway: Gateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = gateway.respond(headers, body)
            if answer.code is None:
                return
            try:
                self.send_response(answer.code)
                self.send_header("Content-Length", str(len(answer.content())))
                self.end_headers()
                self.wfile.write(answer.content())
            except OSError:  # the client did not wait for the response
                self.close_connection = True

        def log_message(self, *arguments: object) -> None:
            """Write no log."""

    return Handler
