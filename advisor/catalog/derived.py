"""Describes an operator without hand-written facts, from what its source shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from advisor.catalog.model import OperatorFacts
from advisor.knowledge.model import Source
from advisor.knowledge.operators import (
    Mode,
    ModePattern,
    Operator,
    RetryDuplicates,
    WaitLimit,
)
from advisor.knowledge.versions import (
    ALL_VERSIONS,
    NO_UPPER_END,
    STORE_SINCE,
    VersionRange,
)

RETRY: dict[str, tuple[RetryDuplicates, str]] = {
    "task-state-store": (
        "window",
        "reconnects to the stored job; the submit window remains",
    ),
    "labels": ("yes", "looks for the running job by its labels; may run a finished job again"),
    "tag": ("yes", "looks for the running job by a tag; may run a finished job again"),
    "nothing": ("yes", "submits again, because nothing finds the first job"),
    "unknown": ("unknown", "does something that its source does not show"),
}
"""What a retry does, by how it finds the job."""
OTHER_RELEASE: tuple[RetryDuplicates, str] = (
    "unknown",
    "is not known: another release of the provider was read",
)
SENSOR_RETRY = "waits again; a sensor submits nothing"
SENSOR_KILL = "only ends the wait"


def derive_operator(facts: OperatorFacts, package: str, *, is_known: bool) -> Operator:
    """Return an operator with the modes that its source shows.

    `is_known` is false if another release was read than the user's, so that a retry is not known.
    """
    return Operator(
        name=facts.name,
        module=facts.module,
        provider=facts.provider,
        package=package,
        system="",
        kind=facts.kind,
        line=f"{facts.name}(...)",
        modes=tuple(_modes(facts, is_known)),
        waits=(_wait(facts),) if isinstance(facts.wait_limit_s, (int, float)) else (),
        split=None,
        facts=(),
    )


def _modes(facts: OperatorFacts, is_known: bool) -> Iterator[Mode]:
    if facts.deferrable in ("parameter", "always"):
        arguments = {"deferrable": "True"} if facts.deferrable == "parameter" else {}
        yield _mode(facts, "deferrable", arguments, is_known)
    if facts.kind == "sensor":
        yield _mode(facts, "reschedule", {"mode": '"reschedule"'}, is_known)
        yield _mode(facts, "poke", {}, is_known)
    elif facts.acts == "yes":
        yield _mode(facts, "resumable", {"durable": "True"}, is_known)
    elif facts.deferrable != "always":
        yield _mode(facts, "plain", {}, is_known)


def _mode(
    facts: OperatorFacts, pattern: ModePattern, arguments: dict[str, str], is_known: bool
) -> Mode:
    duplicates, retry = _retry(facts, pattern) if is_known else OTHER_RELEASE
    stores = VersionRange(STORE_SINCE, NO_UPPER_END)
    return Mode(
        pattern=pattern,
        arguments=arguments,
        provider=ALL_VERSIONS,
        airflow=stores if pattern == "resumable" else ALL_VERSIONS,
        retry_duplicates=duplicates,
        reruns_failed=True,
        finds_running=facts.retry_finds_job_by in ("labels", "tag"),
        retry=retry,
        kill=SENSOR_KILL if facts.kind == "sensor" else _kill(facts, pattern),
        sources=(Source("measured", f"read in {facts.module}, by a program", ""),),
    )


def _retry(facts: OperatorFacts, pattern: ModePattern) -> tuple[RetryDuplicates, str]:
    """Return what a retry does. The store is known to work on the synchronous path only."""
    if facts.kind == "sensor":
        return "never", SENSOR_RETRY
    if facts.idempotency_parameter and facts.retry_finds_job_by in ("nothing", "caller-id"):
        return "yes", f"submits again unless {facts.idempotency_parameter} is set to a fixed value"
    if facts.retry_finds_job_by == "task-state-store" and pattern != "resumable":
        return "unknown", "may submit again: its deferred path was not seen to use the stored id"
    return RETRY.get(facts.retry_finds_job_by, RETRY["unknown"])


def _kill(facts: OperatorFacts, pattern: ModePattern) -> str:
    if facts.on_kill == "unknown":
        return "what SIGTERM does is not known"
    running = "calls on_kill" if facts.on_kill == "yes" else "leaves the job running"
    text = f"SIGTERM {running}"
    if pattern == "deferrable":
        deferred = {"yes": "the trigger's on_kill runs", "no": "nothing cancels the job"}
        unknown = "nothing is known to cancel the job"
        text += f"; while deferred {deferred.get(facts.trigger_on_kill, unknown)}"
    return text


def _wait(facts: OperatorFacts) -> WaitLimit:
    """Return the wait limit; the names of its parameters tell interval, attempts and timeout."""
    seconds = facts.wait_limit_s
    named = {_role(name): (name, default) for name, default in facts.wait_parameters.items()}
    return WaitLimit(
        patterns=(),
        provider=ALL_VERSIONS,
        seconds=int(seconds) if isinstance(seconds, (int, float)) else None,
        interval=named.get("interval"),
        attempts=named.get("attempts"),
        timeout=named.get("timeout"),
        sources=(Source("measured", f"read in {facts.module}, by a program", ""),),
    )


def _role(parameter: str) -> Literal["interval", "attempts", "timeout"]:
    if "timeout" in parameter or parameter.endswith("_time"):
        return "timeout"
    return "attempts" if "attempt" in parameter or "retries" in parameter else "interval"
