"""The rows of the documented table: which scenarios tell of each, and what was run, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from measuring import labels
from measuring.facts import Alone, Facts, Fanned, Hurt, Installed, Waited
from measuring.labels import Label
from measuring.scenarios import (
    BEFORE_DEFERRING,
    FANS_OUT,
    LOOKS,
    NO_TRIGGERER,
    REQUESTS,
    RESUMING,
    RUNS,
    SECONDS_PER_REQUEST,
    SHORT,
    SUBMITTING,
    WAITING,
    WAITS,
    WAITS_ALONE,
)
from measuring.stage import SLOTS

KILLS: Final = (NO_TRIGGERER, WAITING, SUBMITTING, BEFORE_DEFERRING, RESUMING)


class Row(NamedTuple):
    """A characteristic: the scenarios that measure it, and what their facts say of it."""

    id: str
    scenarios: tuple[str, ...]
    facts: Callable[..., Facts]
    label: Callable[[Facts], Label]
    ran: str
    how: Mapping[str, str]
    """What a form of the pattern does in its own way, to follow the sentence."""


ROWS: Final = (
    Row(
        "worker-slot",
        (WAITS,),
        Waited,
        labels.of_slot,
        f"One task waited for its job in a pool of {SLOTS} slots, whose figures were read {LOOKS} "
        "times",
        {},
    ),
    Row(
        "requires-triggerer",
        (WAITS_ALONE,),
        Alone,
        labels.of_triggerer,
        f"The Triggerer was stopped, then a task was run whose job takes {SHORT} s",
        {},
    ),
    Row(
        "crash-recovery",
        KILLS,
        Hurt,
        labels.of_recovery,
        "Processes of a task with retries=2 were killed by SIGKILL",
        {
            "deferrable": ", with the documented operator and with one that stores the job's id "
            "before it defers",
            "resumable": ", task and supervisor at once",
            "async": ", with a plain BaseAsyncOperator and with one that stores the job's id by "
            "hand",
        },
    ),
    Row(
        "prevents-duplicates",
        KILLS,
        Hurt,
        labels.of_duplicates,
        "In the same runs as for crash-recovery, the job service counted what it received",
        {},
    ),
    Row(
        "fan-out",
        (FANS_OUT,),
        Fanned,
        labels.of_fan_out,
        f"One task instance made {REQUESTS} requests that take {SECONDS_PER_REQUEST} s each",
        {
            "deferrable": ", deferring for each",
            "resumable": ", with execute_resumable for each",
            "async": ", with asyncio.gather",
        },
    ),
    Row(
        "available-from",
        (RUNS,),
        Installed,
        labels.of_installed,
        "What the pattern is made from was imported, and a Dag with it was run; releases older "
        "than 3.2.2 were not run",
        {},
    ),
)
