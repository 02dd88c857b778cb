"""Reads answers and policies from files, standard input, shipped examples and options."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from io import BufferedReader
from pathlib import Path

from advisor.answers.batch import NAME, Batch, Reader, has_jobs
from advisor.answers.parse import InvalidAnswer, newer_than_known, parse_answer, too_new
from advisor.catalog.installed import NOTHING, Installed
from advisor.cli.output import say
from advisor.cli.prompts import can_ask
from advisor.documents.model import Document, hint_for, printable, shown
from advisor.documents.read import STANDARD_INPUT, read_document
from advisor.errors import InputError
from advisor.knowledge.loader import load_knowledge
from advisor.knowledge.model import Knowledge, Question
from advisor.knowledge.versions import Version, parse_version
from advisor.resources import resource_folder

ANSWERS_FORMAT = "`advisor schema answers` describes the format"
POLICY_FORMAT = "expected at least one of needs, order, bands and ties"


def read_input(option: str, source: str, if_empty: str) -> Document:
    """Return the document that an option names. `if_empty` is the hint for an empty file."""
    if not source:
        raise InputError.of(option, "empty file name")
    return read_document(source, if_empty)


def path_from(option: str, text: str | None, kind: str = "folder") -> Path | None:
    """Return the path that an option names, or None if the option is not given."""
    if text == "":
        raise InputError.of(option, f"empty {kind} name")
    return None if text is None else Path(text)


def airflow_from(option: str, text: str, question: Question) -> Version:
    """Return the Airflow version that an option names, the latest known one if it is newer."""
    try:
        version = parse_answer(question, text)
    except InvalidAnswer as error:
        raise InputError.of(option, error.message, error.hint) from None
    if newest := newer_than_known(question, version):
        say(f"note: {too_new(version, newest)}")
        return newest
    return parse_version(version)


def load_knowledge_with(policy: str | None) -> Knowledge:
    """Return the shipped knowledge, with the policy in a file applied if one is given."""
    if policy is None:
        return load_knowledge()
    from advisor.knowledge.policy import with_policy

    return with_policy(load_knowledge(), read_input("--policy", policy, POLICY_FORMAT))


def read_batch(
    answers: str | None,
    example: str | None,
    flags: Mapping[str, str],
    settings: Mapping[str, str],
    knowledge: Knowledge,
    installed: Installed = NOTHING,
) -> Batch:
    """Return the answers for a run: from a file, an example or piped input, and from options.

    Answers may be missing only for a single job at a terminal, where they can be asked for.
    `flags` have their own options, and `settings` were given with `--set`. Raises an InputError
    that lists every issue.
    """
    reader = Reader(knowledge, installed)
    given = {**flags, **settings}
    complete = all(question in given for question in reader.required)
    document = _document(answers, example, needed=not complete)
    if has_jobs(document) and NAME in settings:
        raise InputError.of("", "--set name cannot be combined with a file of several jobs")
    refuse_missing = has_jobs(document) or not can_ask()
    return reader.read(document, given, refuse_missing=refuse_missing, settings=settings)


def read_installed(python: str | None, requirements: str | None) -> Installed:
    """Return what is installed in an environment, or pinned in a requirements file, or both.

    The pinned versions of a provider win. Raises InputError if either cannot be read.
    """
    read = NOTHING
    if python is not None:
        read = _installed_in(path_from("--python", python, "path") or Path())
    if requirements is None:
        return read
    from advisor.catalog.requirements import read_requirements

    path = path_from("--requirements", requirements, "file") or Path()
    pinned = read_requirements(path)
    # What was read from source holds only for the releases that are installed.
    facts = {
        name: each
        for name, each in read.facts.items()
        if pinned.releases.get(each.provider) in (None, read.releases.get(each.provider))
    }
    releases = {**read.releases, **pinned.releases}
    airflow, notes = pinned.airflow or read.airflow, (*read.notes, *pinned.notes)
    return Installed(printable(path.name), airflow, releases, facts, notes)


def _installed_in(path: Path) -> Installed:
    from advisor.catalog.environment import read_python
    from advisor.cli.output import progress_bar

    with progress_bar("Reading source") as progress:
        environment = read_python(path, progress)
    return Installed(
        printable(str(path)),
        environment.airflow,
        environment.releases,
        environment.facts,
        environment.notes,
    )


def flags_from(options: Mapping[str, str | bool | None]) -> dict[str, str]:
    """Return the answers given as options."""
    flags = {}
    for question, value in options.items():
        if value is not None:
            flags[question] = value if isinstance(value, str) else "yes" if value else "no"
    return flags


def settings_from(texts: Iterable[str]) -> dict[str, str]:
    """Return the values of `--set ID=VALUE` by their ids."""
    settings: dict[str, str] = {}
    for text in texts:
        id_, equals, value = text.partition("=")
        id_ = id_.strip()
        if not equals or not id_:
            raise InputError.of("--set", f"expected ID=VALUE, found {shown(text)}")
        if id_ in settings:
            raise InputError.of(f"--set {shown(id_, '')}", "given twice")
        settings[id_] = value
    return settings


def _document(answers: str | None, example: str | None, *, needed: bool) -> Document | None:
    """Return the document with the answers, or None if there is none."""
    if answers is not None and example is not None:
        raise InputError.of("", "--answers and --example cannot be combined")
    if answers is not None:
        return read_input("--answers", answers, ANSWERS_FORMAT)
    if example is not None:
        return _example_document(example)
    return _piped_document() if needed else None


def _piped_document() -> Document | None:
    """Return the document on standard input, or None if it is a terminal or empty."""
    if sys.stdin is None or sys.stdin.closed or sys.stdin.isatty():
        return None
    # Blocks until the first byte or the end of the input, without consuming anything.
    has_content = isinstance(sys.stdin.buffer, BufferedReader) and sys.stdin.buffer.peek(1)
    return read_document(STANDARD_INPUT) if has_content else None


def _example_document(name: str) -> Document:
    """Return a shipped example by its name, such as `nightly_spark`."""
    examples = {file.stem: file for file in sorted(resource_folder("examples").glob("*.yaml"))}
    key = name.replace("-", "_")
    if key not in examples:
        raise InputError.of("--example", f"unknown example {shown(name)}", hint_for(key, examples))
    document = read_document(str(examples[key]))
    # Errors show the name of the example, not its path in the installation.
    return replace(document, name=f"{key}.yaml")
