"""What becomes of each file of a scaffold: what is rendered, compared with what is on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from advisor.documents.model import printable
from advisor.errors import InputError
from advisor.scaffold import record
from advisor.scaffold.model import Folder, RenderedFile, ScaffoldSpec
from advisor.scaffold.obstacles import refuse_obstacles
from advisor.scaffold.record import Hashes, hash_of


class Status(str, Enum):
    """What becomes of one file, in a word."""

    create = "create"
    """There is none yet."""
    identical = "identical"
    """It says already what it should."""
    update = "update"
    """Nobody edited what advisor wrote, and it should now say something else."""
    conflict = "conflict"
    """It was edited, or is not ours."""
    force = "force"
    """A conflict that the user lets advisor overwrite."""
    skip = "skip"
    """A conflict that the user keeps as it is."""
    remove = "remove"
    """Nobody edited what advisor wrote, and it no longer belongs to the scaffold."""
    leave = "leave"
    """It no longer belongs to the scaffold, and was edited or is a Dag: it is the user's now."""


WRITTEN = frozenset((Status.create, Status.update, Status.force))
"""With any of these, advisor writes the file."""
OURS = WRITTEN | {Status.identical}
"""With any of these, the file says what advisor wants it to, once the plan is carried out."""
CHANGES = WRITTEN | {Status.remove}
"""With any of these, something on disk changes."""


class Places(NamedTuple):
    """The two folders that the user named, as they were named."""

    into: Path
    dags: Path

    def folder(self, folder: Folder, package: str) -> Path:
        """Return where the files of a folder go."""
        return self.into / package if folder is Folder.package else self.dags


class Step(NamedTuple):
    """What becomes of one file.

    `old` is what is on disk, None for nothing; `new` what should be, None where it is left or
    removed.
    """

    status: Status
    folder: Folder
    path: PurePosixPath
    target: Path
    old: bytes | None
    new: bytes | None


class Plan(NamedTuple):
    """What becomes of every file of one order; nothing is done yet."""

    spec: ScaffoldSpec
    places: Places
    steps: tuple[Step, ...]
    recorded: Hashes

    @property
    def package(self) -> Path:
        """Return the folder of the package."""
        return self.places.folder(Folder.package, self.spec.name.package)

    @property
    def conflicts(self) -> tuple[Step, ...]:
        """Return the files that nobody has decided on."""
        return tuple(step for step in self.steps if step.status is Status.conflict)


def make_plan(spec: ScaffoldSpec, files: Iterable[RenderedFile], places: Places) -> Plan:
    """Return what becomes of every file of an order.

    Raises InputError where something other than a file of the user's is in the way, or where the
    record of the last run cannot be read.
    """
    rendered = {(file.folder, file.path): file.text.encode() for file in files}
    package = spec.name.package
    ours = (*rendered, (Folder.package, record.FILE))
    refuse_obstacles(places.into, places.dags, package, ours)
    recorded = record.read_hashes(places.into / package / record.FILE, package)
    if obsolete := [place for place in recorded if place not in rendered]:
        refuse_obstacles(places.into, places.dags, package, obsolete)
    steps = [
        _step(places.folder(place[0], package) / place[1], place, rendered.get(place), recorded)
        for place in dict.fromkeys((*rendered, *recorded))
    ]
    return Plan(spec, places, _in_turn(step for step in steps if step), recorded)


def resolve_conflicts(plan: Plan, decide: Callable[[Step], Status]) -> Plan:
    """Return a plan with what the user wants done about each conflict."""
    steps = (
        step._replace(status=decide(step)) if step.status is Status.conflict else step
        for step in plan.steps
    )
    return plan._replace(steps=tuple(steps))


def with_record(plan: Plan) -> Plan:
    """Return a plan that also writes down what it was made from.

    A file that is not as advisor wants it keeps the hash of what advisor last wrote there, so that
    the next run tells again that it was edited.
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
    return plan._replace(steps=_in_turn((*plan.steps, step)))


def _in_turn(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Return steps with the package first, its own files before those of its folders."""
    return tuple(
        sorted(
            steps, key=lambda step: (step.folder is Folder.dags, len(step.path.parts), step.path)
        )
    )


def _step(target: Path, place: record.Place, new: bytes | None, recorded: Hashes) -> Step | None:
    """Return what becomes of a file, None where there is none and should be none."""
    old = _content(target)
    untouched = old is not None and hash_of(old) == recorded.get(place)
    if new is None:
        if old is None:
            return None
        ours = untouched and place[0] is Folder.package
        return Step(Status.remove if ours else Status.leave, *place, target, old, None)
    if old is None:
        status = Status.create
    elif old == new:
        status = Status.identical
    else:
        status = Status.update if untouched else Status.conflict
    return Step(status, *place, target, old, new)


def _content(file: Path) -> bytes | None:
    """Return what is in a file, None where there is none."""
    try:
        return file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
        raise InputError.of(printable(str(file)), reason) from None
