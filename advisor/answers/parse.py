"""Parses the text of one answer into its canonical form."""

from __future__ import annotations

from advisor.documents.model import hint_for, shown
from advisor.knowledge.durations import EXAMPLES, parse_duration, spell_duration
from advisor.knowledge.model import Question
from advisor.knowledge.versions import Version, parse_version

YES = frozenset(("yes", "y", "true", "on"))
NO = frozenset(("no", "n", "false", "off"))
LONGEST_TEXT = 100
LONGEST_SYSTEM = 150
"""A class with its module is longer than other texts: up to 110 characters in the catalogue."""
PRINTABLE = "1 to {} printable characters"


class InvalidAnswer(Exception):
    """An answer is not accepted. `message` says what was found, and `hint` how to fix it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def parse_answer(question: Question, text: str) -> str:
    """Return the canonical form of an answer. Raises InvalidAnswer if it is not accepted."""
    if not text.strip():
        raise InvalidAnswer("value is empty", f"accepted: {accepted_by(question)}")
    if question.kind == "choice":
        return _choice(question, text)
    if question.kind == "duration":
        return _duration(text)
    if question.kind == "version":
        return _version(question, text)
    return parse_text(text, LONGEST_SYSTEM)


def accepted_by(question: Question) -> str:
    """Return what a question accepts, in words."""
    if question.kind == "choice":
        return ", ".join(choice.id for choice in question.choices)
    if question.kind == "duration":
        return f"a duration {EXAMPLES}"
    if question.kind == "version":
        return f"{question.known[0]} to {question.known[-1]}"
    return PRINTABLE.format(LONGEST_SYSTEM)


def is_yes_no(question: Question) -> bool:
    """Return whether the choices of a question are yes and no."""
    return {choice.id for choice in question.choices} == {"yes", "no"}


def parse_text(text: str, longest: int = LONGEST_TEXT) -> str:
    """Return free text without the spaces around it.

    Raises:
        InvalidAnswer: the text is empty, longer than `longest` or not printable.
    """
    text, accepted = text.strip(), PRINTABLE.format(longest)
    if not text:
        raise InvalidAnswer("value is empty", f"accepted: {accepted}")
    if len(text) > longest or not text.isprintable():
        raise InvalidAnswer(f"expected {accepted}, found {shown(text)}")
    return text


def _choice(question: Question, text: str) -> str:
    accepted = [choice.id for choice in question.choices]
    spelling = text.strip().lower()
    answer = "yes" if spelling in YES else "no" if spelling in NO else spelling
    if answer in accepted:
        return answer
    if is_yes_no(question):
        raise InvalidAnswer(f"expected yes or no, found {shown(text)}")
    raise InvalidAnswer(f"unknown value {shown(text)}", hint_for(spelling, accepted))


def _duration(text: str) -> str:
    try:
        return spell_duration(parse_duration(text))
    except ValueError as error:
        raise InvalidAnswer(str(error), _with_unit(text)) from None


def _with_unit(text: str) -> str:
    """Return a hint if only the unit of a duration is missing, or else ""."""
    number = "".join(text[:LONGEST_TEXT].split())
    guesses = [number + unit for unit in "smhd" if _is_duration(number + unit)]
    if guesses and not number.replace(".", "").isdecimal():  # 1h30: minutes follow hours
        return f"did you mean '{number}m'?" if f"{number}m" in guesses else ""
    *first, last = guesses or [""]
    return f"write {', '.join(first)} or {last}" if first else last and f"write {last}"


def _is_duration(text: str) -> bool:
    try:
        parse_duration(text)
    except ValueError:
        return False
    return True


def _version(question: Question, text: str) -> str:
    oldest = question.known[0]
    try:
        version = parse_version(text)
    except ValueError as error:
        raise InvalidAnswer(str(error), f"accepted: {accepted_by(question)}") from None
    if version < oldest:
        message = f"Airflow {version} is not supported"
        raise InvalidAnswer(message, f"accepted: {accepted_by(question)}")
    return text.strip().removeprefix("v")


def too_new(version: str, newest: Version) -> str:
    """Return the note for a version that is newer than the latest known one."""
    return f"Airflow {version} is newer than the latest known version; using {newest}"


def newer_than_known(question: Question, text: str) -> Version | None:
    """Return the latest known version if `text` names a newer one, or else None."""
    newest = question.known[-1]
    return newest if parse_version(text)[:2] > newest[:2] else None
