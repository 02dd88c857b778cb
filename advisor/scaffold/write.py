"""Carries out plans: replaces files atomically, and undoes the whole run on an error."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from stat import S_IMODE

from advisor.documents.files import content_of, replace_file
from advisor.documents.model import printable
from advisor.errors import AdvisorError, ConflictError, OutputError, Problem
from advisor.scaffold import record
from advisor.scaffold.plan import CHANGES, WRITTEN, Plan, Step


def write_plans(plans: Sequence[Plan]) -> None:
    """Carry out plans that have no conflicts.

    If advisor is killed while it writes, the next run of the same command completes the folders.
    Raises ConflictError if a file was edited since it was planned, and OutputError if something
    cannot be written; in both cases all changes are undone.
    """
    changes = [step for plan in plans for step in _in_order(plan)]
    undo = _Undo()
    try:
        _refuse_edited(changes)
        for leftover in (each for plan in plans for each in plan.leftovers):
            leftover.unlink(missing_ok=True)
        for step in changes:
            _carry_out(step, undo)
    except BaseException as error:
        failures = undo.run()
        if isinstance(error, OSError):
            raise OutputError([_problem(error, plans), *failures]) from None
        if failures:
            problems = error.problems if isinstance(error, AdvisorError) else []
            raise OutputError([*problems, *failures]) from error
        raise


def _in_order(plan: Plan) -> list[Step]:
    """Return the steps that change something: the package, the Dag, and the record.

    The record is last, so its presence shows that everything else was written.
    """
    changes = [step for step in plan.steps if step.status in CHANGES]
    return sorted(changes, key=lambda step: step.target == plan.package / record.FILE)


def _refuse_edited(steps: Iterable[Step]) -> None:
    """Raise a ConflictError that lists the files edited since they were planned."""
    edited = [step.target for step in steps if content_of(step.target) != step.old]
    if edited:
        message, hint = "was edited while advisor was running", "run the command again"
        raise ConflictError([Problem(printable(str(file)), message, hint) for file in edited])


def _carry_out(step: Step, undo: _Undo) -> None:
    undo.make_folder(step.target.parent)
    _refuse_edited([step])
    undo.remember(step)
    if step.status in WRITTEN:
        replace_file(step.target, step.new or b"")
    else:
        step.target.unlink()


class _Undo:
    """The changes of a run, and how to undo them."""

    def __init__(self) -> None:
        self._changes: list[tuple[Path, Callable[[], None]]] = []

    def make_folder(self, folder: Path) -> None:
        """Create a folder and its parents."""
        if not folder.is_dir():
            self.make_folder(folder.parent)
            self._changes.append((folder, partial(_remove, folder)))
            folder.mkdir()

    def remember(self, step: Step) -> None:
        """Save what is needed to undo a step. Call it before the step is carried out."""
        target = step.target
        link = target.readlink() if target.is_symlink() else None
        mode = None if step.old is None else S_IMODE(target.stat().st_mode)
        self._changes.append((target, partial(_restore, step, mode, link)))

    def run(self) -> list[Problem]:
        """Undo all changes, the last one first, and return a problem for each failure.

        This order works even on a full disk, as undoing needs no more space than was just freed.
        """
        failures = []
        for target, restore in reversed(self._changes):
            try:
                restore()
            except OSError as error:
                message = f"cannot be restored: {error.strerror}"
                failures.append(Problem(printable(str(target)), message))
        return failures


def _remove(folder: Path) -> None:
    with suppress(OSError):  # it was not created, or has other files by now
        folder.rmdir()


def _restore(step: Step, mode: int | None, link: Path | None) -> None:
    """Restore a file: its content and mode, or the link, or remove it if it did not exist."""
    if content_of(step.target) != step.new:
        return  # the step was not carried out
    if step.old is None:
        step.target.unlink()
    elif link is None:
        replace_file(step.target, step.old, mode)
    elif not step.target.is_symlink():
        step.target.unlink(missing_ok=True)
        step.target.symlink_to(link)


def _problem(error: OSError, plans: Iterable[Plan]) -> Problem:
    where = error.filename or ", ".join(str(plan.package) for plan in plans)
    return Problem(printable(str(where)), f"cannot be written: {error.strerror or error}")
