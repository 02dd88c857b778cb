"""The prompts of `advisor recommend`: for missing answers, and for scaffolding at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from advisor.answers.batch import Draft
from advisor.answers.model import INSTALLED, assumption
from advisor.answers.parse import InvalidAnswer, parse_answer
from advisor.catalog.operators import load_systems
from advisor.cli.output import say
from advisor.cli.prompts import Prompter, ask_yes, make_prompter, show_dimmed, wrapped
from advisor.cli.scaffold import WriteOptions, write_scaffolds
from advisor.decision.changes import can_matter
from advisor.decision.progress import Progress, describe_step, progress
from advisor.decision.recommend import Advisor
from advisor.decision.report import (
    JobReport,
    class_name,
    scaffold_command,
    scaffold_target,
    scaffolded_pattern,
)
from advisor.errors import DONE, InputError, Problem
from advisor.knowledge.model import Choice, Question
from advisor.knowledge.versions import Version
from advisor.naming import parse_name
from advisor.render.wording import answers_text
from advisor.scaffold.model import Overrides, ScaffoldRequest
from advisor.scaffold.pipeline import default_places

OTHER = "other"
ASKED_IN_ORDER = ("always", "version", "follow-up", "optional")
"""The version comes before the follow-up questions, which depend on it."""


def ask_missing_answers(draft: Draft, advisor: Advisor) -> Draft:
    """Ask for every missing answer, print what was understood, and return the complete draft."""
    answers = _ask_missing(draft.given, advisor)
    say(f"\n{wrapped(f'Understood: {answers_text(answers)}.')}\n")
    return replace(draft, given=answers, missing=())


def _ask_missing(given: Mapping[str, str], advisor: Advisor) -> dict[str, str]:
    """Ask every question that is still open; return the given answers and the new ones."""
    questions, prompter = advisor.knowledge.questions, make_prompter()
    answers = dict(given)
    # The first line also says what the given answers and the installed version have decided.
    decided = progress(advisor.decider, {})
    in_order = sorted(questions.values(), key=lambda each: ASKED_IN_ORDER.index(each.asked))
    for question in in_order:
        if question.id not in answers and _is_due(question, answers, advisor):
            answer = _ask(question, prompter)
            if answer:
                answers[question.id] = answer
            if answer and question.asked != "optional":
                before, decided = decided, _progress(answers, advisor)
                show_dimmed(describe_step(before, decided))
    return {id_: answers[id_] for id_ in questions if id_ in answers}


def _progress(answers: Mapping[str, str], advisor: Advisor) -> Progress:
    """Return what the answers and the installed version of Airflow have decided."""
    version = advisor.knowledge.questions["airflow_version"]
    assumed, origin = assumption(version)
    installed = {version.id: assumed} if origin == INSTALLED else {}
    return progress(advisor.decider, {**installed, **answers})


def _is_due(question: Question, answers: Mapping[str, str], advisor: Advisor) -> bool:
    if question.asked == "version":
        return assumption(question)[1] != INSTALLED
    return question.asked != "follow-up" or can_matter(advisor.decider, question.id, answers)


def _ask(question: Question, prompter: Prompter) -> str:
    if question.kind == "choice":
        return prompter.choose(question.text, question.help, question.choices, question.default)
    if question.kind == "text":
        return _ask_system(question, prompter)
    default = assumption(question)[0] if question.asked == "version" else ""
    typed = prompter.write(
        question.text, question.help, default, lambda text: _problem(question, text)
    )
    return parse_answer(question, typed)


def _ask_system(question: Question, prompter: Prompter) -> str:
    choices = [Choice(system.id, system.title, "", "") for system in load_systems()]
    other = Choice(OTHER, "Another one", "", "nothing is known about its operators")
    chosen = prompter.choose(question.text, question.help, [other, *choices], OTHER)
    return "" if chosen == OTHER else chosen


def _problem(question: Question, text: str) -> str:
    """Return what is wrong with an answer, or "" if it is accepted."""
    try:
        parse_answer(question, text)
    except InvalidAnswer as error:
        return Problem("", f"{error.message[0].upper()}{error.message[1:]}", error.hint).line()
    return ""


def offer(report: JobReport) -> int:
    """Offer to scaffold a recommendation, ask for the name, and do it.

    Returns the exit code.
    """
    target = scaffold_target(report.recommendation, report.answers)
    if target is None:
        return DONE
    try:
        if ask_yes("\nScaffold it now?"):
            _scaffold(report, _ask_name(class_name(report.answers.name)), target)
    except EOFError:
        raise KeyboardInterrupt from None
    return DONE


def _scaffold(report: JobReport, name: str, target: Version) -> None:
    say(f"\n{scaffold_command(report.recommendation, name, target)}\n")
    request = ScaffoldRequest(scaffolded_pattern(report.recommendation), name)
    write_scaffolds([request], Overrides(airflow=str(target)), WriteOptions(default_places()))


def _ask_name(default: str) -> str:
    help_ = "The class is called after it, and so is its folder: NightlySpark, nightly_spark/."
    typed = make_prompter().write("What is the operator called?", help_, default, _name_problem)
    return parse_name(typed).stem


def _name_problem(text: str) -> str:
    """Return what is wrong with a name, or "" if it is valid."""
    try:
        parse_name(text, where="")
    except InputError as error:
        return error.problems[0].line()
    return ""
