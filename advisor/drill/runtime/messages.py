"""The messages between the drill and its runner, one line of JSON each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from advisor.drill.runtime.events import Event, Point, Reached, from_json, to_json
from advisor.drill.runtime.service import Behaviour

Reason = Literal["no airflow", "no store", "probe", "target"]
"""Airflow is missing, older than 3.3 (without a task state store), or differs from what the drill
uses; or the target cannot be loaded."""


@dataclass(frozen=True)
class LoadRequest:
    """The operator that the runner should load."""

    folder: str
    """The folder for journals, locks and Airflow's files."""
    path: str
    stem: str
    """The stem of a scaffold's class names; "" for a factory."""
    factory: str
    jobs: list[Any]
    """Samples of jobs for a scaffold; [] for those of the drill."""


@dataclass(frozen=True)
class Loaded:
    """The operator that the runner has loaded."""

    sdk: str
    """The version of apache-airflow-task-sdk."""
    python: str
    """The path of the interpreter and its version."""
    files: dict[str, str]
    """Paths of the files whose lines are watched, by their names in points."""
    own: list[str]
    """The names of the operator's own files; the others are Airflow's."""
    honours_keys: bool
    """Whether the system honours idempotency keys, according to the hook."""
    listing_lag: float | None
    """Seconds until the hook can find a job by its key; None if it never can."""
    duration: float | None = None
    """Seconds that a job runs, if the factory sets them."""
    retries: int = 2
    """The operator's own retries."""


@dataclass(frozen=True)
class NotLoaded:
    """Why the runner cannot load the target."""

    reason: Reason
    message: str


@dataclass(frozen=True)
class RunRequest:
    """A run of the operator: the signals to send, and how the service behaves."""

    number: int
    aims: tuple[tuple[Point, str], ...]
    behaviour: Behaviour
    record: bool = False
    """Whether to record the points that are reached after the signals."""
    retries: int = 2
    """The maximum number of attempts after the first."""


@dataclass(frozen=True)
class RunBatch:
    """Runs, and the number of processes that share them."""

    runs: Sequence[RunRequest]
    jobs: int


@dataclass(frozen=True)
class RunResult:
    """The result of a run."""

    number: int
    """The number of the request."""
    state: str
    """The final state of the task instance; `stuck` or `endless` if it has none."""
    events: Sequence[Event]
    reached: Sequence[Reached]
    left: str
    """A digest of the state that the signals left behind; "" if no process followed them."""


Message = LoadRequest | Loaded | NotLoaded | RunBatch | RunResult


def to_line(message: Message) -> str:
    """Return a message as a line of JSON, with points as lists."""
    return json.dumps(vars(message), default=_fields) + "\n"


def read_load_request(line: str) -> LoadRequest:
    """Read the request that the runner starts with."""
    return LoadRequest(**json.loads(line))


def read_load_answer(line: str) -> Loaded | NotLoaded:
    """Read the answer to a request to load."""
    record = json.loads(line)
    return NotLoaded(**record) if "reason" in record else Loaded(**record)


def read_run_batch(line: str) -> RunBatch:
    """Read the runs that are requested."""
    record = json.loads(line)
    return RunBatch([_run_request(each) for each in record["runs"]], record["jobs"])


def read_run_result(line: str) -> RunResult:
    """Read the result of a run."""
    record = json.loads(line)
    record["events"] = [from_json(each) for each in record["events"]]
    record["reached"] = [Reached(Point(*point), events) for point, events in record["reached"]]
    return RunResult(**record)


def _run_request(record: dict[str, Any]) -> RunRequest:
    aims = tuple((Point(*point), signal) for point, signal in record["aims"])
    behaviour = record["behaviour"]
    behaviour["fails_once"] = tuple(behaviour["fails_once"])
    return RunRequest(**{**record, "aims": aims, "behaviour": Behaviour(**behaviour)})


def _fields(value: Any) -> dict[str, Any]:
    """Return the JSON object for an event or dataclass inside a message."""
    return to_json(value) if isinstance(value, Event) else vars(value)
