"""Two paths that change places: in one step where the system can, else so that none is lost."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

AT_FDCWD = -100
RENAME_EXCHANGE = 2
RENAME_SWAP = 2
ASIDE = "-old"
"""Ends the name of what was moved out of the way, if only for a moment."""
CANNOT = frozenset((errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP))
"""The file system, the kernel or the C library does not know how."""


def exchange(staged: Path, target: Path) -> None:
    """Let two paths change places; somebody who looks sees one or the other, whole.

    Raises OSError where that fails; then nothing has changed.
    """
    if not _at_once(staged, target):
        _in_turns(staged, target)


def _at_once(one: Path, other: Path) -> bool:
    """Exchange two paths in one step; return whether this system can."""
    call = _system_call()
    if call is None:
        return False
    import ctypes

    if call(os.fsencode(one), os.fsencode(other)) == 0:
        return True
    code = ctypes.get_errno()
    if code in CANNOT:
        return False
    raise OSError(code, os.strerror(code))


def _in_turns(staged: Path, target: Path) -> None:
    """Exchange two paths by renaming.

    A folder is away for a moment: whoever is killed just then leaves it under a name by which the
    next run brings it back. A file is never away where it can have two names.
    """
    aside = staged.with_name(staged.name + ASIDE)
    _set_aside(target, aside)
    try:
        staged.replace(target)
    except OSError:
        aside.replace(target)
        raise
    aside.rename(staged)


def _set_aside(target: Path, aside: Path) -> None:
    if not target.is_dir():
        with suppress(OSError, NotImplementedError):
            os.link(target, aside, follow_symlinks=False)
            return
    target.rename(aside)


@cache
def _system_call() -> Any:  # noqa: ANN401 - ctypes has no narrower type
    """Return what exchanges two paths and returns 0, None where this system has no such call."""
    import ctypes

    try:
        library: Any = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            swap = library.renamex_np
            return lambda one, other: swap(one, other, RENAME_SWAP)
        rename = library.renameat2
    except (OSError, AttributeError, TypeError):
        return None
    return lambda one, other: rename(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE)
