"""The guard blocks and records each call that could reach a real system."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from advisor.drill.runtime.guard import (
    RECORD,
    BlockedCall,
    install,
    read_blocked,
    without_credentials,
)

ROOT = Path(__file__).parents[2]
INSTALL = f"""\
import sys
from pathlib import Path
from advisor.drill.runtime.guard import {install.__name__}
install(Path({{record!r}}), loopback={{loopback}})
sys.path.insert(0, {{folder!r}})
try:
    import operator_under_drill
except BaseException as error:
    print(type(error).__name__)
"""
LISTENER = """\
import socket
listener = socket.create_server(("127.0.0.1", 0))
port = listener.getsockname()[1]
"""


def run_guarded(folder: Path, code: str, *, loopback: bool = False) -> tuple[str, str]:
    """Run code in a guarded process; return its output and the action that was blocked."""
    (folder / "operator_under_drill.py").write_text(code, encoding="utf-8")
    record = folder / RECORD
    script = INSTALL.format(record=str(record), folder=str(folder), loopback=loopback)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    blocked = read_blocked(record)
    return done.stdout + done.stderr, blocked.action if blocked else ""


@pytest.mark.parametrize(
    ("code", "action"),
    [
        (
            "import socket; socket.create_connection(('192.0.2.1', 80))",
            "connects to 192.0.2.1:80",
        ),
        (
            "import socket; socket.create_connection(('127.0.0.1', 80))",
            "connects to 127.0.0.1:80",
        ),
        (
            "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'', ('192.0.2.1', 53))",
            "connects to 192.0.2.1:53",
        ),
        (
            "import socket; socket.socket(type=socket.SOCK_DGRAM)"
            ".sendmsg([b''], [], 0, ('192.0.2.1', 53))",
            "connects to 192.0.2.1:53",
        ),
        (
            "import socket; socket.socket(socket.AF_UNIX).connect('/var/run/docker.sock')",
            "connects to /var/run/docker.sock",
        ),
        (
            "import socket; socket.gethostbyname('jobs.example.com')",
            "connects to jobs.example.com",
        ),
        (
            "import urllib.request; urllib.request.urlopen('https://jobs.example.com/run')",
            "connects to jobs.example.com:443",
        ),
        (
            "import asyncio; asyncio.run(asyncio.open_connection('jobs.example.com', 80))",
            "connects to jobs.example.com:80",
        ),
        (
            "import asyncio; asyncio.run(asyncio.open_connection('192.0.2.1', 80))",
            "connects to 192.0.2.1:80",
        ),
    ],
)
def test_guard_blocks_connections(tmp_path: Path, code: str, action: str) -> None:
    assert run_guarded(tmp_path, code) == ("CallBlocked\n", action)


@pytest.mark.parametrize(
    "code",
    [
        "import subprocess; subprocess.run(['kubectl', 'delete'])",
        "import subprocess; subprocess.run('kubectl delete', shell=True, executable='kubectl')",
        "import asyncio; asyncio.run(asyncio.create_subprocess_exec('kubectl', 'delete'))",
        "import os; os.system('kubectl delete')",
        "import os; os.execvp('kubectl', ['kubectl', 'delete'])",
        "import os; os.posix_spawn('/bin/kubectl', ['kubectl', 'delete'], {})",
        "from multiprocessing.util import spawnv_passfds as spawn; spawn(b'a', ['kubectl'], ())",
    ],
)
def test_guard_blocks_processes_and_names_the_program(tmp_path: Path, code: str) -> None:
    output, action = run_guarded(tmp_path, code)
    assert output == "CallBlocked\n"
    assert action in {"starts the process 'kubectl'", "starts the process '/bin/sh'"}


def test_guard_blocks_a_program_started_by_a_fork(tmp_path: Path) -> None:
    _, action = run_guarded(tmp_path, "import os; os.spawnvp(os.P_WAIT, 'kubectl', ['kubectl'])")
    assert action == "starts the process 'kubectl'"


def test_guard_records_a_call_that_the_operator_swallows(tmp_path: Path) -> None:
    code = """\
import socket
try:
    socket.create_connection(("192.0.2.1", 80))
except:
    print("swallowed")
"""
    assert run_guarded(tmp_path, code) == ("swallowed\n", "connects to 192.0.2.1:80")
    file = tmp_path / "operator_under_drill.py"
    assert read_blocked(tmp_path / RECORD) == BlockedCall("connects to 192.0.2.1:80", f"{file}:3")


def test_guard_names_the_line_of_a_coroutine_whose_host_a_thread_looks_up(tmp_path: Path) -> None:
    code = """\
import asyncio
async def call():
    await asyncio.create_task(asyncio.get_running_loop().getaddrinfo("jobs.example.com", 443))
async def main():
    await call()
asyncio.run(main())
"""
    run_guarded(tmp_path, code)
    file = tmp_path / "operator_under_drill.py"
    assert read_blocked(tmp_path / RECORD) == BlockedCall(
        "connects to jobs.example.com:443", f"{file}:3"
    )


def test_guard_blocks_threads_and_forks(tmp_path: Path) -> None:
    thread = """\
import os, socket, threading
def connect(): socket.create_connection(("192.0.2.1", 80))
"""
    run_guarded(tmp_path, f"{thread}os.fork() or connect()\nos.wait()")
    assert read_blocked(tmp_path / RECORD) is not None
    (tmp_path / RECORD).unlink()
    run_guarded(tmp_path, f"{thread}each = threading.Thread(target=connect)\neach.start()")
    assert read_blocked(tmp_path / RECORD) is not None


@pytest.mark.parametrize(
    "code",
    [
        "import socket; a, b = socket.socketpair(); a.sendmsg([b'x']); b.recv(1)",
        "import socket; socket.getaddrinfo('192.0.2.1', 80); socket.getfqdn()",
        "import socket; socket.create_server(('127.0.0.1', 0))",
        "import asyncio; asyncio.run(asyncio.sleep(0))",
        "import multiprocessing as m; m.get_context('fork').Process(target=print).start()",
        "import platform, uuid; platform.processor(); uuid.getnode()",
        "import ctypes.util; ctypes.util.find_library('c')",
        "import sqlite3; sqlite3.connect(':memory:').execute('select 1')",
    ],
)
def test_guard_allows_what_stays_in_this_machine(tmp_path: Path, code: str) -> None:
    output, action = run_guarded(tmp_path, code)
    assert (output.strip(), action) == ("", "")


@pytest.mark.parametrize(
    "connect",
    [
        "socket.create_connection(('127.0.0.1', port))",
        "socket.create_connection(('localhost', port))",
        "socket.socket(socket.AF_INET).connect(('localhost', port))",
    ],
)
def test_guard_with_loopback_allows_this_machine(tmp_path: Path, connect: str) -> None:
    assert run_guarded(tmp_path, LISTENER + connect, loopback=True) == ("", "")


@pytest.mark.parametrize("host", ["192.0.2.1", "jobs.example.com", "2001:db8::1"])
def test_guard_with_loopback_blocks_other_machines(tmp_path: Path, host: str) -> None:
    code = f"import socket; socket.create_connection(({host!r}, 80))"
    assert run_guarded(tmp_path, code, loopback=True) == (
        "CallBlocked\n",
        f"connects to {host}:80",
    )


def test_guard_with_loopback_blocks_the_socket_of_docker(tmp_path: Path) -> None:
    code = "import socket; socket.socket(socket.AF_UNIX).connect('/var/run/docker.sock')"
    assert run_guarded(tmp_path, code, loopback=True)[1] == "connects to /var/run/docker.sock"


def test_guard_blocks_channels_of_grpc(tmp_path: Path) -> None:
    grpc = tmp_path / "grpc" / "_cython"
    grpc.mkdir(parents=True)
    (tmp_path / "grpc" / "__init__.py").touch()
    (grpc / "__init__.py").touch()
    (grpc / "cygrpc.py").write_text("class Channel: pass\nclass AioChannel: pass\n")
    for channel in ("Channel", "AioChannel"):
        code = (
            f"from grpc._cython import cygrpc; cygrpc.{channel}(b'jobs.example.com:443', (), None)"
        )
        output, action = run_guarded(tmp_path, code)
        assert (output, action) == (
            "CallBlocked\n",
            "connects to jobs.example.com:443 by gRPC",
        )


@pytest.mark.parametrize(
    "name",
    [
        "AIRFLOW_CONN_AWS_DEFAULT",
        "AIRFLOW__SECRETS__BACKEND_KWARGS",
        "AWS_SECRET_ACCESS_KEY",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "AZURE_CLIENT_SECRET",
        "SNOWFLAKE_PASSWORD",
        "DATABRICKS_TOKEN",
        "KUBECONFIG",
        "KUBERNETES_SERVICE_HOST",
        "https_proxy",
        "HTTPS_PROXY",
    ],
)
def test_credentials_are_not_inherited(name: str) -> None:
    assert without_credentials({name: "x"}) == {}


@pytest.mark.parametrize(
    "name", ["PATH", "AIRFLOW_VAR_X", "AIRFLOW__CORE__DAGS_FOLDER", "MY_TOKEN"]
)
def test_other_variables_are_inherited(name: str) -> None:
    assert without_credentials({name: "x"}) == {name: "x"}
