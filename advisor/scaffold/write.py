"""Carrying plans out: all of them or none, and each folder in one step."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from stat import S_IMODE

from advisor.documents.model import printable
from advisor.errors import ConflictError, OutputError, Problem
from advisor.scaffold.model import Folder
from advisor.scaffold.plan import CHANGES, WRITTEN, Places, Plan, Step
from advisor.scaffold.staging import Staged, clean, keep_entries

CACHE = "__pycache__"
"""Not carried over: Python makes it anew, from the files that are there then."""


def clean_up(places: Places) -> None:
    """Remove what a killed run left behind; a folder that it had moved aside is brought back."""
    for folder in {places.into, places.dags}:
        clean(folder)


def write_plans(plans: Sequence[Plan]) -> None:
    """Carry out plans that have no conflicts.

    Whoever looks sees each folder as before or complete, even if this process is killed. Raises
    ConflictError where a file was edited since it was planned, OutputError where something cannot
    be written; then all is as before.
    """
    staged: list[Staged] = []
    made: list[Path] = []
    try:
        for plan in plans:
            _stage(plan, staged, made)
        _refuse_edited(plans)
        for each in staged:
            each.commit()
    except BaseException as error:
        _take_back(staged, made)
        if isinstance(error, OSError):
            raise _output_error(error, plans) from None
        raise
    for each in staged:
        each.discard()


def _take_back(staged: list[Staged], made: list[Path]) -> None:
    for each in reversed(staged):
        with suppress(OSError):
            each.undo()
    for each in staged:
        each.discard()
    for folder in reversed(made):
        with suppress(OSError):
            folder.rmdir()


def _stage(plan: Plan, staged: list[Staged], made: list[Path]) -> None:
    """Make ready what a plan changes.

    An existing package changes after its Dag: with the hashes of the old record a run that was
    killed in between still tells that nobody edited the Dag. A new one comes before its Dag, which
    imports it.
    """
    changes = [step for step in plan.steps if step.status in CHANGES]
    dags = [step for step in changes if step.folder is Folder.dags]
    is_package_changed = len(dags) < len(changes)
    is_new = not plan.package.exists()
    if is_package_changed and is_new:
        _stage_package(plan, staged, made)
    for step in dags:
        _make_folder(step.target.parent, made)
        staged.append(Staged(step.target, folder=False))
        _fill(staged[-1].path, step)
    if is_package_changed and not is_new:
        _stage_package(plan, staged, made)


def _stage_package(plan: Plan, staged: list[Staged], made: list[Path]) -> None:
    _make_folder(plan.package.parent, made)
    staged.append(Staged(plan.package, folder=True))
    steps = [step for step in plan.steps if step.folder is Folder.package]
    changed = {step.path: step for step in steps if step.status in CHANGES}
    top = staged[-1].path
    modes = {top: 0o777 & ~_umask()}
    # Both in the order of names, where .airflowignore comes before all Python: Airflow then
    # ignores this folder, too, while it is made.
    if plan.package.exists():
        modes = dict(_carry_over(plan.package, top, PurePosixPath(), changed))
    for path, step in sorted(changed.items()):
        if step.status in WRITTEN:
            (top / path).parent.mkdir(parents=True, exist_ok=True)
            _fill(top / path, step)
    for folder in _folders(top):
        keep_entries(folder)
    for folder, mode in modes.items():
        folder.chmod(mode)


def _carry_over(
    old: Path, new: Path, inside: PurePosixPath, changed: Collection[PurePosixPath]
) -> Iterator[tuple[Path, int]]:
    """Take everything into the new folder that the plan does not change.

    Yields the folders that came along with the modes they had, the innermost first: one that may
    not be written to can take no file afterwards.
    """
    for entry in sorted(os.scandir(old), key=lambda each: each.name):
        path, target = inside / entry.name, new / entry.name
        if entry.is_dir(follow_symlinks=False):
            if entry.name != CACHE:
                target.mkdir()
                yield from _carry_over(Path(entry.path), target, path, changed)
        elif path not in changed:
            _link(Path(entry.path), target)
    yield new, S_IMODE(old.stat().st_mode)


def _link(old: Path, new: Path) -> None:
    """Give a file a second name, or copy it where the file system cannot."""
    try:
        os.link(old, new, follow_symlinks=False)
    except (OSError, NotImplementedError):
        shutil.copy2(old, new, follow_symlinks=False)


def _fill(file: Path, step: Step) -> None:
    """Write a file, with the mode of the one it replaces."""
    with file.open("wb") as opened:
        opened.write(step.new or b"")
        opened.flush()
        os.fsync(opened.fileno())
    file.chmod(0o666 & ~_umask() if step.old is None else S_IMODE(step.target.stat().st_mode))


def _make_folder(folder: Path, made: list[Path]) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent, made)
        folder.mkdir()
        made.append(folder)


def _refuse_edited(plans: Iterable[Plan]) -> None:
    """Raise ConflictError that names the files edited since they were planned."""
    changes = (step for plan in plans for step in plan.steps if step.status in CHANGES)
    edited = [step.target for step in changes if not _is_as_planned(step)]
    if edited:
        message, hint = "was edited while advisor was running", "run it again"
        raise ConflictError([Problem(printable(str(file)), message, hint) for file in edited])


def _is_as_planned(step: Step) -> bool:
    try:
        return step.target.read_bytes() == step.old
    except FileNotFoundError:
        return step.old is None


def _folders(top: Path) -> Iterator[Path]:
    """Yield a folder and all folders inside, the innermost first."""
    for folder, _, _ in os.walk(top, topdown=False):
        yield Path(folder)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def _output_error(error: OSError, plans: Iterable[Plan]) -> OutputError:
    where = ", ".join(printable(str(plan.package)) for plan in plans)
    named = f" ({printable(str(error.filename))})" if error.filename else ""
    return OutputError([Problem(where, f"cannot be written: {error.strerror or error}{named}")])
