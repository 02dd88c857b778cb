"""`advisor demo-server`: serves a job API on loopback."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli.output import say, write
from advisor.errors import InputError

if TYPE_CHECKING:
    from advisor.demo.server import DemoServer


def demo_server(
    port: Annotated[
        int,
        typer.Option(metavar="PORT", min=0, max=65535, help="Port to listen on; 0: any free port."),
    ] = 8099,
) -> int:
    """Serve a job API on loopback, to try operators with."""
    server = _listen(port)
    try:
        write(f"{server.url}\n")
        say("Press Ctrl-C to stop.")
        server.serve_forever()
    finally:
        server.server_close()
    return 0


def _listen(port: int) -> DemoServer:
    from advisor.demo.server import DemoServer  # 30 ms that other commands do not need

    try:
        return DemoServer(port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            message, hint = f"port {port} is in use", "pass --port 0 to use a free port"
        else:
            message, hint = f"port {port} cannot be opened: {error.strerror}", ""
        raise InputError.of("--port", message, hint) from None
