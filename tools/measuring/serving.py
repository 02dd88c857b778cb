"""The ledger on a port of loopback, for operators in other processes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from measuring.ledger import Ledger, answer


class Server(ThreadingHTTPServer):
    """Takes many callers at once, and waits for none of them at its end."""

    request_queue_size = 64
    daemon_threads = True
    block_on_close = False


@contextmanager
def served(ledger: Ledger) -> Iterator[str]:
    """Serve a ledger, and give its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            told = answer(ledger, self.path.strip("/"), json.loads(self.rfile.read(length)))
            body = json.dumps(told).encode()
            with suppress(ConnectionError):  # who asked may have been killed meanwhile
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """Say nothing: the ledger is the record."""

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
