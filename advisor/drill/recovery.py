"""What an operator must survive: the faults of a drill by the pattern of the operator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Final

from advisor.drill.jobs import status_in, stores_ids, submissions, waits
from advisor.drill.model import Pattern, Scenario, ServiceFault, Signal
from advisor.drill.runtime.events import TRIGGER, Ended, Event, Started
from advisor.drill.runtime.service import Behaviour

UP_FOR_RETRY: Final = "up_for_retry"
"""The state of an attempt that failed and is retried."""


class Recovery(str, Enum):
    """How the task must end after a fault."""

    success = "success"
    """The task must succeed."""
    or_fail_at_once = "success, or failure without a retry"
    """The task must succeed, unless it gives up: it fails in an attempt that is not retried.

    An operator may decide that such a job needs a person. It must not use up its retries on a job
    that cannot come back.
    """
    unspecified = "any"
    """The fault does not determine the state of the task."""


_WAITS: Final = {
    **dict.fromkeys(ServiceFault, Recovery.success),
    ServiceFault.job_fails: Recovery.or_fail_at_once,
    ServiceFault.job_vanishes: Recovery.or_fail_at_once,
}
REQUIRED: Final[Mapping[Pattern, Mapping[ServiceFault, Recovery]]] = {
    Pattern.plain: _WAITS,
    Pattern.durable: _WAITS,
    Pattern.deferrable: _WAITS,
    Pattern.no_wait: dict.fromkeys(ServiceFault, Recovery.success),
    Pattern.no_submission: {
        **dict.fromkeys(ServiceFault, Recovery.success),
        # Only the task that submitted the job can submit another one.
        ServiceFault.job_fails: Recovery.unspecified,
        ServiceFault.job_vanishes: Recovery.unspecified,
        ServiceFault.forgotten: Recovery.unspecified,
    },
}
"""How the task must end after each service fault."""
AMBIGUOUS: Final = frozenset({ServiceFault.submit_fails, ServiceFault.answer_lost})
"""Faults after which it is unknown whether a job was started.

Without an idempotency key, an operator may leave this question to a person, as it must not submit
a second job.
"""
AFTER_SIGNAL: Final[Mapping[Signal, Recovery]] = {
    Signal.KILL: Recovery.success,
    Signal.TERM: Recovery.success,
    Signal.END: Recovery.unspecified,
}
"""How the task must end after each signal, in every pattern: Airflow retries a lost attempt."""


def pattern_of(baseline: Sequence[Event], behaviour: Behaviour) -> Pattern:
    """Return the pattern of an operator, as observed in its baseline run."""
    jobs = submissions(baseline)
    if not jobs:
        return Pattern.no_submission
    running = (status_in(baseline, each.job, behaviour) == "running" for each in jobs)
    if not waits(baseline) and any(running):
        return Pattern.no_wait
    if any(isinstance(event, Started) and event.phase == TRIGGER for event in baseline):
        return Pattern.deferrable
    return Pattern.durable if stores_ids(baseline) else Pattern.plain


def required(scenario: Scenario, pattern: Pattern) -> Recovery:
    """Return how the task must end in a scenario."""
    if scenario.service_fault in ServiceFault.__members__.values():
        fault = ServiceFault(scenario.service_fault)
        recovery = REQUIRED[pattern][fault]
        is_ambiguous = fault in AMBIGUOUS and not scenario.behaviour.honours_keys
        return Recovery.or_fail_at_once if is_ambiguous else recovery
    signals = [AFTER_SIGNAL[signal] for _, signal in scenario.aims]
    if not signals or Recovery.unspecified in signals:
        return Recovery.unspecified
    return Recovery.success


def table_rows() -> list[str]:
    """Return what must survive as the rows of a Markdown table, with a column per pattern."""
    signals = {f"`{signal.value}`": (each,) * len(Pattern) for signal, each in AFTER_SIGNAL.items()}
    faults = {
        fault.value: tuple(REQUIRED[pattern][fault] for pattern in Pattern)
        for fault in ServiceFault
    }
    return [
        f"| {fault} | {' | '.join(each.value for each in recoveries)} |"
        for fault, recoveries in (*signals.items(), *faults.items())
    ]


def is_recovered(state: str, events: Sequence[Event], recovery: Recovery) -> bool:
    """Return whether a task that has ended ended as it must."""
    if state == "success" or recovery is Recovery.unspecified:
        return True
    if recovery is Recovery.success or state != "failed":
        return False
    return not any(isinstance(event, Ended) and event.state == UP_FOR_RETRY for event in events)
