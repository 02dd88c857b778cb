"""Reads the answers for each job from a document and from options."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from advisor.answers.parse import (
    PRINTABLE,
    InvalidAnswer,
    accepted_by,
    is_yes_no,
    parse_answer,
    parse_text,
)
from advisor.documents.model import Document, Node, Path, hint_for, kind_of, shown
from advisor.documents.validation import ValidationIssue, validation_error
from advisor.knowledge.durations import EXAMPLES
from advisor.knowledge.model import NO_PATTERN, Knowledge

NAME, EXPECT, JOBS = "name", "expect", "jobs"
RECOMMENDED = "recommendations"
"""The key by which the output of `advisor recommend` is recognised; answers do not have it."""
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
"""The answers that have their own command-line option; `--set` gives the others."""
MERGE_KEY = "<<"
NO_MERGE_KEYS = (
    "merge keys are not supported; a key at the top of the file is a default for all jobs"
)
EMPTY_LIST = "list is empty"
NO_JOBS = "'jobs' is not allowed inside a job"


class UnknownKey(InvalidAnswer):
    """A key is not accepted. The message names the key."""


@dataclass(frozen=True)
class Draft:
    """The answers given for one job, in canonical form, and the required ones that are missing."""

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
    """Reads answers from documents and options; reports all issues in one error."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.questions = knowledge.questions
        self.expectable = [*knowledge.patterns, NO_PATTERN]
        self.required = tuple(q.id for q in self.questions.values() if q.asked == "always")
        self.keys = dict.fromkeys((*self.questions, NAME, EXPECT))
        self.issues: list[ValidationIssue] = []
        self.settings: Container[str] = ()

    def read(
        self,
        document: Document | None,
        flags: Mapping[str, str],
        *,
        refuse_missing: bool,
        settings: Container[str] = (),
    ) -> Batch:
        """Return the drafts in a document. `flags` override the answers of every job.

        Args:
            document: the answers file; None to read only the flags.
            flags: answers given as options, by question.
            refuse_missing: whether a missing answer is an issue.
            settings: the questions among the flags that were answered with `--set`.

        Raises:
            InputError: answers are invalid or missing; lists every issue with its position.
        """
        self.issues = []
        self.settings = settings
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
            self._expected_mapping(document.root, ())
            return
        if RECOMMENDED in document.root:
            message = "expected answers, found the output of `advisor recommend`"
            hint = "pass it to `advisor scaffold --from`"
            self.issues.append(ValidationIssue((), message, hint))
            return
        top = dict(document.root)
        jobs = top.pop(JOBS, None)
        defaults = self._answers(top, ())
        if jobs is None:
            yield self._draft(_name_from(document), (), {**defaults, **flags})
        elif isinstance(jobs, list) and jobs:
            yield from self._jobs(jobs, defaults, flags)
        else:
            wrong_type = f"expected a list of jobs, found {kind_of(jobs)}"
            problem = EMPTY_LIST if jobs == [] else wrong_type
            self.issues.append(ValidationIssue((JOBS,), f"jobs: {problem}"))

    def _jobs(
        self, jobs: list[Node], defaults: dict[str, str], flags: dict[str, str]
    ) -> Iterator[Draft]:
        for index, job in enumerate(jobs):
            path: Path = (JOBS, index)
            if isinstance(job, dict):
                answers = {**defaults, **self._answers(job, path), **flags}
                yield self._draft(f"job-{index + 1}", path, answers)
            else:
                self._expected_mapping(job, path)

    def _draft(self, name: str, path: Path, answers: dict[str, str]) -> Draft:
        name, expect = answers.pop(NAME, "") or name, answers.pop(EXPECT, None)
        missing = tuple(question for question in self.required if question not in answers)
        return Draft(name, path, answers, missing, expect)

    def _missing(self, draft: Draft, document: Document | None) -> ValidationIssue:
        missing = ", ".join(f"{each} ({self._brief(each)})" for each in draft.missing)
        if document is None:
            hint = "advisor asks only at a terminal; pass them as options or with --answers FILE"
            return ValidationIssue((), f"missing answers: {missing}", hint)
        return ValidationIssue(draft.path, f"{draft.name}: missing answers: {missing}")

    def _brief(self, key: str) -> str:
        """Return the answers that a question accepts, in brief: `yes|no`."""
        question = self.questions[key]
        return EXAMPLES if question.kind == "duration" else "|".join(c.id for c in question.choices)

    def _expected_mapping(self, node: Node, path: Path) -> None:
        message = f"expected a mapping of questions to answers, found {kind_of(node)}"
        self.issues.append(ValidationIssue(path, message))

    def _answers(self, raw: Mapping[str, Node], path: Path | None) -> dict[str, str]:
        """Return canonical answers; `path` is their position in the document, None for options."""
        answers = {}
        for key, node in raw.items():
            try:
                answers[key] = self._answer(key, node, path)
            except InvalidAnswer as error:
                self.issues.append(self._issue(key, error, path))
                answers[key] = ""
        return answers

    def _answer(self, key: str, node: Node, path: Path | None) -> str:
        if key not in self.keys:
            raise self._unknown(key, path)
        if not isinstance(node, str):
            if key in self.questions and is_yes_no(self.questions[key]):
                raise InvalidAnswer(f"expected yes or no, found {kind_of(node)}")
            message = f"expected text, found {kind_of(node)}"
            raise InvalidAnswer(message, f"accepted: {self._accepted(key)}")
        if key == NAME:
            return parse_text(node)
        if key == EXPECT:
            return self._expectation(node)
        return parse_answer(self.questions[key], node)

    def _unknown(self, key: str, path: Path | None) -> UnknownKey:
        if key == JOBS:
            return UnknownKey("'jobs' cannot be set" if path is None else NO_JOBS)
        accepted = [*self.keys, JOBS] if path == () else self.keys
        hint = NO_MERGE_KEYS if key == MERGE_KEY else hint_for(key, accepted)
        return UnknownKey(f"unknown key {shown(key)}", hint)

    def _expectation(self, text: str) -> str:
        spelling = text.strip().lower()
        if spelling in self.expectable:
            return spelling
        raise InvalidAnswer(f"unknown pattern {shown(text)}", hint_for(text, self.expectable))

    def _accepted(self, key: str) -> str:
        if key == EXPECT:
            return ", ".join(self.expectable)
        return accepted_by(self.questions[key]) if key in self.questions else PRINTABLE

    def _issue(self, key: str, error: InvalidAnswer, path: Path | None) -> ValidationIssue:
        if path is not None:
            prefix = "" if isinstance(error, UnknownKey) else f"{key}: "
            return ValidationIssue((*path, key), f"{prefix}{error.message}", error.hint)
        own = key in OWN_OPTIONS and key not in self.settings
        option = f"--{key.replace('_', '-')}" if own else f"--set {shown(key, '')}"
        if key == JOBS:
            option = "--set"  # the message names it
        return ValidationIssue((), error.message, error.hint, option)


def has_jobs(document: Document | None) -> bool:
    """Return whether a document has a list of jobs, even of a single job."""
    return document is not None and isinstance(document.root, dict) and JOBS in document.root


def _name_from(document: Document) -> str:
    """Return the name of the file without its suffix, or "job" if that is not a valid name."""
    try:
        return "job" if document.name.startswith("<") else parse_text(PurePath(document.name).stem)
    except InvalidAnswer:
        return "job"
