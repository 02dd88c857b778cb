"""The events and crash points of a run, and the journal that outlives the processes of the run."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from threading import RLock
from typing import Any, ClassVar, Final, NamedTuple, TypeVar

EXECUTE, TRIGGER, RESUME = "execute", "trigger", "resume"
"""The phases of a run; each process runs one of them."""

KILL: Final = "KILL"
"""The worker is lost."""
TERM: Final = "TERM"
"""The worker is asked to stop."""
END: Final = "END"
"""A user ends the task: TERM, then KILL five seconds later."""


class Point(NamedTuple):
    """A crash point: the first, second, ... time that a process reaches a place.

    A tuple, because it is a list in JSON.
    """

    phase: str
    """The phase of the process: `execute`, `trigger` or `resume`."""
    place: str
    """A line about to be executed (`operators.py:57`), or a call (`submit:before`)."""
    visit: int
    """1 for the first time, 2 for the second, and so on."""


class Reached(NamedTuple):
    """A point that a run reached, and the number of events in its journal at that time."""

    point: Point
    events: int


@dataclass(frozen=True)
class Origin:
    """Where and when an event of a live drill happened."""

    at: float
    """Seconds since the epoch."""
    process: int
    """The id of the process."""
    run: str
    """The id of the Dag run; "" in a trigger, because Airflow does not pass it."""


@dataclass(frozen=True)
class Event:
    """An action of the operator, its job service, its store, Airflow or the drill."""

    KINDS: ClassVar[dict[str, type[Event]]] = {}
    """The classes of events by their names in JSON."""
    what: ClassVar[str]
    """The name of the class in JSON."""
    at: float | None = field(default=None, kw_only=True)
    """Seconds since the epoch, simulated in the line drill; None until a journal records it."""
    origin: Origin | None = field(default=None, kw_only=True)
    """None in the line drill."""

    def __init_subclass__(cls, what: str) -> None:
        cls.what = what
        cls.KINDS[what] = cls


@dataclass(frozen=True)
class Started(Event, what="started"):
    """A process of the run started."""

    phase: str
    attempt: int


@dataclass(frozen=True)
class Ended(Event, what="ended"):
    """A process of the run ended."""

    phase: str
    attempt: int
    state: str
    error: str | None = None


@dataclass(frozen=True)
class SignalSent(Event, what="signal"):
    """The drill sent a signal, or a user ended or cleared the task."""

    signal: str
    point: Point


@dataclass(frozen=True)
class Stored(Event, what="stored"):
    """The task wrote an entry to its state store."""

    key: str
    value: Any


@dataclass(frozen=True)
class Forgotten(Event, what="forgot"):
    """The task deleted an entry of its state store, or all of them (`key` is None)."""

    key: str | None


@dataclass(frozen=True)
class XComPushed(Event, what="pushed"):
    """The task pushed an XCom."""

    key: str
    value: Any


@dataclass(frozen=True)
class XComCleared(Event, what="cleared"):
    """Airflow deleted the XComs of the task before another attempt."""


@dataclass(frozen=True)
class Submitted(Event, what="submitted"):
    """The service started a job."""

    job: Any
    """The id of the job: a str, or an int if the service has numeric ids."""
    key: str | None
    spec: Any


@dataclass(frozen=True)
class Given(Submitted, what="given"):
    """The factory started a job, which the operator is to find."""


@dataclass(frozen=True)
class FoundByKey(Event, what="found"):
    """A submission returned the job of an earlier submission with the same key."""

    job: Any
    key: str | None


@dataclass(frozen=True)
class LookedUp(Event, what="looked"):
    """The task looked up a job by its key; `job` is None if no job was found."""

    key: str
    job: Any


@dataclass(frozen=True)
class Polled(Event, what="polled"):
    """The task asked for the status of a job; `status` is a field of Statuses."""

    job: Any
    status: str


@dataclass(frozen=True)
class Cancelled(Event, what="cancelled"):
    """The task cancelled a job."""

    job: Any


@dataclass(frozen=True)
class UnknownCancelled(Event, what="unknown cancelled"):
    """The task cancelled a job that never existed, such as None."""

    job: Any


@dataclass(frozen=True)
class Kept(Event, what="kept"):
    """A stand-in for the system kept a value other than a job."""

    key: str
    value: Any


@dataclass(frozen=True)
class Unanswered(Event, what="unanswered"):
    """The task sent a message to Airflow that the drill cannot answer."""

    message: str
    """The name of the message."""


@dataclass(frozen=True)
class ResultFetched(Event, what="fetched"):
    """The task fetched the result of a job."""

    job: Any


@dataclass(frozen=True)
class Refused(Event, what="refused"):
    """The service failed the first call of a kind, before it had any effect."""

    call: str


@dataclass(frozen=True)
class JobsEnded(Event, what="unseen"):
    """Jobs ended while no attempt was running, or because the live drill ended them."""

    jobs: list[Any]


@dataclass(frozen=True)
class HoldRequested(Event, what="hold"):
    """The live drill asked the service to hold back the answer to the next submission of a run."""


@dataclass(frozen=True)
class Held(Event, what="held"):
    """The service holds back the answer to a submission."""


def to_json(event: Event) -> dict[str, Any]:
    """Return an event as a JSON object: its kind, time, origin and fields."""
    record: dict[str, Any] = {"what": event.what}
    if event.at is not None:
        record["at"] = event.at
    if event.origin is not None:
        record.update(vars(event.origin))
    for each in fields(event):
        value = getattr(event, each.name)
        # Leave out `error` if there is none, since most processes end without one.
        if each.name not in {"at", "origin"} and (each.name, value) != ("error", None):
            record[each.name] = list(value) if isinstance(value, Point) else value
    return record


def from_json(record: Mapping[str, Any]) -> Event:
    """Return the event that `to_json` converted.

    Raises:
        KeyError: the kind is unknown.
        TypeError: a field is missing.
    """
    kind = Event.KINDS[record["what"]]
    values = {each.name: record[each.name] for each in fields(kind) if each.name in record}
    if "point" in values:
        values["point"] = Point(*values["point"])
    if "process" in record:
        values["origin"] = Origin(record["at"], record["process"], record["run"])
    return kind(**values)


Kind = TypeVar("Kind", bound=Event)


class Journal:
    """An append-only file of events, each of which is written completely or not at all.

    Forked processes share it; each of them reads the events of all.

    Args:
        path: the path of the file.
        time: returns the time of each event in seconds (default: events keep the time they have).
    """

    def __init__(self, path: Path, time: Callable[[], float] | None = None) -> None:
        self.path = path
        self._time = time
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = RLock()
        self._events: list[Event] = []
        self._offset = 0

    def write(self, event: Event) -> None:
        """Append an event, with the current time unless the event has one."""
        if event.at is None and self._time is not None:
            event = replace(event, at=self._time())
        line = json.dumps(to_json(event)) + "\n"
        with self._lock:
            os.write(self._file, line.encode())

    def extend(self, events: Iterable[Event]) -> None:
        """Append several events."""
        for event in events:
            self.write(event)

    def read(self) -> list[Event]:
        """Return all events so far, oldest first."""
        size = 1 << 16
        with self._lock:
            while more := os.pread(self._file, size, self._offset):
                whole = more[: more.rfind(b"\n") + 1]
                if not whole and len(more) < size:
                    break
                if not whole:  # a long line
                    size *= 2
                    continue
                self._offset += len(whole)
                self._events += [from_json(json.loads(line)) for line in whole.splitlines()]
            return self._events

    def of(self, kind: type[Kind]) -> Iterator[Kind]:
        """Yield the events of one kind, oldest first."""
        return (event for event in self.read() if isinstance(event, kind))

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)
