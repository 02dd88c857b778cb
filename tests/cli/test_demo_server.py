"""`advisor demo-server` serves the job API until it is interrupted."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.process import PROGRAM, TIMEOUT, advisor_here


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    command = [*PROGRAM, "demo-server", "--port", "0"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
        yield process
        process.kill()


def url_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def post(url: str, document: object) -> object:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(document).encode(), headers)
    with urllib.request.urlopen(request) as response:
        answer: object = json.load(response)
    return answer


def test_demo_server_runs_jobs_at_the_url_that_it_prints(process: subprocess.Popen[str]) -> None:
    url = url_of(process)
    assert post(f"{url}/jobs", {"seconds": 60}) == {"id": "job-1", "status": "RUNNING"}
    with urllib.request.urlopen(f"{url}/_ledger") as response:
        ledger = json.load(response)
    assert ledger["jobs"] == [
        {"id": "job-1", "key": None, "spec": {"seconds": 60}, "running": True}
    ]


def test_demo_server_listens_only_on_loopback(process: subprocess.Popen[str]) -> None:
    assert url_of(process).startswith("http://127.0.0.1:")


def test_demo_server_exits_with_130_on_ctrl_c(process: subprocess.Popen[str]) -> None:
    url_of(process)
    assert process.stderr is not None
    hint = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, hint) == (130, "Press Ctrl-C to stop.\n")
    assert (out, err) == ("", "Interrupted.\n")


def test_demo_server_rejects_a_port_in_use() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = advisor_here("demo-server", "--port", str(port))
    assert (ran.code, ran.out) == (2, "")
    message = f"--port: port {port} is in use (pass --port 0 to use a free port)"
    assert ran.err == f"error: {message}\n"


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_demo_server_rejects_an_invalid_port(port: str) -> None:
    ran = advisor_here("demo-server", "--port", port)
    message = f"--port: expected a whole number from 0 to 65535, found '{port}'"
    assert ran.code == 2
    assert ran.err.splitlines()[0] == f"error: {message}"


def test_demo_package_needs_only_the_standard_library() -> None:
    folder = Path(__file__).parents[2] / "advisor" / "demo"
    code = f"""
import sys
sys.path.insert(0, {str(folder.parents[1])!r})
import advisor.demo.server
print(*(name for name in sys.modules if name.startswith(("advisor.", "typer", "jinja2", "yaml"))))
"""
    command = [PROGRAM[0], "-I", "-S", "-c", code]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert all(name.startswith("advisor.demo") for name in loaded)
