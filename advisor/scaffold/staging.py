"""What is made ready beside the place it goes to, under a name that tells whose it is."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

from advisor.scaffold.exchange import ASIDE, exchange

NAME = re.compile(rf"\.(?P<target>.+)\.advisor-[0-9a-f]{{16}}(?P<aside>{ASIDE})?", re.DOTALL)
HIDDEN = ".{}.advisor-{}"


class Staged:
    """A file or folder that is ready to take the place of another.

    While it lives it is locked, so that another run does not take it for a leftover.
    """

    def __init__(self, target: Path, *, folder: bool) -> None:
        self.target = target
        self.path = target.with_name(HIDDEN.format(target.name, os.urandom(8).hex()))
        if folder:
            self.path.mkdir(0o700)
        else:
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        self._lock = _lock(self.path)
        self._committed = ""

    def commit(self) -> None:
        """Put it in its place, in one step; what was there takes its name."""
        if os.path.lexists(self.target):
            exchange(self.path, self.target)
            self._committed = "exchanged"
        else:
            self.path.rename(self.target)
            self._committed = "renamed"
        keep_entries(self.target.parent)

    def undo(self) -> None:
        """Take it back, if it was put in its place."""
        if self._committed == "exchanged":
            exchange(self.path, self.target)
        elif self._committed == "renamed":
            self.target.rename(self.path)
        self._committed = ""

    def discard(self) -> None:
        """Remove what now has its name: itself, or what it took the place of."""
        remove(self.path)
        if self._lock is not None:
            os.close(self._lock)


def clean(folder: Path) -> None:
    """Remove what a killed run left in a folder, and bring back what it had moved aside."""
    try:
        found = list(folder.iterdir())
    except OSError:
        return
    for each in found:
        if match := NAME.fullmatch(each.name):
            with suppress(OSError):
                _clean(each, folder / match["target"], aside=bool(match["aside"]))


def remove(path: Path) -> None:
    """Remove a file or folder as far as it can be; a link goes, what it names stays."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def keep_entries(folder: Path) -> None:
    """Have the system keep what a folder lists through a power cut, where it knows how."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _clean(leftover: Path, target: Path, *, aside: bool) -> None:
    descriptor = _lock(leftover)
    if descriptor is None:
        return
    try:
        if aside and not os.path.lexists(target):
            leftover.rename(target)
        else:
            remove(leftover)
    finally:
        os.close(descriptor)


def _lock(path: Path) -> int | None:
    """Lock a file or folder until what is returned is closed, or this process ends.

    Returns None where another process has it, or where the system cannot lock it.
    """
    try:
        import fcntl
    except ImportError:
        return None
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
