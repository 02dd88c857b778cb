"""A server that answers as a test tells it, for what a service cannot be made to do."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

MOST_REQUESTS = 5
SECONDS_OF_STALL = 5.0


@dataclass(frozen=True)
class Request:
    """A request that the server received."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class ScriptedServer:
    """Answers each request with the next of `answers`, the last of them repeatedly, or 200 {}.

    Args:
        forwards_to: the address of a server that gets the requests instead.
    """

    def __init__(self, forwards_to: str = "") -> None:
        self.requests: list[Request] = []
        self.answers: Sequence[tuple[int, Any]] = []
        """Status codes and bodies, each JSON or bytes."""
        self.loses_answers = 0
        """The number of requests that are handled, but not answered."""
        self.stalls = False
        """Whether requests are neither handled nor answered."""
        self._forwards_to = forwards_to
        self._closed = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> ScriptedServer:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closed.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: Request) -> tuple[int, bytes]:
        """Return the status code and the body for a request."""
        if self._forwards_to:
            return self._forwarded(request)
        number = min(len(self.requests), len(self.answers)) - 1
        code, body = self.answers[number] if self.answers else (200, {})
        return code, body if isinstance(body, bytes) else json.dumps(body).encode()

    def _forwarded(self, request: Request) -> tuple[int, bytes]:
        url = f"{self._forwards_to}{request.path}"
        kept = {k: v for k, v in request.headers.items() if k.lower() == "content-type"}
        body = request.body or None
        forwarded = urllib.request.Request(url, body, kept, method=request.method)
        try:
            with urllib.request.urlopen(forwarded, timeout=30) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_request(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                address = urlsplit(self.path)
                request = Request(
                    self.command,
                    address.path,
                    dict(parse_qsl(address.query)),
                    dict(self.headers.items()),
                    self.rfile.read(length),
                )
                server.requests.append(request)
                if len(server.requests) > MOST_REQUESTS and not server._forwards_to:
                    # Ends the repetitions of a client, which could go on for ten minutes.
                    self.send_error(400, "Too many requests for one test")
                    return
                if server.stalls:
                    server._closed.wait(SECONDS_OF_STALL)
                    self.close_connection = True
                    return
                code, body = server.answer(request)
                if server.loses_answers > 0:
                    server.loses_answers -= 1
                    self.close_connection = True
                    return
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_request  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Write no log."""

        return Handler
