"""Loads the YAML files of this package and checks that they are consistent."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from advisor.documents.read import read_document
from advisor.documents.validation import Fields, ValidationIssue
from advisor.errors import KnowledgeError
from advisor.knowledge.builders import (
    build_advice,
    build_characteristic,
    build_disagreement,
    build_need,
    build_pattern,
    build_question,
)
from advisor.knowledge.model import (
    Advice,
    Disagreement,
    Edition,
    Knowledge,
    TieBreak,
)
from advisor.knowledge.sources import Pages, build_page, build_sources

FOLDER = Path(__file__).parent
FILES = ("questions", "patterns", "characteristics", "needs", "warnings", "alternatives", "costs")
"""The files that a decision needs. Each holds a list under its own name."""


def load_knowledge(folder: Path = FOLDER) -> Knowledge:
    """Return the knowledge in a folder of YAML files.

    Raises:
        KnowledgeError: a file is malformed, or the files contradict each other. That is a bug of
            advisor, not a mistake in the user's input.
    """
    issues: list[ValidationIssue] = []
    pages = load_pages(folder)
    files = {name: load_file(folder, name, issues) for name in FILES}

    def each(name: str) -> Iterator[Fields]:
        return files[name].each(name)

    files["questions"].text("date")
    questions = {q.id: q for q in map(build_question, each("questions"))}
    patterns = {p.id: p for p in (build_pattern(f, pages, questions) for f in each("patterns"))}
    order_fields = files["patterns"].inner("order")
    order = TieBreak(tuple(patterns), order_fields.text("text"), build_sources(order_fields, pages))
    names = list(patterns)
    rows = (build_characteristic(f, pages, names) for f in each("characteristics"))
    characteristics = {row.id: row for row in rows}
    needs = tuple(build_need(f, pages, questions, characteristics) for f in each("needs"))

    def advice(name: str) -> tuple[Advice, ...]:
        return tuple(build_advice(f, pages, questions, names) for f in each(name))

    knowledge = Knowledge(
        questions,
        patterns,
        order,
        characteristics,
        needs,
        advice("warnings"),
        advice("alternatives"),
        advice("costs"),
    )
    for file in files.values():
        file.done()
    raise_issues(issues)
    return knowledge


@cache
def load_pages(folder: Path = FOLDER) -> Pages:
    """Return the pages that can be cited."""
    issues: list[ValidationIssue] = []
    file = load_file(folder, "sources", issues)
    pages = dict(map(build_page, file.each("pages")))
    file.done()
    raise_issues(issues)
    return pages


def load_disagreements(folder: Path = FOLDER) -> tuple[Disagreement, ...]:
    """Return the disagreements between documentation, code and experiment."""
    issues: list[ValidationIssue] = []
    file = load_file(folder, "notes", issues)
    notes = tuple(build_disagreement(each, load_pages(folder)) for each in file.each("notes"))
    file.done()
    raise_issues(issues)
    return notes


def load_edition(folder: Path = FOLDER) -> Edition:
    """Return the date of the knowledge and the range of Airflow versions that it covers."""
    issues: list[ValidationIssue] = []
    file = load_file(folder, "questions", issues)
    known = next(each for each in file.each("questions") if each.has("known")).texts("known")
    return Edition(file.text("date"), known[0], known[-1])


def load_file(folder: Path, name: str, issues: list[ValidationIssue]) -> Fields:
    """Return the fields of a file of the knowledge."""
    return Fields(read_document(str(folder / f"{name}.yaml")).root, (name,), issues)


def raise_issues(issues: list[ValidationIssue]) -> None:
    """Raise KnowledgeError that lists every issue, if there is any."""
    if issues:
        lines = [
            f"{'.'.join(map(str, issue.path))}: {issue.message}".lstrip(": ") for issue in issues
        ]
        raise KnowledgeError("\n".join(lines))
