"""From the facts of a scenario to the words for them, and to what they say of a documented cell."""

from __future__ import annotations

from typing import Final, NamedTuple

from measuring.facts import NO_DAG, Alone, Facts, Fanned, Hurt, Installed, Waited

UNCLEAR: Final = "unclear"
"""A value that no documented cell has: something came out that nobody thought of."""


class Label(NamedTuple):
    """What the facts amount to: a value as the documented table has them, and words for it."""

    value: str
    words: str


def of_slot(facts: Facts) -> Label:
    """Say whether the task held its slot."""
    assert isinstance(facts, Waited)
    figures = (facts.running_slots, facts.deferred_slots, facts.open_slots)
    values = {(1, 0, facts.slots - 1): "held", (0, 1, facts.slots): "freed"}
    running, deferred, free = figures
    words = f"{running} running, {deferred} deferred, {free} of {facts.slots} slots open"
    return Label(values.get(figures, UNCLEAR), words)


def of_triggerer(facts: Facts) -> Label:
    """Say whether the task ended without a Triggerer."""
    assert isinstance(facts, Alone)
    if facts.task == "success":
        return Label("no", "succeeded without one")
    value = "yes" if facts.task == "deferred" else UNCLEAR
    watched = f"{facts.watched_seconds} s after its job had ended"
    return Label(value, f"without one still {facts.task} {watched}")


def of_recovery(facts: Facts) -> Label:
    """Say whether the task went on with the job that it had."""
    assert isinstance(facts, Hurt)
    if facts.end != "success":
        return Label("no", facts.end)
    if facts.jobs > 1:
        return Label("no", "began anew")
    lost = ", its result lost" if facts.result == "lost" else ""
    return Label("yes", f"went on with its job{lost}") if facts.went_on else Label(UNCLEAR, "?")


def of_duplicates(facts: Facts) -> Label:
    """Say how often the task submitted."""
    assert isinstance(facts, Hurt)
    return Label("yes", "1 job") if facts.jobs == 1 else Label("no", f"{facts.jobs} jobs")


def of_fan_out(facts: Facts) -> Label:
    """Say how many requests were in flight at once."""
    assert isinstance(facts, Fanned)
    values = {1: "no", facts.requests: "yes"} if facts.end == "success" else {}
    words = f"{facts.most_at_once} of {facts.requests} requests in flight at once"
    return Label(values.get(facts.most_at_once, UNCLEAR), words)


def of_installed(facts: Facts) -> Label:
    """Say whether the pattern is there."""
    assert isinstance(facts, Installed)
    if facts.end == "success" and not facts.lacks:
        return Label("yes", "imports and runs")
    missing = " and ".join(
        f"no {part.replace(' ', '.').rpartition('.')[2]}" for part in facts.lacks
    )
    dag = "its Dag cannot be imported" if facts.end == NO_DAG else f"its Dag run: {facts.end}"
    return Label("no" if facts.lacks else UNCLEAR, f"{missing}; {dag}")
