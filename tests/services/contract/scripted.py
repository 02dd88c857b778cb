"""A server that answers as a test tells it, for what a service cannot be made to do."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType, TracebackType
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

MOST_REQUESTS = 5
"""Of those that a server answers itself."""
MOST_SECONDS_HELD = 5.0
"""So that a call without a time limit of its own ends too."""
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
FORWARDED = ("content-type", "authorization", "x-amz-target")


class Answer(NamedTuple):
    """A response, whose body is JSON or bytes; without a code, the connection is closed."""

    code: int | None
    body: Any
    headers: Mapping[str, str] = NO_HEADERS

    def content(self) -> bytes:
        """Return the body as bytes."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


LOST = Answer(None, {})


@dataclass(frozen=True)
class Request:
    """A request that the server received; the names of its headers have no case."""

    method: str
    path: str
    query: dict[str, str]
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class ScriptedServer:
    """Answers with the next of `answers`; then as a service does, or the last one again, or 200 {}.

    Args:
        service: the address of the service that gets the requests; "" for none.
    """

    def __init__(self, service: str = "") -> None:
        self.requests: list[Request] = []
        self.answers: Sequence[tuple[Any, ...]] = []
        self.loses_answers = 0
        """The number of requests that are handled, but not answered."""
        self._service = service
        self._last = Answer(200, {})
        self._lock = threading.Lock()
        self._is_free = threading.Event()
        self._is_free.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Any:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def reset(self) -> None:
        """Forget the requests and the answers that were not used."""
        self.requests.clear()
        self.answers = []
        self.loses_answers = 0

    def sent(self, method: str) -> list[Request]:
        """Return the requests with a method."""
        return [each for each in self.requests if each.method == method]

    @contextmanager
    def held(self) -> Iterator[None]:
        """Answer no request for a while; none is handled either."""
        self._is_free.clear()
        try:
            yield
        finally:
            self._is_free.set()

    def respond(self, request: Request) -> Answer:
        """Return the response to a request."""
        self.requests.append(request)
        if len(self.requests) > MOST_REQUESTS and not self._service:
            # Ends the repetitions of a client, which could go on for ten minutes.
            return Answer(400, b"Too many requests for one test")
        # Chosen before the wait: a request whose client has left must not take a later answer.
        with self._lock:
            is_forwarded = bool(self._service) and not self.answers
            if self.answers:
                self._last, self.answers = Answer(*self.answers[0]), self.answers[1:]
            answer = self._last
        self._is_free.wait(MOST_SECONDS_HELD)
        if is_forwarded:
            answer = self._forward(request)
        if self.loses_answers:
            self.loses_answers -= 1
            return LOST
        return answer

    def _forward(self, request: Request) -> Answer:
        kept = {each: request.headers[each] for each in FORWARDED if each in request.headers}
        url, body = f"{self._service}{request.path}", request.body or None
        forwarded = urllib.request.Request(url, body, kept, method=request.method)
        try:
            with urllib.request.urlopen(forwarded, timeout=30) as response:
                return Answer(response.status, response.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read())


def _handler(server: ScriptedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_request(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            address = urlsplit(self.path)
            query = dict(parse_qsl(address.query))
            request = Request(self.command, address.path, query, self.headers, body)
            answer = server.respond(request)
            if answer.code is None:
                self.close_connection = True
                return
            try:
                self.send_response(answer.code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer.content())))
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.content())
            except OSError:  # the client did not wait for the response
                self.close_connection = True

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_request  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Write no log."""

    return Handler
