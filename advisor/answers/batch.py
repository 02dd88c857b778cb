"""Reads the answers for each job from a document and from options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from advisor.answers.parse import (
    InvalidAnswer,
    accepted_by,
    nearest,
    parse_answer,
    parse_text,
)
from advisor.documents.model import Document, Node, Path, kind_of, shown
from advisor.documents.validation import ValidationIssue, validation_error
from advisor.knowledge.model import NO_PATTERN, Knowledge

NAME, EXPECT, JOBS = "name", "expect", "jobs"
RECOMMENDED = "recommendations"
"""A key of the output of `advisor recommend`, which is not an answers file."""
OWN_OPTIONS = frozenset(
    (
        "triggerer",
        "duration",
        "duplicate_risk",
        "async_client",
        "work",
        "airflow_version",
        "system",
        EXPECT,
    )
)
"""The answers that have an option of their own."""
HINTS = {
    "<<": "merge keys are not read; a key at the top of the file is a default for all jobs",
    JOBS: "it stands at the top of the file, and once",
}


@dataclass(frozen=True)
class Draft:
    """The canonical answers given for one job, and the required questions left unanswered."""

    name: str
    path: Path
    given: dict[str, str]
    missing: tuple[str, ...]
    expect: str | None


@dataclass(frozen=True)
class Batch:
    """The drafts of one run. `many` is true if the document has a list of jobs, even of one."""

    drafts: tuple[Draft, ...]
    many: bool


class Reader:
    """Reads answers from documents and options, and reports all issues in one error."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.questions = knowledge.questions
        self.expectable = [*knowledge.patterns, NO_PATTERN]
        self.required = tuple(q.id for q in self.questions.values() if q.asked == "always")
        self.keys = dict.fromkeys((*self.questions, NAME, EXPECT))
        self.issues: list[ValidationIssue] = []

    def read(
        self, document: Document | None, flags: Mapping[str, str], *, refuse_missing: bool
    ) -> Batch:
        """Return the drafts in a document. `flags` override the answers for each job.

        Args:
            document: the answers file; None to read only the flags.
            flags: answers given as options, by question.
            refuse_missing: whether a missing answer is an issue.

        Raises:
            InputError: an answer is invalid or missing; lists every issue with its position.
        """
        self.issues = []
        drafts = []
        for draft in self._drafts(document, self._answers(flags, None)):
            if refuse_missing and draft.missing:
                self.issues.append(self._missing(draft, document))
            drafts.append(draft)
        if self.issues:
            raise validation_error(document, self.issues)
        return Batch(tuple(drafts), has_jobs(document))

    def _drafts(self, document: Document | None, flags: dict[str, str]) -> Iterator[Draft]:
        if document is None:
            yield self._draft("job", (), flags)
            return
        if not isinstance(document.root, dict):
            self._no_mapping("an answers file", document.root, ())
            return
        if RECOMMENDED in document.root:
            message = "is what advisor recommended, and answers are what you say"
            self.issues.append(
                ValidationIssue((), message, "`advisor scaffold --from FILE` reads it")
            )
            return
        top = dict(document.root)
        jobs = top.pop(JOBS, None)
        defaults = self._answers(top, ())
        if jobs is None:
            yield self._draft(_name_from(document), (), {**defaults, **flags})
        elif isinstance(jobs, list) and jobs:
            yield from self._jobs(jobs, defaults, flags)
        else:
            message = f"jobs: found {kind_of(jobs)}, accepted is a list of jobs"
            self.issues.append(ValidationIssue((JOBS,), message))

    def _jobs(
        self, jobs: list[Node], defaults: dict[str, str], flags: dict[str, str]
    ) -> Iterator[Draft]:
        for index, job in enumerate(jobs):
            path: Path = (JOBS, index)
            if isinstance(job, dict):
                answers = {**defaults, **self._answers(job, path), **flags}
                yield self._draft(f"job-{index + 1}", path, answers)
            else:
                self._no_mapping("a job", job, path)

    def _draft(self, name: str, path: Path, answers: dict[str, str]) -> Draft:
        name, expect = answers.pop(NAME, "") or name, answers.pop(EXPECT, None)
        missing = tuple(question for question in self.required if question not in answers)
        return Draft(name, path, answers, missing, expect)

    def _missing(self, draft: Draft, document: Document | None) -> ValidationIssue:
        missing = "; ".join(
            f"{each} ({accepted_by(self.questions[each])})" for each in draft.missing
        )
        message = f"{draft.name} lacks {missing}"
        options = "there is no terminal to ask at: give options or --answers FILE"
        return ValidationIssue(draft.path, message, "" if document else options)

    def _no_mapping(self, what: str, node: Node, path: Path) -> None:
        message = f"found {kind_of(node)}, {what} is a mapping of questions to answers"
        self.issues.append(ValidationIssue(path, message))

    def _answers(self, raw: Mapping[str, Node], path: Path | None) -> dict[str, str]:
        """Return canonical answers. `path` is their position in the document, None for options."""
        answers = {}
        for key, node in raw.items():
            try:
                answers[key] = self._answer(key, node)
            except InvalidAnswer as error:
                self.issues.append(_issue(key, error, path))
                answers[key] = ""
        return answers

    def _answer(self, key: str, node: Node) -> str:
        if key not in self.keys:
            raise self._unknown(key)
        if not isinstance(node, str):
            raise InvalidAnswer(f"found {kind_of(node)}, accepted is {self._accepted(key)}")
        if key == NAME:
            return parse_text(node)
        if key == EXPECT:
            return self._expectation(node)
        return parse_answer(self.questions[key], node)

    def _unknown(self, key: str) -> InvalidAnswer:
        accepted = [*self.keys, JOBS]
        hint = HINTS.get(key) or nearest(key, accepted)
        return InvalidAnswer("is no question", hint or f"known are {', '.join(accepted)}")

    def _expectation(self, text: str) -> str:
        spelling = text.strip().lower()
        if spelling in self.expectable:
            return spelling
        message = f"found {shown(text)}, accepted are {self._accepted(EXPECT)}"
        raise InvalidAnswer(message, nearest(text, self.expectable))

    def _accepted(self, key: str) -> str:
        if key == EXPECT:
            return ", ".join(self.expectable)
        return accepted_by(self.questions[key]) if key in self.questions else "text"


def has_jobs(document: Document | None) -> bool:
    """Return whether a document has a list of jobs, even a list of one."""
    return document is not None and isinstance(document.root, dict) and JOBS in document.root


def _name_from(document: Document) -> str:
    """Return the file name as the name of a job, or "job" if it is not a valid one."""
    try:
        return "job" if document.name.startswith("<") else parse_text(PurePath(document.name).stem)
    except InvalidAnswer:
        return "job"


def _issue(key: str, error: InvalidAnswer, path: Path | None) -> ValidationIssue:
    if path is not None:
        return ValidationIssue((*path, key), f"{shown(key, '')}: {error.message}", error.hint)
    option = f"--{key.replace('_', '-')}" if key in OWN_OPTIONS else f"--set {shown(key, '')}"
    return ValidationIssue((), error.message, error.hint, option)
