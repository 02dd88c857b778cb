"""Reads the answers for each job from a document and from options."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import PurePath

from advisor.answers.expectations import (
    SAFE_CHOICES,
    parse_expectation,
    parse_provider,
    parse_release,
    parse_safe,
)
from advisor.answers.known import CATALOGUE_ANSWERS, known_answers
from advisor.answers.parse import (
    LONGEST_TEXT,
    PRINTABLE,
    InvalidAnswer,
    accepted_by,
    is_yes_no,
    parse_answer,
    parse_text,
)
from advisor.catalog.installed import NOTHING, Installed
from advisor.catalog.lookup import Ambiguous, find_target
from advisor.documents.model import Document, Node, Path, hint_for, kind_of, shown
from advisor.documents.validation import ValidationIssue, validation_error
from advisor.knowledge.durations import EXAMPLES
from advisor.knowledge.model import NO_PATTERN, Knowledge
from advisor.knowledge.versions import Version

NAME, EXPECT, SAFE, JOBS = "name", "expect", "safe", "jobs"
SYSTEM = "system"
PROVIDER_VERSIONS = "provider_versions"
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
        SYSTEM,
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
ANY_AIRFLOW = Version(3, 0)
"""The version of Airflow does not change which answers the catalogue knows."""
NO_MAPPING = "expected a mapping of providers to versions"


class UnknownKey(InvalidAnswer):
    """A key is not accepted. The message names the key."""


@dataclass(frozen=True)
class Draft:
    """The answers given for one job, in canonical form, and the required ones that are missing.

    `missing` includes the system if two providers have a class of that name. `expect` and `safe`
    are the expected pattern or operator and the expected safety of a retry; `releases` are the
    user's provider releases by short name.
    """

    name: str
    path: Path
    given: dict[str, str]
    missing: tuple[str, ...]
    expect: str | None
    safe: str | None = None
    releases: Mapping[str, Version] = field(default_factory=dict)


@dataclass(frozen=True)
class Batch:
    """The drafts of one run. `many` is true if the document has a list of jobs, even of one."""

    drafts: tuple[Draft, ...]
    many: bool


@dataclass(frozen=True)
class _Layer:
    """What the options, the top of the file or a job gives."""

    answers: dict[str, str]
    releases: dict[str, Version]

    def below(self, upper: _Layer) -> _Layer:
        """Return this layer, overridden by another one."""
        answers = {**self.answers, **upper.answers}
        return _Layer(answers, {**self.releases, **upper.releases})


class Reader:
    """Reads answers from documents and options; reports all issues in one error."""

    def __init__(self, knowledge: Knowledge, installed: Installed = NOTHING) -> None:
        self.questions = knowledge.questions
        self.expectable = [*knowledge.patterns, NO_PATTERN]
        self.own = [each.name for each in installed.facts.values()]
        self.required = tuple(q.id for q in self.questions.values() if q.asked == "always")
        self.keys = dict.fromkeys((*self.questions, NAME, EXPECT, SAFE))
        self.issues: list[ValidationIssue] = []
        self.refuse_missing = True
        self.settings: Container[str] = ()
        # Many jobs of a file use the same system.
        self.known_of = cache(partial(_known_of, installed=installed))

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
            refuse_missing: whether a missing answer, or an ambiguous system, is an issue.
            settings: the questions among the flags that were answered with `--set`.

        Raises:
            InputError: answers are invalid or missing; lists every issue with its position.
        """
        self.issues = []
        self.settings = settings
        self.refuse_missing = refuse_missing
        drafts = []
        for draft in self._drafts(document, self._options(flags)):
            if refuse_missing and draft.missing:
                self.issues.append(self._missing(draft, document))
            drafts.append(draft)
        if self.issues:
            raise validation_error(document, self.issues)
        return Batch(tuple(drafts), has_jobs(document))

    def _drafts(self, document: Document | None, flags: _Layer) -> Iterator[Draft]:
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
        defaults = self._layer(top, ())
        if jobs is None:
            yield self._draft(_name_from(document), (), defaults.below(flags))
        elif isinstance(jobs, list) and jobs:
            yield from self._jobs(jobs, defaults, flags)
        else:
            wrong_type = f"expected a list of jobs, found {kind_of(jobs)}"
            problem = EMPTY_LIST if jobs == [] else wrong_type
            self.issues.append(ValidationIssue((JOBS,), f"jobs: {problem}"))

    def _jobs(self, jobs: list[Node], defaults: _Layer, flags: _Layer) -> Iterator[Draft]:
        for index, job in enumerate(jobs):
            path: Path = (JOBS, index)
            if isinstance(job, dict):
                layer = defaults.below(self._layer(job, path)).below(flags)
                yield self._draft(f"job-{index + 1}", path, layer)
            else:
                self._expected_mapping(job, path)

    def _draft(self, name: str, path: Path, layer: _Layer) -> Draft:
        answers = dict(layer.answers)
        name = answers.pop(NAME, "") or name
        expect, safe = answers.pop(EXPECT, None), answers.pop(SAFE, None)
        return Draft(name, path, answers, self._lacks(answers), expect, safe, layer.releases)

    def _lacks(self, answers: Mapping[str, str]) -> tuple[str, ...]:
        """Return the required questions that neither the answers nor the catalogue answer."""
        missing = tuple(each for each in self.required if each not in answers)
        name = answers.get(SYSTEM)
        if name is None:
            return missing
        if not name:  # invalid, so it is not known what the catalogue would answer
            return tuple(each for each in missing if each not in CATALOGUE_ANSWERS)
        try:
            known = self.known_of(name)
        except Ambiguous:
            return (SYSTEM, *missing)
        return tuple(each for each in missing if each not in known)

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

    def _options(self, flags: Mapping[str, str]) -> _Layer:
        """Return what options give: answers, and releases such as `provider_versions.amazon`."""
        prefix = f"{PROVIDER_VERSIONS}."
        versions = {k.removeprefix(prefix): v for k, v in flags.items() if k.startswith(prefix)}
        answers = {k: v for k, v in flags.items() if not k.startswith(prefix)}
        return _Layer(self._answers(answers, None), self._releases(versions, None))

    def _layer(self, raw: Mapping[str, Node], path: Path) -> _Layer:
        """Return what the top of the file or a job gives."""
        answers = dict(raw)
        versions = answers.pop(PROVIDER_VERSIONS, {})
        if not isinstance(versions, dict):
            message = f"{PROVIDER_VERSIONS}: {NO_MAPPING}, found {kind_of(versions)}"
            self.issues.append(ValidationIssue((*path, PROVIDER_VERSIONS), message))
            versions = {}
        releases = self._releases(versions, (*path, PROVIDER_VERSIONS))
        return _Layer(self._answers(answers, path), releases)

    def _releases(self, raw: Mapping[str, Node], path: Path | None) -> dict[str, Version]:
        """Return releases by the short name of the provider."""
        releases: dict[str, Version] = {}
        for name, node in raw.items():
            try:
                provider = _provider(name, releases)
                releases[provider] = parse_release(node)
            except InvalidAnswer as error:
                key = name if path is not None else f"{PROVIDER_VERSIONS}.{name}"
                self.issues.append(self._issue(key, error, path))
        return releases

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
            return parse_expectation(node, self.expectable, self.own)
        if key == SAFE:
            return parse_safe(node)
        answer = parse_answer(self.questions[key], node)
        if key == SYSTEM and self.refuse_missing:
            self._refuse_ambiguous(answer)
        return answer

    def _refuse_ambiguous(self, name: str) -> None:
        """Raise InvalidAnswer if several providers have a class of this name."""
        try:
            self.known_of(name)
        except Ambiguous as error:
            message = f"several providers have {shown(name)}"
            raise InvalidAnswer(message, f"accepted: {', '.join(error.names)}") from None

    def _unknown(self, key: str, path: Path | None) -> UnknownKey:
        if key == JOBS:
            return UnknownKey("'jobs' cannot be set" if path is None else NO_JOBS)
        if key == PROVIDER_VERSIONS:
            return UnknownKey(f"expected {PROVIDER_VERSIONS}.PROVIDER=VERSION")
        more = [] if path is None else [PROVIDER_VERSIONS, *([JOBS] if path == () else [])]
        accepted = [*self.keys, *more]
        hint = NO_MERGE_KEYS if key == MERGE_KEY else hint_for(key, accepted)
        return UnknownKey(f"unknown key {shown(key)}", hint)

    def _accepted(self, key: str) -> str:
        if key == EXPECT:
            return f"{', '.join(self.expectable)}, or the class of an operator"
        if key == SAFE:
            return ", ".join(SAFE_CHOICES)
        if key in self.questions:
            return accepted_by(self.questions[key])
        return PRINTABLE.format(LONGEST_TEXT)

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


def _provider(name: str, releases: Container[str]) -> str:
    """Return the short name of a provider that has no release yet."""
    try:
        provider = parse_provider(name)
    except InvalidAnswer as error:
        raise UnknownKey(error.message, error.hint) from None
    if provider in releases:
        raise UnknownKey(f"provider {shown(provider)} is given twice")
    return provider


def _known_of(name: str, installed: Installed) -> Mapping[str, str]:
    """Return the answers that are known about a system. Raises Ambiguous as find_target does."""
    return known_answers(find_target(name, ANY_AIRFLOW, installed=installed))


def _name_from(document: Document) -> str:
    """Return the name of the file without its suffix, or "job" if that is not a valid name."""
    try:
        return "job" if document.name.startswith("<") else parse_text(PurePath(document.name).stem)
    except InvalidAnswer:
        return "job"
