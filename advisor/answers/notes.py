"""Notes on the answers to a job: what is newer than the knowledge, or contradicts it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from advisor.answers.model import Answers
from advisor.answers.parse import newer_than_known, too_new
from advisor.documents.model import nearest, shown
from advisor.knowledge.model import Question, System


def notes_on(
    answers: Answers, version: Question, system: System | None, systems: Iterable[str]
) -> Iterator[str]:
    """Yield a note for each answer that needs one.

    Args:
        answers: the complete answers to a job.
        version: the question about the version of Airflow.
        system: the system that the answers name; None if they name none, or an unknown one.
        systems: the ids of the known systems.
    """
    if newest := newer_than_known(version, answers.values[version.id]):
        yield too_new(answers.values[version.id], newest)
    if system is not None:
        yield from _contradictions(answers, system)
    elif name := answers.values.get("system"):
        known = list(systems)
        hint = nearest(name, known) or f"known: {', '.join(known)}"
        yield f"unknown system {shown(name)}, so no existing operator is suggested ({hint})"


def _contradictions(answers: Answers, system: System) -> Iterator[str]:
    """Yield a note for each thing that the system has, although the answers deny it."""
    if answers.values["async_client"] == "no" and system.async_client == "yes":
        client = system.async_client_name
        yield f"async_client is no, but {system.title} has an async client ({client})"
    if answers.values["idempotency_key"] == "no" and system.submission_key == "yes":
        yield f"idempotency_key is no, but {system.title} accepts a key. {system.key_note}"
