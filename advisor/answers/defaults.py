"""From a draft to a full set of answers: what nobody answered is assumed, and marked so."""

from __future__ import annotations

from functools import cache

from advisor.answers.batch import Draft
from advisor.answers.model import DEFAULT, Answers
from advisor.knowledge.installed import installed_airflow
from advisor.knowledge.model import Knowledge, Question
from advisor.knowledge.versions import parse_version

INSTALLED = "the Airflow installed here"
NEWEST = "the newest stable one known"


class Completer:
    """Completes drafts against the questions of one body of knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.questions = knowledge.questions

    def complete(self, draft: Draft) -> Answers:
        """Return a draft's answers, with what is missing assumed."""
        values: dict[str, str] = {}
        assumed: dict[str, str] = {}
        for id_, question in self.questions.items():
            if id_ in draft.given:
                values[id_] = draft.given[id_]
            elif question.asked != "optional":
                values[id_], assumed[id_] = assumption(question)
        return Answers(draft.name, values, assumed, draft.expect)


def assumption(question: Question) -> tuple[str, str]:
    """Return the answer to assume for a question that nobody answered, and where it is from."""
    if question.asked != "version":
        return question.default, DEFAULT
    found = _installed()
    if found and parse_version(found) >= question.known[0]:
        return found, INSTALLED
    return question.stable, NEWEST


@cache
def _installed() -> str | None:
    return installed_airflow()
