"""Completes the answers for a job with what the catalogue knows, and with defaults."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from advisor.answers.batch import SYSTEM, Draft
from advisor.answers.known import known_answers, origin_of
from advisor.answers.model import DEFAULT, INSTALLED, NEWEST, Answers
from advisor.catalog.installed import NOTHING, Installed
from advisor.catalog.lookup import find_target
from advisor.knowledge.model import Question
from advisor.knowledge.operators import Target
from advisor.knowledge.versions import installed_airflow, parse_version

UNASSUMED = ("optional", "context")
"""When the questions are asked that have no answer unless it is given."""


def target_of(
    draft: Draft, questions: Mapping[str, Question], installed: Installed = NOTHING
) -> Target | None:
    """Return what a draft names as the system, None if it names none or an unknown one.

    Raises:
        Ambiguous: two providers have a class of this name.
    """
    name, version = draft.given.get(SYSTEM), questions["airflow_version"]
    airflow = parse_version(draft.given.get(version.id) or assumption(version, installed)[0])
    return find_target(name, airflow, draft.releases, installed) if name else None


def complete_answers(
    draft: Draft,
    questions: Mapping[str, Question],
    target: Target | None = None,
    installed: Installed = NOTHING,
) -> Answers:
    """Return the answers of a draft, with an assumption for each missing one.

    What the catalogue knows about `target` is assumed before the default.
    """
    known = known_answers(target)
    origin = origin_of(target) if target else ""
    values: dict[str, str] = {}
    assumed: dict[str, str] = {}
    for id_, question in questions.items():
        if id_ in draft.given:
            values[id_] = draft.given[id_]
        elif id_ in known:
            values[id_], assumed[id_] = known[id_], origin
        elif question.asked not in UNASSUMED:
            values[id_], assumed[id_] = assumption(question, installed)
    releases = {**installed.releases, **draft.releases}
    return Answers(draft.name, values, assumed, draft.expect, draft.safe, releases)


def assumption(question: Question, installed: Installed = NOTHING) -> tuple[str, str]:
    """Return the answer that is assumed for an unanswered question, and the origin of it.

    The version of Airflow is that of the environment or file that the user names, else the one that
    is installed next to advisor, else the latest stable release.
    """
    if question.asked != "version":
        return question.default, DEFAULT
    if installed.airflow:
        if installed.airflow >= question.known[0]:
            return str(installed.airflow), installed.source
        return question.stable, f"{NEWEST}; {installed.airflow} of {installed.source} is too old"
    here = _installed()
    if here and parse_version(here) >= question.known[0]:
        return here, INSTALLED
    return question.stable, NEWEST


@cache
def _installed() -> str | None:
    return installed_airflow()
