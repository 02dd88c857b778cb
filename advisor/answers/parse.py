"""Parses the text of one answer into its canonical form."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from advisor.documents.model import shown
from advisor.knowledge.durations import parse_duration, spell_duration
from advisor.knowledge.model import Question
from advisor.knowledge.versions import Version, parse_version

YES = frozenset(("yes", "y", "true", "on"))
NO = frozenset(("no", "n", "false", "off"))
LONGEST_TEXT = 100
DURATION_EXAMPLES = "a time such as 45s, 20m, 1h30m, 3h or 2d"


class InvalidAnswer(Exception):
    """The answer is not accepted. The message has what was found and what is accepted."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def parse_answer(question: Question, text: str) -> str:
    """Return the canonical form of an answer. Raises InvalidAnswer if it is not accepted."""
    if question.kind == "choice":
        return _choice(question, text)
    if question.kind == "duration":
        return _duration(text)
    if question.kind == "version":
        return _version(question, text)
    return parse_text(text)


def accepted_by(question: Question) -> str:
    """Return a description of the answers that a question accepts."""
    if question.kind == "choice":
        return ", ".join(choice.id for choice in question.choices)
    if question.kind == "duration":
        return DURATION_EXAMPLES
    if question.kind == "version":
        return f"{question.known[0]} to {question.known[-1]}"
    return "text"


def parse_text(text: str) -> str:
    """Return free text without the spaces around it.

    Raises:
        InvalidAnswer: it is empty, longer than LONGEST_TEXT or not printable.
    """
    text = text.strip()
    if not text or len(text) > LONGEST_TEXT or not text.isprintable():
        raise InvalidAnswer(
            f"found {shown(text)}, accepted are 1 to {LONGEST_TEXT} printable characters"
        )
    return text


def nearest(text: str, accepted: Iterable[str]) -> str:
    """Return a hint that names the accepted spelling nearest to `text`, or ""."""
    matches = get_close_matches(text.lower()[:LONGEST_TEXT], list(accepted), 1)
    return f"did you mean {matches[0]}?" if matches else ""


def _choice(question: Question, text: str) -> str:
    accepted = [choice.id for choice in question.choices]
    spelling = text.strip().lower()
    answer = "yes" if spelling in YES else "no" if spelling in NO else spelling
    if answer in accepted:
        return answer
    raise InvalidAnswer(
        f"found {shown(text)}, accepted are {', '.join(accepted)}", nearest(spelling, accepted)
    )


def _duration(text: str) -> str:
    try:
        return spell_duration(parse_duration(text))
    except ValueError as error:
        message = f"found {shown(text)}: {error}; accepted is {DURATION_EXAMPLES}"
        raise InvalidAnswer(message, _with_unit(text)) from None


def _with_unit(text: str) -> str:
    """Return a hint if a time lacks only its unit, or "" for anything else."""
    guess = "".join(text[:LONGEST_TEXT].split()) + "m"
    try:
        parse_duration(guess)
    except ValueError:
        return ""
    return f"did you mean {guess}?"


def _version(question: Question, text: str) -> str:
    oldest = question.known[0]
    try:
        version = parse_version(text)
    except ValueError:
        raise InvalidAnswer(f"found {shown(text)}, accepted is {accepted_by(question)}") from None
    if version < oldest:
        raise InvalidAnswer(
            f"found {shown(text)}, but nothing is known about Airflow before {oldest}"
        )
    return text.strip().removeprefix("v")


def too_new(version: str, newest: Version) -> str:
    """Return the notice for a version that is newer than the knowledge."""
    return f"Airflow {version} is newer than what is known; taken as {newest}"


def newer_than_known(question: Question, text: str) -> Version | None:
    """Return the newest known version if `text` names a newer one, or else None."""
    newest = question.known[-1]
    return newest if parse_version(text)[:2] > newest[:2] else None
