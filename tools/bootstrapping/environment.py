"""The virtual environments of a checkout: what they are, whether they can be kept, making them."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

STAMP = "bootstrap-stamp"


class BootstrapError(Exception):
    """What is wrong and what to do next, as one message for the user."""


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment at the top of a checkout, and what is installed in it."""

    root: Path
    name: str
    install: tuple[str, ...]  # what the installer is asked for
    sources: tuple[str, ...]  # the files and folders that an install is made from

    @property
    def folder(self) -> Path:
        """Where the environment is."""
        return self.root / self.name

    @property
    def stamp(self) -> Path:
        """The file that says which install was finished; empty while the first one goes on."""
        return self.folder / STAMP

    def program(self, name: str) -> Path:
        """Return where the environment has a program."""
        if os.name == "nt":
            return self.folder / "Scripts" / f"{name}.exe"
        return self.folder / "bin" / name

    def identity(self) -> str:
        """Return what cannot change without making the environment anew: its Python, its place."""
        return f"{sys.implementation.cache_tag} {sys.base_prefix} {self.folder}"


def may_be_kept(environment: Environment, stamp: str | None) -> bool:
    """Say whether it is safe to install into an environment that exists.

    Without a stamp it is somebody else's, or its second install was interrupted: installing again
    does no harm to either. An empty stamp means that its first install was.
    """
    return stamp is None or stamp.startswith(f"{environment.identity()}\n")


def digest(root: Path, sources: Iterable[str]) -> str:
    """Return a hash over the names and contents of the sources, without what Python compiled."""
    summary = hashlib.sha256()
    paths = [path for source in sources for path in (root / source, *(root / source).rglob("*"))]
    for path in sorted(paths):
        if path.is_file() and "__pycache__" not in path.parts:
            content = path.read_bytes()
            summary.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode())
            summary.update(content)
    return summary.hexdigest()


def create(environment: Environment) -> None:
    """Create an environment with nothing in it; what is left of an earlier one goes first."""
    remove(environment.folder)
    environment.folder.mkdir()
    environment.stamp.touch()
    try:
        import venv
    except ImportError:
        tip = "Install it (on Debian and Ubuntu, the package python3-venv) and run this again."
        raise BootstrapError(f"{sys.executable} has no module venv.\n{tip}") from None
    # pip comes later: with_pip would fail where there is no ensurepip.
    venv.EnvBuilder(with_pip=False, symlinks=os.name != "nt").create(environment.folder)


def remove(folder: Path) -> None:
    """Remove an environment, and nothing that may be anything else."""
    if not os.path.lexists(folder):
        return
    marked = any((folder / name).is_file() for name in (STAMP, "pyvenv.cfg"))
    empty = folder.is_dir() and all(path.is_dir() for path in folder.rglob("*"))
    if folder.is_symlink() or not (marked or empty):
        tip = "Move it away and run this again."
        raise BootstrapError(f"{folder} is in the way and is no virtual environment.\n{tip}")
    shutil.rmtree(folder)
