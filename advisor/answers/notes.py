"""Notes on the answers to a job: what is newer than the knowledge, or contradicts it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from advisor.answers.model import Answers
from advisor.answers.parse import newer_than_known, too_new
from advisor.catalog.lookup import known_names, similar_names
from advisor.documents.model import shown
from advisor.knowledge.model import Question
from advisor.knowledge.operators import System, Target


def notes_on(answers: Answers, version: Question, target: Target | None) -> Iterator[str]:
    """Yield a note for each answer that needs one.

    Args:
        answers: the complete answers to a job.
        version: the question about the version of Airflow.
        target: what the answers name as the system; None if they name none, or an unknown one.
    """
    if newest := newer_than_known(version, answers.values[version.id]):
        yield too_new(answers.values[version.id], newest)
    if target is not None and target.system is not None:
        yield from _contradictions(answers, target.system)
    elif target is None and (name := answers.values.get("system")):
        yield unknown_system(name)


@cache
def unknown_system(name: str) -> str:
    """Return the note for a system or class that the catalogue does not have."""
    similar = similar_names(name, known_names())
    hint = f"did you mean '{similar[0]}'?" if similar else "`advisor catalog` lists the known ones"
    return f"unknown system or operator {shown(name)}, so none is suggested ({hint})"


def _contradictions(answers: Answers, system: System) -> Iterator[str]:
    """Yield a note for each thing that the system has, although the answers deny it."""
    if answers.values["async_client"] == "no" and system.async_client == "yes":
        client = system.async_client_name
        yield f"async_client is no, but {system.title} has an async client ({client})"
    if answers.values["idempotency_key"] == "no" and system.submission_key == "yes":
        yield f"idempotency_key is no, but {system.title} accepts a key. {system.key_note}"
