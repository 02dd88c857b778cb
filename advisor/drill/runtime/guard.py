"""Keeps an operator under drill away from real systems: blocks connections and new processes."""

from __future__ import annotations

import gc
import ipaddress
import json
import os
import socket
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from itertools import chain
from pathlib import Path
from types import AsyncGeneratorType, CoroutineType, FrameType, ModuleType
from typing import Any, Final

CREDENTIALS: Final = (
    "AIRFLOW_CONN_",
    "AIRFLOW__SECRETS__",
    "AIRFLOW__WORKERS__SECRETS_",
    "ARM_",
    "AWS_",
    "AZURE_",
    "CLOUDSDK_",
    "DATABRICKS_",
    "DBT_",
    "DOCKER_",
    "GCP_",
    "GOOGLE_",
    "KUBE",
    "SNOWFLAKE_",
)
"""Prefixes of the environment variables that an operator under drill does not inherit."""
PROXIES: Final = ("http_proxy", "https_proxy", "grpc_proxy", "all_proxy", "ftp_proxy", "no_proxy")
"""Not inherited either, so that an error names the host and not the proxy."""
RECORD: Final = "blocked"
"""The name of the file with the blocked calls."""

INSTALLED: Final = ("site-packages", "dist-packages")
"""The names of folders with installed packages."""
NOT_OPERATORS: Final = (
    "<",
    f"{sysconfig.get_path('stdlib')}{os.sep}",
    f"{Path(__file__).parents[2]}{os.sep}",
)
"""How the files of frozen modules, the standard library and advisor begin."""
PROVIDERS: Final = "airflow.providers."
HARMLESS: Final = {"ctypes.util", "platform", "uuid"}
"""Modules of the standard library whose processes only ask about this machine, as `uname -p`."""
LOCAL_SOCKETS: Final = (tempfile.gettempdir(), "\0")
"""Paths of the Unix sockets that a temporary Airflow may use; others can be Docker's."""


class CallBlocked(BaseException):
    """An operator under drill tried to reach a real system.

    Not an Exception, so that no retry repeats the call.
    """


@dataclass(frozen=True)
class BlockedCall:
    """A call that was blocked."""

    action: str
    """What it does, such as `connects to example.com:443`."""
    place: str
    """The file and line of the operator's code that leads to the call."""


def read_blocked(path: Path) -> BlockedCall | None:
    """Return the first call that any process has recorded in a file, or None."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    return BlockedCall(**json.loads(lines[0])) if lines else None


def without_credentials(environment: Mapping[str, str]) -> dict[str, str]:
    """Return environment variables without connections, credentials and proxies."""
    return {
        name: value
        for name, value in environment.items()
        if not name.upper().startswith(CREDENTIALS) and name.lower() not in PROXIES
    }


def install(record: Path, *, loopback: bool = False) -> None:
    """Block connections and new processes in this process and its forks, for good.

    A blocked call is recorded in a file first, in case the operator swallows the exception.

    Args:
        record: the file; a second call with the same file has no effect.
        loopback: whether to allow connections to this machine, which a temporary Airflow needs.
    """
    if record not in Guard.installed:
        Guard.installed.add(record)
        Guard(record, loopback=loopback).install()


class Guard:
    """Blocks the calls of this process, and of its forks, that could reach a real system.

    Args:
        record: the file in which blocked calls are recorded.
        loopback: whether to allow connections to this machine.
    """

    installed: Final[set[Path]] = set()
    """The files of the guards of this process."""

    def __init__(self, record: Path, *, loopback: bool) -> None:
        # Opened once, because the operator can change its folder and limits.
        self._file = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._loopback = loopback
        self._checks: Mapping[str, Callable[..., None]] = {
            "socket.connect": self._check_address,
            "socket.sendto": self._check_address,
            "socket.sendmsg": self._check_address,
            "socket.getaddrinfo": self._check_host,
            "socket.gethostbyname": self._check_host,
            "socket.gethostbyaddr": self._check_host,
            "subprocess.Popen": self._check_process,
            "os.exec": self._check_process,
            "os.posix_spawn": self._check_process,
            "os.system": self._check_process,
        }

    def install(self) -> None:
        """Start to block; this cannot be undone."""
        sys.addaudithook(self._audit)
        self._patch("_posixsubprocess", self._block_spawning)
        self._patch("grpc._cython.cygrpc", self._block_channels)
        self._patch("uvloop", self._block_uvloop)

    def block(self, action: str) -> None:
        """Record a call and raise CallBlocked."""
        place = _place(sys._getframe(1))  # noqa: SLF001 - documented
        line = json.dumps({"action": action, "place": place}) + "\n"
        os.write(self._file, line.encode())
        raise CallBlocked(f"{place} {action}")

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        check = self._checks.get(event)
        if check is not None:
            check(*arguments)

    def _check_address(self, connection: socket.socket, address: Any) -> None:
        # A datagram without an address goes to the peer that was checked by `connect`.
        if address is not None and not (self._loopback and _is_local(connection, address)):
            self.block(f"connects to {_address_text(address)}")

    def _check_host(self, host: Any, port: Any = None, *_: Any) -> None:
        name = host.decode(errors="replace") if isinstance(host, bytes) else host
        if name and name not in {"localhost", socket.gethostname()} and not _is_ip(name):
            self.block(f"connects to {_address_text((name, port) if port else (name,))}")

    def _check_process(self, program: Any, arguments: Any = (), *_: Any) -> None:
        frames = _frames(sys._getframe())  # noqa: SLF001 - documented
        if not any(_module(each) in HARMLESS for each in frames):
            words = arguments if isinstance(arguments, (list, tuple)) and arguments else [program]
            self.block(f"starts the process {_program(words[0])!r}")

    def _patch(self, name: str, patch: Callable[[ModuleType], None]) -> None:
        """Patch a module now or as soon as it is imported."""
        if name in sys.modules:
            patch(sys.modules[name])
        else:
            sys.meta_path.insert(0, _PatchingFinder(name, patch))

    def _block_spawning(self, module: ModuleType) -> None:
        """Block `fork_exec`, which raises no audit event if multiprocessing calls it."""
        fork_exec = module.fork_exec

        def checked(arguments: Any, *others: Any) -> Any:
            self._check_process(None, arguments)
            return fork_exec(arguments, *others)

        module.fork_exec = checked  # type: ignore[attr-defined]

    def _block_channels(self, module: ModuleType) -> None:
        """Block the channels of gRPC, which connects in C++ and raises no audit event."""
        block = self.block

        class Channel:
            def __init__(self, target: bytes, *_: Any, **__: Any) -> None:
                block(f"connects to {target.decode(errors='replace')} by gRPC")

        module.Channel = module.AioChannel = Channel  # type: ignore[attr-defined]

    def _block_uvloop(self, module: ModuleType) -> None:
        """Block the event loops of uvloop, which connect in C and raise no audit event."""

        def loop(*_: Any, **__: Any) -> None:
            self.block("starts an event loop of uvloop")

        module.Loop = module.new_event_loop = loop  # type: ignore[attr-defined]


class _PatchingFinder(MetaPathFinder):
    """Patches a module right after it is imported.

    Args:
        name: the module.
        patch: is called with the module.
    """

    def __init__(self, name: str, patch: Callable[[ModuleType], None]) -> None:
        self._name = name
        self._patch = patch

    def find_spec(
        self, fullname: str, path: Any = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec of the module, whose loader patches it."""
        if fullname != self._name:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def patched(module: ModuleType) -> None:
            execute(module)
            self._patch(module)

        spec.loader.exec_module = patched  # type: ignore[method-assign]
        return spec


def _is_local(connection: socket.socket, address: Any) -> bool:
    if isinstance(address, (str, bytes)):
        return os.fsdecode(address).startswith(LOCAL_SOCKETS)
    if connection.family not in {socket.AF_INET, socket.AF_INET6}:
        return False
    host = address[0]
    return host == "localhost" or (_is_ip(host) and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    address = ipaddress.ip_address(host)
    # Python 3.10 to 3.12 do not see that ::ffff:127.0.0.1 is on this machine.
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _address_text(address: Any) -> str:
    """Return an address as `host:port`, or the path of a Unix socket."""
    if isinstance(address, (str, bytes)):
        return os.fsdecode(address)
    if isinstance(address, tuple):
        return ":".join(str(each) for each in address[:2])
    return str(address)


def _program(word: Any) -> str:
    """Return the name of a program without its arguments, which can contain passwords."""
    return " ".join(os.fsdecode(word).split()[:1])


def _place(frame: FrameType) -> str:
    """Return the line of the operator that leads to a call, as `file:line`."""
    own = [each for each in _frames(frame) if _is_installed(each) or not _is_internal(each)]
    # A thread looks up host names for an event loop: the caller is a coroutine that waits for it.
    everywhere = [*own, *_suspended_frames(), *_frames(_main_frame())]
    users = (each for each in everywhere if not (_is_installed(each) or _is_internal(each)))
    providers = (each for each in everywhere if _module(each).startswith(PROVIDERS))
    # The outermost frame of a library is its entry point; the frames below it are Airflow's.
    others = (each for each in own[::-1] if not _module(each).startswith("airflow."))
    first = next(chain(users, providers, others), frame)
    return f"{first.f_code.co_filename}:{first.f_lineno}"


def _main_frame() -> FrameType | None:
    return sys._current_frames().get(threading.main_thread().ident or 0)  # noqa: SLF001 - documented


def _suspended_frames() -> list[FrameType]:
    """Return the frames of suspended coroutines, those that wait for others last."""
    objects = gc.get_objects()
    frames = {
        **{id(each): each.cr_frame for each in objects if isinstance(each, CoroutineType)},
        **{id(each): each.ag_frame for each in objects if isinstance(each, AsyncGeneratorType)},
    }
    waiting = {id(each.cr_await) for each in objects if isinstance(each, CoroutineType)}
    ordered = sorted(frames, key=lambda each: each not in waiting)
    return [frame for each in ordered if (frame := frames[each]) is not None]


def _is_installed(frame: FrameType) -> bool:
    return any(each in frame.f_code.co_filename for each in INSTALLED)


def _is_internal(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(NOT_OPERATORS)


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    """Yield a frame and its callers, innermost first."""
    while frame is not None:
        yield frame
        frame = frame.f_back
