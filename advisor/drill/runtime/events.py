"""The events of a run: what the operator, its job service, its store and the drill did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Final, TypeAlias

from advisor.drill.runtime.points import Point


@dataclass(frozen=True)
class Origin:
    """Where and when an event of a live drill happened."""

    at: float
    """Seconds since the epoch."""
    process: int
    """The id of the process."""
    run: str
    """The id of the Dag run; "" in a trigger, which is not told it."""


@dataclass(frozen=True)
class AnyEvent:
    """What all events have in common."""

    what: ClassVar[str]
    """The name of the kind in JSON."""
    origin: Origin | None = field(default=None, kw_only=True)
    """None in the line drill, where events are only ordered."""


@dataclass(frozen=True)
class Started(AnyEvent):
    """A process of the run started."""

    what = "started"
    phase: str
    attempt: int


@dataclass(frozen=True)
class Ended(AnyEvent):
    """A process of the run ended."""

    what = "ended"
    phase: str
    attempt: int
    state: str
    error: str | None = None


@dataclass(frozen=True)
class SignalSent(AnyEvent):
    """The drill sent a signal, or a user ended or cleared the task."""

    what = "signal"
    signal: str
    point: Point


@dataclass(frozen=True)
class Stored(AnyEvent):
    """The task wrote an entry to its state store."""

    what = "stored"
    key: str
    value: Any


@dataclass(frozen=True)
class Forgotten(AnyEvent):
    """The task deleted an entry of its state store, or all of them (`key` is None)."""

    what = "forgot"
    key: str | None


@dataclass(frozen=True)
class XComPushed(AnyEvent):
    """The task pushed an XCom."""

    what = "pushed"
    key: str
    value: Any


@dataclass(frozen=True)
class XComCleared(AnyEvent):
    """Airflow deleted the XComs of the task before another attempt."""

    what = "cleared"


@dataclass(frozen=True)
class Submitted(AnyEvent):
    """The service started a job."""

    what = "submitted"
    job: str
    key: str | None
    spec: Any
    at: float
    """The service's time, in seconds."""


@dataclass(frozen=True)
class FoundByKey(AnyEvent):
    """A submission returned the job that an earlier one with the same key started."""

    what = "found"
    job: str
    key: str | None


@dataclass(frozen=True)
class LookedUp(AnyEvent):
    """The task looked up a job by its key; `job` is None if there was none."""

    what = "looked"
    key: str
    job: str | None


@dataclass(frozen=True)
class Polled(AnyEvent):
    """The task asked for the status of a job; `status` is a field of Words."""

    what = "polled"
    job: str
    status: str


@dataclass(frozen=True)
class Cancelled(AnyEvent):
    """The task cancelled a job."""

    what = "cancelled"
    job: str


@dataclass(frozen=True)
class ResultFetched(AnyEvent):
    """The task fetched the result of a job."""

    what = "fetched"
    job: str


@dataclass(frozen=True)
class Refused(AnyEvent):
    """The service refused the first call of a kind, before it had any effect."""

    what = "refused"
    call: str


@dataclass(frozen=True)
class JobsEnded(AnyEvent):
    """Jobs ended by themselves while no attempt looked, or because the live drill let them."""

    what = "unseen"
    jobs: list[str]


@dataclass(frozen=True)
class HoldRequested(AnyEvent):
    """The live drill asked the service to keep the answer to the next submission of a run."""

    what = "hold"


@dataclass(frozen=True)
class Held(AnyEvent):
    """The service keeps the answer to a submission."""

    what = "held"


Event: TypeAlias = (
    Started
    | Ended
    | SignalSent
    | Stored
    | Forgotten
    | XComPushed
    | XComCleared
    | Submitted
    | FoundByKey
    | LookedUp
    | Polled
    | Cancelled
    | ResultFetched
    | Refused
    | JobsEnded
    | HoldRequested
    | Held
)
KINDS: Final[dict[str, type[Event]]] = {
    kind.what: kind
    for kind in (
        *(Started, Ended, SignalSent),
        *(Stored, Forgotten, XComPushed, XComCleared),
        *(Submitted, FoundByKey, LookedUp, Polled, Cancelled, ResultFetched, Refused, JobsEnded),
        *(HoldRequested, Held),
    )
}
OPTIONAL: Final = frozenset({"error"})
"""Fields that JSON has only if they are not None."""


def to_json(event: AnyEvent) -> dict[str, Any]:
    """Return an event as JSON has it: `what` happened, its origin if known, and its fields."""
    record: dict[str, Any] = {"what": event.what}
    if event.origin is not None:
        record.update(vars(event.origin))
    for name in FIELDS[type(event)]:
        value = getattr(event, name)
        if isinstance(value, Point):
            record[name] = list(value)
        elif value is not None or name not in OPTIONAL:
            record[name] = value
    return record


def from_json(record: Mapping[str, Any]) -> Event:
    """Return the event that `to_json` wrote.

    Raises:
        KeyError: the kind is unknown or a field is missing.
    """
    kind = KINDS[record["what"]]
    values = {name: record[name] for name in FIELDS[kind] if name in record}
    if "point" in values:
        values["point"] = Point(*values["point"])
    if "process" in record:
        values["origin"] = Origin(record["at"], record["process"], record["run"])
    return kind(**values)


FIELDS: Final[dict[type[AnyEvent], tuple[str, ...]]] = {
    kind: tuple(each.name for each in fields(kind) if each.name != "origin")
    for kind in KINDS.values()
}
