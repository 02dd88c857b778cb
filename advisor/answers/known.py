"""The answers that the catalogue of existing operators knows."""

from __future__ import annotations

from advisor.knowledge.operators import Candidate, Target

CATALOGUE_ANSWERS = frozenset(("async_client", "work", "job_id", "idempotency_key"))
"""The questions that the catalogue may answer."""


def known_answers(target: Target | None) -> dict[str, str]:
    """Return what the catalogue knows about a system or class: answers by question.

    A key that can only be looked up does not stop a second job, so it counts as none.
    """
    answers: dict[str, str] = {}
    if target is None:
        return answers
    if target.system is not None and target.system.async_client != "unknown":
        answers["async_client"] = target.system.async_client
    elif target.system is None and any(_can_defer(each) for each in _all(target)):
        answers["async_client"] = "yes"
    if target.operators or (target.system is not None and target.system.template):
        answers["job_id"] = "yes"
    elif target.sensors:
        answers["work"] = "event"
    if target.system is not None and target.system.submission_key != "unknown":
        answers["idempotency_key"] = "yes" if target.system.submission_key == "yes" else "no"
    return answers


def _all(target: Target) -> tuple[Candidate, ...]:
    return (*target.operators, *target.sensors)


def _can_defer(candidate: Candidate) -> bool:
    return any(mode.pattern == "deferrable" for mode in candidate.operator.modes)


def origin_of(target: Target) -> str:
    """Return the name of a system or class, as the origin of the answers that are known."""
    return target.system.title if target.system else target.name
