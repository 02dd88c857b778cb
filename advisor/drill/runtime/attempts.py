"""An attempt at a task: what Airflow knows when it starts, and what it is told when it ends."""

from __future__ import annotations

from typing import Any, NamedTuple


class Attempt(NamedTuple):
    """What Airflow knows of an attempt when it starts."""

    try_number: int
    max_tries: int
    resume: dict[str, Any] | None = None
    """The method and the arguments to go on with after a deferral."""


class Ended(NamedTuple):
    """How an attempt ended: the state of the task instance, the error, and what it left behind."""

    state: str
    error: str | None
    deferral: dict[str, Any] | None
    seconds: float
    """For how long it is rescheduled."""
