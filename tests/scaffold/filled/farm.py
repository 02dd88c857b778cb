"""A render farm behind XML-RPC: a system with its own statuses, ids and protocol."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any
from xmlrpc.client import Fault
from xmlrpc.server import SimpleXMLRPCRequestHandler, SimpleXMLRPCServer

NO_SUCH_JOB, OVER, TAKEN, BAD_SCENE = 4, 9, 17, 22


@dataclass
class Rendering:
    """A job: its ticket, its spec and its status."""

    ticket: str
    spec: dict[str, Any]
    since: float
    stopped: bool = False

    @property
    def state(self) -> str:
        if self.stopped:
            return "stopped"
        if time.monotonic() < self.since + self.spec.get("seconds", 0):
            return "rendering"
        return "broken" if self.spec.get("breaks") else "rendered"


class Farm:
    """The jobs of the farm, numbered from 0; a ticket belongs to one job forever."""

    def __init__(self) -> None:
        self.jobs: list[Rendering] = []
        self.lock = threading.Lock()
        self.hangs_up = False
        """Whether the next order is accepted without a response."""
        self.loses_response = False
        """Whether the current request gets no response."""

    def enqueue(self, ticket: str, spec: dict[str, Any]) -> int:
        if "scene" not in spec:
            raise Fault(BAD_SCENE, "what is to be rendered?")
        with self.lock:
            if self.lookup(ticket) >= 0:
                raise Fault(TAKEN, f"{ticket} is taken")
            self.jobs.append(Rendering(ticket, spec, time.monotonic()))
            number = len(self.jobs) - 1
        self.loses_response, self.hangs_up = self.hangs_up, False
        return number

    def lookup(self, ticket: str) -> int:
        """Return the number of the job with a ticket, or -1 if there is none."""
        numbers = [n for n, job in enumerate(self.jobs) if job.ticket == ticket]
        return numbers[0] if numbers else -1

    def state(self, number: int) -> str:
        return self._job(number).state

    def stop(self, number: int) -> bool:
        job = self._job(number)
        if job.state != "rendering":
            raise Fault(OVER, f"{number} is over")
        job.stopped = True
        return True

    def output(self, number: int) -> dict[str, Any]:
        return {"frames": 24, "scene": self._job(number).spec["scene"]}

    def hang_up(self) -> bool:
        self.hangs_up = True
        return True

    def tickets(self) -> list[str]:
        return [job.ticket for job in self.jobs]

    def _job(self, number: int) -> Rendering:
        if not 0 <= number < len(self.jobs):
            raise Fault(NO_SUCH_JOB, f"no job {number}")
        return self.jobs[number]


class HungUp(Exception):
    """The farm has carried out the call, and closes the connection without a response."""


class Gate(SimpleXMLRPCRequestHandler):
    """Handles requests to the farm."""

    def do_POST(self) -> None:  # noqa: N802 - as the base names it
        try:
            super().do_POST()
        except HungUp:
            self.close_connection = True

    def send_response(self, code: int, message: str | None = None) -> None:
        farm: Any = self.server.instance  # type: ignore[attr-defined]
        if farm.loses_response:
            farm.loses_response = False
            raise HungUp
        super().send_response(code, message)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base names it
        """Log nothing."""


def open_farm() -> SimpleXMLRPCServer:
    """Return a farm that listens on loopback, in a thread; `shutdown` ends it."""
    server = SimpleXMLRPCServer(("127.0.0.1", 0), Gate)
    server.register_instance(Farm())
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server
