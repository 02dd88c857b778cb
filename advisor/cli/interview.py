"""Asking what is missing: first what always matters, then what still can."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from advisor.answers.model import INSTALLED, assumption
from advisor.answers.parse import InvalidAnswer, parse_answer
from advisor.cli.prompts import Prompter
from advisor.knowledge.model import Choice, Question

Matters = Callable[[str, Mapping[str, str]], bool]
"""Whether a question can still change the result, given the answers so far."""

OTHER = "other"


def ask_missing(
    questions: Mapping[str, Question],
    given: Mapping[str, str],
    prompter: Prompter,
    matters: Matters,
    systems: list[tuple[str, str]],
) -> dict[str, str]:
    """Return the answers given and those to every question that still had to be asked.

    `systems` are ids and titles to choose from for the question of the system.
    """
    answers = dict(given)
    for question in sorted(questions.values(), key=_turn):
        if question.id not in answers and _is_due(question, answers, matters):
            answer = _ask(question, prompter, systems)
            if answer:
                answers[question.id] = answer
    return {id_: answers[id_] for id_ in questions if id_ in answers}


def _turn(question: Question) -> int:
    """Return when a question is asked: the version before the follow-ups that hang on it."""
    return ["always", "version", "follow-up", "optional"].index(question.asked)


def _is_due(question: Question, answers: Mapping[str, str], matters: Matters) -> bool:
    if question.asked == "version":
        return assumption(question)[1] != INSTALLED
    return question.asked != "follow-up" or matters(question.id, answers)


def _ask(question: Question, prompter: Prompter, systems: list[tuple[str, str]]) -> str:
    if question.kind == "choice":
        return prompter.choose(question.text, question.help, question.choices, question.default)
    if question.kind == "text":
        return _ask_system(question, prompter, systems)
    default = assumption(question)[0] if question.asked == "version" else ""
    typed = prompter.write(
        question.text, question.help, default, lambda text: _wrong(question, text)
    )
    return parse_answer(question, typed)


def _ask_system(question: Question, prompter: Prompter, systems: list[tuple[str, str]]) -> str:
    choices = [Choice(id_, title, "", "") for id_, title in systems]
    other = Choice(OTHER, "Another one", "", "nothing is known about its operators")
    chosen = prompter.choose(question.text, question.help, [other, *choices], OTHER)
    return "" if chosen == OTHER else chosen


def _wrong(question: Question, text: str) -> str:
    try:
        parse_answer(question, text)
    except InvalidAnswer as error:
        return f"{error.message[0].upper()}{error.message[1:]}" + (
            f"; {error.hint}" if error.hint else ""
        )
    return ""
