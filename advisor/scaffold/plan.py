"""Plans what to do with each file by comparing rendered files with those on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path, PurePosixPath

from advisor.documents.files import content_of, leftovers_of
from advisor.documents.model import printable
from advisor.errors import InputError
from advisor.scaffold import record
from advisor.scaffold.model import Folder, RenderedFile, ScaffoldSpec
from advisor.scaffold.obstacles import refuse_obstacles
from advisor.scaffold.record import Hashes, hash_of


class Status(str, Enum):
    """What advisor does with one file."""

    create = "create"
    """It does not exist yet."""
    identical = "identical"
    """It already has the rendered content."""
    update = "update"
    """It has not been edited since advisor wrote it, and its content changes."""
    conflict = "conflict"
    """It was edited, or does not belong to this package."""
    force = "force"
    """A conflict; the user chose to overwrite the file."""
    skip = "skip"
    """A conflict; the user chose to keep the file."""
    remove = "remove"
    """It has not been edited since advisor wrote it, and is no longer part of the scaffold."""
    leave = "leave"
    """It is no longer part of the scaffold, but was edited or is a Dag, so the user keeps it."""


WRITTEN = frozenset((Status.create, Status.update, Status.force))
"""The statuses of files that advisor writes."""
OURS = WRITTEN | {Status.identical}
"""The statuses of files that have the rendered content after the run."""
CHANGES = WRITTEN | {Status.remove}
"""The statuses of files that change on disk."""


@dataclass(frozen=True)
class Places:
    """The folders to write to, as spelled by the user."""

    into: Path
    dags: Path

    def folder(self, folder: Folder, package: str) -> Path:
        """Return the path of a folder: the one of the package, or the one for Dags."""
        return self.into / package if folder is Folder.package else self.dags


@dataclass(frozen=True)
class Step:
    """What to do with one file.

    `old` is its content on disk, or None if it does not exist; `new` is the rendered content, or
    None if the file is left or removed.
    """

    status: Status
    folder: Folder
    path: PurePosixPath
    target: Path
    old: bytes | None
    new: bytes | None


Resolve = Callable[[Step], Status]
"""Returns the status of a conflict: `force`, `skip`, or `conflict` to leave it unresolved."""


@dataclass(frozen=True)
class Plan:
    """What to do with every file of one spec, before anything is written."""

    spec: ScaffoldSpec
    places: Places
    steps: tuple[Step, ...]
    recorded: Hashes
    leftovers: tuple[Path, ...] = ()
    """Temporary files of interrupted runs."""

    @property
    def package(self) -> Path:
        """Return the folder of the package."""
        return self.places.folder(Folder.package, self.spec.name.package)

    @property
    def conflicts(self) -> tuple[Step, ...]:
        """Return the conflicts that are not resolved yet."""
        return tuple(step for step in self.steps if step.status is Status.conflict)

    @property
    def is_incomplete(self) -> bool:
        """Return whether a file has the rendered content but not the recorded hash.

        The record is written last, so an earlier run may have been interrupted. Empty files do not
        count: users may have created them.
        """
        return bool(self.leftovers) or any(
            step.folder is Folder.package
            and step.path != record.FILE
            and step.status is Status.identical
            and step.new
            and self.recorded.get((step.folder, step.path)) != hash_of(step.new)
            for step in self.steps
        )

    @property
    def was_interrupted(self) -> bool:
        """Return whether an incomplete plan is certainly due to an interrupted run.

        Otherwise, the user may have deleted the record.
        """
        return bool(self.leftovers or self.recorded)


def make_plan(spec: ScaffoldSpec, files: Iterable[RenderedFile], places: Places) -> Plan:
    """Return the plan for the rendered files of a spec.

    Raises InputError if a path cannot be written as a file, or if the record of the last run cannot
    be read.
    """
    rendered = {(file.folder, file.path): file.text.encode() for file in files}
    package = spec.name.package
    written = (*rendered, (Folder.package, record.FILE))
    refuse_obstacles(places.into, places.dags, package, written)
    recorded = record.read_hashes(places.into / package / record.FILE, package)
    if obsolete := [place for place in recorded if place not in rendered]:
        refuse_obstacles(places.into, places.dags, package, obsolete)
    all_places = dict.fromkeys((*rendered, *recorded))
    steps = [
        _step(places.folder(place[0], package) / place[1], place, rendered.get(place), recorded)
        for place in all_places
    ]
    leftovers = [
        leftover
        for folder, path in (*all_places, (Folder.package, record.FILE))
        for leftover in leftovers_of(places.folder(folder, package) / path)
    ]
    return Plan(spec, places, _sorted(step for step in steps if step), recorded, tuple(leftovers))


def resolve_conflicts(plan: Plan, resolve: Resolve) -> Plan:
    """Return a plan whose conflicts have the statuses that `resolve` returns."""
    steps = (
        replace(step, status=resolve(step)) if step.status is Status.conflict else step
        for step in plan.steps
    )
    return replace(plan, steps=tuple(steps))


def with_record(plan: Plan) -> Plan:
    """Return a plan that also writes the record.

    A file that the user keeps is recorded with the hash of what advisor last wrote there, so that
    the next run detects it as edited again.
    """
    hashes = {}
    for step in plan.steps:
        place = (step.folder, step.path)
        if step.status in OURS and step.new is not None:
            hashes[place] = hash_of(step.new)
        elif step.new is not None and place in plan.recorded:
            hashes[place] = plan.recorded[place]
    target = plan.package / record.FILE
    old, new = _content(target), record.record_text(plan.spec, hashes).encode()
    status = Status.create if old is None else Status.identical if old == new else Status.update
    step = Step(status, Folder.package, record.FILE, target, old, new)
    return replace(plan, steps=_sorted((*plan.steps, step)))


def _sorted(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Sort steps: the package before the Dag, and files before folders."""
    return tuple(
        sorted(
            steps, key=lambda step: (step.folder is Folder.dags, len(step.path.parts), step.path)
        )
    )


def _step(target: Path, place: record.Place, new: bytes | None, recorded: Hashes) -> Step | None:
    """Return the step for a file, or None if it neither exists nor is needed."""
    old = _content(target)
    untouched = old is not None and hash_of(old) == recorded.get(place)
    if new is None:
        if old is None:
            return None
        is_removed = untouched and place[0] is Folder.package
        return Step(Status.remove if is_removed else Status.leave, *place, target, old, None)
    if old is None:
        status = Status.create
    elif old == new:
        status = Status.identical
    else:
        status = Status.update if untouched else Status.conflict
    return Step(status, *place, target, old, new)


def _content(file: Path) -> bytes | None:
    """Return the content of a file, or None if it does not exist."""
    try:
        return content_of(file)
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
        raise InputError.of(printable(str(file)), reason) from None
