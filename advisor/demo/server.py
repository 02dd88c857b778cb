"""The HTTP server of the job API."""

from __future__ import annotations

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from advisor.demo.api import JobApi, Request, Response
from advisor.demo.endpoints import Endpoints
from advisor.demo.faults import InvalidFault
from advisor.demo.jobs import JobService, ResponseLost

HOST: Final = "127.0.0.1"
POLL_INTERVAL: Final = 0.02
"""Seconds until a server in a thread notices that it should stop; the default is 0.5."""


class DemoServer(ThreadingHTTPServer):
    """Serves a job API on loopback; in a `with` block, from a thread.

    `GET /_ledger` returns the submitted jobs, and `POST /_faults` sets `Faults`.

    Args:
        port: the port, or 0 for a free one.
        api: the API to serve.

    Raises:
        OSError: the port is in use or not permitted.
    """

    daemon_threads = True
    request_queue_size = 128  # with the default of 5, some of many clients wait for a second

    def __init__(self, port: int = 0, api: JobApi | None = None) -> None:
        super().__init__((HOST, port), _Handler)
        self.endpoints = Endpoints(api or JobApi())
        self.requests: list[Request] = []
        """All requests of the API, in order."""

    @property
    def service(self) -> JobService:
        """The jobs and the faults."""
        return self.endpoints.service

    @property
    def url(self) -> str:
        """The address, without a slash at the end."""
        return f"http://{HOST}:{self.server_address[1]}"

    def __enter__(self) -> DemoServer:
        serve = threading.Thread(target=self.serve_forever, args=(POLL_INTERVAL,), daemon=True)
        serve.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as inherited
        """Report an error, except that a client has closed its connection."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Reads one request and sends its response."""

    server: DemoServer
    protocol_version = "HTTP/1.1"  # keeps connections open, as most APIs do

    def respond(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body)
        try:
            self._send(self._response(request))
        except ResponseLost:
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = respond  # noqa: N815 - the names of the base class

    def _response(self, request: Request) -> Response:
        endpoints = self.server.endpoints
        if request.path == "/_ledger":
            return Response(200, endpoints.ledger())
        if request.path == "/_faults":
            return self._set_faults(request)
        self.server.requests.append(request)
        time.sleep(endpoints.service.faults.stalls)
        return endpoints.respond(request)

    def _set_faults(self, request: Request) -> Response:
        try:
            self.server.service.faults.update(dict(json.loads(request.body)))
        except InvalidFault as error:
            return Response(400, {"error": str(error)})
        except (TypeError, ValueError):
            return Response(400, {"error": 'expected a JSON object such as {"rejects": 1}'})
        return Response(200, {})

    def _send(self, response: Response) -> None:
        body = response.body
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(response.code)
        headers = {"Content-Type": "application/json", **response.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
        """Log nothing: the ledger has all calls."""
