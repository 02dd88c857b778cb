"""What to tell beside the result: where the answers and what is known differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from advisor.answers.batch import Draft
from advisor.answers.model import assumption
from advisor.answers.parse import nearest, newer_than_known, too_new
from advisor.documents.model import shown
from advisor.knowledge.model import Question


def notices_on_assumed(question: Question, drafts: Iterable[Draft]) -> list[str]:
    """Return a notice where the version that is assumed is newer than what is known."""
    if all(question.id in draft.given for draft in drafts):
        return []
    version, _ = assumption(question)
    newest = newer_than_known(question, version)
    return [too_new(version, newest)] if newest else []


def notices_on_systems(drafts: Iterable[Draft]) -> list[str]:
    """Return a notice, once, for each system that is unknown or known for something else."""
    named = [draft.given for draft in drafts if "system" in draft.given]
    return list(dict.fromkeys(notice for given in named for notice in _notices(given)))


def _notices(given: Mapping[str, str]) -> Iterator[str]:
    from advisor.catalog.operators import find_system, load_systems

    system = find_system(given["system"])
    if system is None:
        known = [each.id for each in load_systems()]
        hint = nearest(given["system"], known) or f"known are {', '.join(known)}"
        yield f"nothing is known of operators for {shown(given['system'])}; {hint}"
        return
    if given.get("async_client") == "no" and system.async_client == "yes":
        yield f"{system.title} has an async client, {system.async_client_name}; you said no"
    if given.get("idempotency_key") == "no" and system.submission_key == "yes":
        yield f"{system.title} takes a key with a submission; you said no. {system.key_note}"
