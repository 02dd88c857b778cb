"""The prompts of `advisor recommend`: for missing answers, and for scaffolding at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from advisor.answers.batch import ANY_AIRFLOW, SYSTEM, Draft
from advisor.answers.complete import assumption, complete_answers, target_of
from advisor.answers.known import known_answers, origin_of
from advisor.answers.model import INSTALLED
from advisor.answers.parse import InvalidAnswer, parse_answer
from advisor.catalog.installed import NOTHING, Installed
from advisor.catalog.lookup import Ambiguous, find_target, known_names, similar_names
from advisor.cli.completion import load_entries
from advisor.cli.output import say
from advisor.cli.prompts import Prompter, ask_yes, make_prompter, show_dimmed, wrapped
from advisor.cli.scaffold import WriteOptions, write_scaffolds
from advisor.decision.changes import can_matter
from advisor.decision.progress import Progress, describe_step, progress
from advisor.decision.recommend import Advisor
from advisor.decision.report import JobReport, make_report
from advisor.decision.scaffolding import (
    class_name,
    scaffold_command,
    scaffold_target,
    scaffolded_pattern,
)
from advisor.documents.model import shown
from advisor.errors import DONE, InputError, Problem
from advisor.knowledge.model import Choice, Question
from advisor.knowledge.versions import Version
from advisor.naming import parse_name
from advisor.render.wording import answers_text
from advisor.scaffold.model import Overrides, ScaffoldRequest
from advisor.scaffold.pipeline import default_places

VERSION = "airflow_version"
ASKED_IN_ORDER = ("always", "version", "follow-up", "context")
"""The version comes before the follow-up questions, which depend on it."""
MOST_SIMILAR = 5
"""Maximum number of known names that are offered for an unknown one."""


def ask_missing_answers(draft: Draft, advisor: Advisor, installed: Installed = NOTHING) -> Draft:
    """Ask for every missing answer, print what was understood, and return the complete draft.

    `installed` is what is installed where the job runs.
    """
    prompter = make_prompter()
    if installed.airflow:
        draft = replace(draft, given={VERSION: str(installed.airflow), **draft.given})
    draft = _with_system(draft, advisor, prompter, installed)
    draft = _ask_missing(draft, advisor, prompter, installed)
    say(f"\n{wrapped(f'Understood: {answers_text(draft.given)}.')}\n")
    return replace(draft, missing=())


def _with_system(draft: Draft, advisor: Advisor, prompter: Prompter, installed: Installed) -> Draft:
    """Return a draft with the system, which is asked first, and print what is known about it."""
    questions = advisor.knowledge.questions
    if SYSTEM not in draft.given:
        name = _ask_system(questions[SYSTEM], prompter, installed)
    else:
        name = _unambiguous(draft.given[SYSTEM], prompter, installed)
    draft = replace(draft, given={**draft.given, SYSTEM: name}) if name else draft
    target = target_of(draft, questions, installed)
    known = {k: v for k, v in known_answers(target).items() if k not in draft.given}
    if target and known:
        show_dimmed(f"assumed for {origin_of(target)}: {answers_text(known)}")
    return draft


def _ask_missing(draft: Draft, advisor: Advisor, prompter: Prompter, installed: Installed) -> Draft:
    """Ask every other question that is still open; return the draft with the new answers."""
    questions = advisor.knowledge.questions
    known, answers = known_answers(target_of(draft, questions, installed)), dict(draft.given)
    # The first line also says what the known answers and the installed version have decided.
    decided = progress(advisor.decider, {})
    for asked in ASKED_IN_ORDER:
        for question in (each for each in questions.values() if each.asked == asked):
            given = {**known, **answers}
            if question.id not in given and _is_due(question, given, draft, advisor):
                answers[question.id] = _ask(question, prompter)
                before, decided = decided, _progress({**known, **answers}, advisor)
                if asked != "context":
                    show_dimmed(describe_step(before, decided))
    return replace(draft, given={id_: answers[id_] for id_ in questions if id_ in answers})


def _progress(answers: Mapping[str, str], advisor: Advisor) -> Progress:
    """Return what the answers and the installed version of Airflow have decided."""
    version = advisor.knowledge.questions["airflow_version"]
    assumed, origin = assumption(version)
    installed = {version.id: assumed} if origin == INSTALLED else {}
    return progress(advisor.decider, {**installed, **answers})


def _is_due(question: Question, answers: Mapping[str, str], draft: Draft, advisor: Advisor) -> bool:
    if question.asked == "version":
        return assumption(question)[1] != INSTALLED
    if question.asked == "context":
        return _changes_warnings(question, replace(draft, given=dict(answers)), advisor)
    return question.asked != "follow-up" or can_matter(advisor.decider, question.id, answers)


def _changes_warnings(question: Question, draft: Draft, advisor: Advisor) -> bool:
    """Return whether an answer to a question can change the warnings."""
    questions = advisor.knowledge.questions
    target = target_of(draft, questions)
    warnings = set()
    for choice in question.choices:
        given = {**draft.given, question.id: choice.id}
        answers = complete_answers(replace(draft, given=given), questions, target)
        report = make_report(advisor, answers, target)
        warnings.add(tuple(each.id for each in report.warnings))
    return len(warnings) > 1


def _ask(question: Question, prompter: Prompter) -> str:
    if question.kind == "choice":
        return prompter.choose(question.text, question.help, question.choices, question.default)
    default = assumption(question)[0] if question.asked == "version" else ""
    typed = prompter.write(
        question.text, question.help, default, lambda text: _problem(question, text)
    )
    return parse_answer(question, typed)


def _ask_system(question: Question, prompter: Prompter, installed: Installed) -> str:
    """Ask for a system or class; if it is ambiguous or unknown, ask which one is meant."""
    typed = prompter.complete(
        question.text, question.help, load_entries(), lambda text: _problem(question, text)
    )
    if not typed:
        return ""
    return _unambiguous(_known_or_kept(typed, prompter, installed), prompter, installed)


def _known_or_kept(name: str, prompter: Prompter, installed: Installed) -> str:
    """Return a name, or the similar one that is chosen if the catalogue does not have it."""
    similar = [] if _is_known(name, installed) else similar_names(name, known_names(), MOST_SIMILAR)
    if not similar:
        return name
    choices = [Choice(each, each, "", "") for each in similar]
    keep = Choice(name, f"Keep {shown(name)}", "", "no existing operator is suggested")
    help_ = f"The catalogue does not have {shown(name)}."
    return prompter.choose("Which one do you mean?", help_, [*choices, keep], name)


def _unambiguous(name: str, prompter: Prompter, installed: Installed) -> str:
    """Return a name, or the full name that is chosen if several providers have the class."""
    try:
        find_target(name, ANY_AIRFLOW, installed=installed)
    except Ambiguous as error:
        choices = [Choice(each, each, "", "") for each in error.names]
        help_ = f"Several providers have {shown(name)}."
        return prompter.choose("Which one do you mean?", help_, choices, "")
    return name


def _is_known(name: str, installed: Installed) -> bool:
    try:
        return find_target(name, ANY_AIRFLOW, installed=installed) is not None
    except Ambiguous:
        return True


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
    command = scaffold_command(report.recommendation, name, target, report.template)
    say(f"\n{command}\n")
    pattern = scaffolded_pattern(report.recommendation)
    request = ScaffoldRequest(pattern, name, template=report.template)
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
