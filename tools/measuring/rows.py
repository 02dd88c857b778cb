"""The rows of the documented table: the scenarios that measure each, and labels for the facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from measuring.deployment import SLOTS
from measuring.facts import (
    NO_DAG,
    ConcurrentRequests,
    Facts,
    InstalledParts,
    KilledRun,
    PoolSlots,
    WithoutTriggerer,
)
from measuring.scenarios import (
    BEFORE_DEFERRING,
    FANS_OUT,
    NO_TRIGGERER,
    READINGS,
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

UNCLEAR: Final = "unclear"
"""A value that no documented cell has, for unexpected facts."""
KILLS: Final = (NO_TRIGGERER, WAITING, SUBMITTING, BEFORE_DEFERRING, RESUMING)


@dataclass(frozen=True)
class Label:
    """The meaning of facts: a value of the documented table, and a description."""

    value: str
    words: str


@dataclass(frozen=True)
class Row:
    """A characteristic: the scenarios that measure it, and the label of their facts."""

    id: str
    scenarios: tuple[str, ...]
    facts: Callable[..., Facts]
    label: Callable[[Facts], Label]
    ran: str
    """What was run, as the beginning of a sentence."""
    how: Mapping[str, str] = field(default_factory=dict)
    """The end of the sentence, for patterns that were run differently."""


def label_slot(facts: Facts) -> Label:
    """Label whether the task held its slot."""
    assert isinstance(facts, PoolSlots)
    figures = (facts.running_slots, facts.deferred_slots, facts.open_slots)
    values = {(1, 0, facts.slots - 1): "held", (0, 1, facts.slots): "freed"}
    running, deferred, free = figures
    words = f"{running} running, {deferred} deferred, {free} of {facts.slots} slots open"
    return Label(values.get(figures, UNCLEAR), words)


def label_triggerer(facts: Facts) -> Label:
    """Label whether the task needs a Triggerer."""
    assert isinstance(facts, WithoutTriggerer)
    if facts.task == "success":
        return Label("no", "succeeded without a Triggerer")
    value = "yes" if facts.task == "deferred" else UNCLEAR
    return Label(value, f"still {facts.task} {facts.watched_seconds} s after its job ended")


def label_recovery(facts: Facts) -> Label:
    """Label whether the task continued with its first job."""
    assert isinstance(facts, KilledRun)
    if facts.end != "success":
        return Label("no", facts.end)
    if facts.jobs > 1:
        return Label("no", "started over")
    lost = ", but lost its result" if facts.result == "lost" else ""
    return Label("yes", f"continued with its job{lost}") if facts.went_on else Label(UNCLEAR, "?")


def label_duplicates(facts: Facts) -> Label:
    """Label how many jobs the task submitted."""
    assert isinstance(facts, KilledRun)
    return Label("yes", "1 job") if facts.jobs == 1 else Label("no", f"{facts.jobs} jobs")


def label_fan_out(facts: Facts) -> Label:
    """Label how many requests were in flight at the same time."""
    assert isinstance(facts, ConcurrentRequests)
    values = {1: "no", facts.requests: "yes"} if facts.end == "success" else {}
    words = f"{facts.most_at_once} of {facts.requests} requests in flight at once"
    return Label(values.get(facts.most_at_once, UNCLEAR), words)


def label_installed(facts: Facts) -> Label:
    """Label whether the release has the pattern."""
    assert isinstance(facts, InstalledParts)
    if facts.end == "success" and not facts.lacks:
        return Label("yes", "imports and runs")
    missing = " and ".join(part.replace(" ", ".").rpartition(".")[2] for part in facts.lacks)
    dag = "the Dag cannot be imported" if facts.end == NO_DAG else f"the Dag run ended: {facts.end}"
    return Label("no" if facts.lacks else UNCLEAR, f"missing {missing}; {dag}")


ROWS: Final = (
    Row(
        "worker-slot",
        (WAITS,),
        PoolSlots,
        label_slot,
        f"One task waited for its job in a pool of {SLOTS} slots; the slot counts of the pool were "
        f"read {READINGS} times",
    ),
    Row(
        "requires-triggerer",
        (WAITS_ALONE,),
        WithoutTriggerer,
        label_triggerer,
        f"The Triggerer was stopped, then a task with a job of {SHORT} s was run",
    ),
    Row(
        "crash-recovery",
        KILLS,
        KilledRun,
        label_recovery,
        "Processes of a task with retries=2 were killed with SIGKILL",
        {
            "deferrable": ", using the documented operator and one that stores the job's id "
            "before it defers",
            "resumable": ", the task and its supervisor together",
            "async": ", using a plain BaseAsyncOperator and one that stores the job's id itself",
        },
    ),
    Row(
        "prevents-duplicates",
        KILLS,
        KilledRun,
        label_duplicates,
        "The job service counted the jobs submitted during the crash-recovery runs",
    ),
    Row(
        "fan-out",
        (FANS_OUT,),
        ConcurrentRequests,
        label_fan_out,
        f"One task instance made {REQUESTS} requests of {SECONDS_PER_REQUEST} s each",
        {
            "deferrable": " and deferred for each",
            "resumable": " and called execute_resumable for each",
            "async": " with asyncio.gather",
        },
    ),
    Row(
        "available-from",
        (RUNS,),
        InstalledParts,
        label_installed,
        "The parts of the pattern were imported, and a Dag that uses them was run; releases before "
        "3.2.2 were not measured",
    ),
)
