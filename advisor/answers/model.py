"""The complete answers for a job: the given ones, and assumptions for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from advisor.answers.batch import Draft
from advisor.knowledge.model import Question
from advisor.knowledge.versions import installed_airflow, parse_version

DEFAULT = "default"
INSTALLED = "installed version"
NEWEST = "latest stable release"


@dataclass(frozen=True)
class Answers:
    """A complete set of canonical answers for one job.

    `values` has the answer to each question; only `system` may be missing. `assumed` maps each
    question with an assumed answer to the origin of that answer: DEFAULT, INSTALLED or NEWEST.
    `expect` is the expected pattern (or `none`), or None if there is no expectation.
    """

    name: str
    values: Mapping[str, str]
    assumed: Mapping[str, str]
    expect: str | None = None


def complete_answers(draft: Draft, questions: Mapping[str, Question]) -> Answers:
    """Return the answers of a draft, with an assumption for each missing one."""
    values: dict[str, str] = {}
    assumed: dict[str, str] = {}
    for id_, question in questions.items():
        if id_ in draft.given:
            values[id_] = draft.given[id_]
        elif question.asked != "optional":
            values[id_], assumed[id_] = assumption(question)
    return Answers(draft.name, values, assumed, draft.expect)


def assumption(question: Question) -> tuple[str, str]:
    """Return the answer that is assumed for an unanswered question, and the origin of it."""
    if question.asked != "version":
        return question.default, DEFAULT
    installed = _installed()
    if installed and parse_version(installed) >= question.known[0]:
        return installed, INSTALLED
    return question.stable, NEWEST


@cache
def _installed() -> str | None:
    return installed_airflow()
