"""The complete answers for a job: those that were given, and assumptions for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from advisor.answers.batch import Draft
from advisor.knowledge.model import Question
from advisor.knowledge.versions import installed_airflow, parse_version

DEFAULT = "default"
INSTALLED = "installed here"
NEWEST = "latest known stable release"


@dataclass(frozen=True)
class Answers:
    """A complete set of canonical answers for one job.

    `values` holds the answer to each question, including assumed ones; only `system` may be
    missing. `assumed` maps each question with an assumed answer to the origin of that answer:
    DEFAULT, INSTALLED or NEWEST. `expect` is the pattern (or `none`) that the recommendation must
    have, or None if none is expected.
    """

    name: str
    values: Mapping[str, str]
    assumed: Mapping[str, str]
    expect: str | None = None


def complete_answers(draft: Draft, questions: Mapping[str, Question]) -> Answers:
    """Return the answers in a draft, with an assumption for each missing one."""
    values: dict[str, str] = {}
    assumed: dict[str, str] = {}
    for id_, question in questions.items():
        if id_ in draft.given:
            values[id_] = draft.given[id_]
        elif question.asked != "optional":
            values[id_], assumed[id_] = assumption(question)
    return Answers(draft.name, values, assumed, draft.expect)


def assumption(question: Question) -> tuple[str, str]:
    """Return the answer to assume if a question is not answered, and the origin of that answer."""
    if question.asked != "version":
        return question.default, DEFAULT
    installed = _installed()
    if installed and parse_version(installed) >= question.known[0]:
        return installed, INSTALLED
    return question.stable, NEWEST


@cache
def _installed() -> str | None:
    return installed_airflow()
