"""Loads the YAML files of this package and checks that they are consistent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from advisor.documents.model import Node
from advisor.documents.read import read_document
from advisor.documents.validation import Fields
from advisor.errors import KnowledgeError
from advisor.knowledge.builders import (
    build_advice,
    build_alternative,
    build_characteristic,
    build_disagreement,
    build_need,
    build_pattern,
    build_question,
    build_warning,
)
from advisor.knowledge.model import (
    Disagreement,
    Edition,
    Knowledge,
    TieBreak,
)
from advisor.knowledge.sources import Pages, build_page, build_sources

FOLDER = Path(__file__).parent
FILES = ("questions", "patterns", "characteristics", "needs", "warnings", "alternatives", "costs")
"""The files that a decision needs; each has a list under its own name."""


def load_knowledge(folder: Path = FOLDER) -> Knowledge:
    """Return the knowledge in a folder of YAML files.

    Raises:
        KnowledgeError: a file is invalid, which is a bug in advisor.
    """
    pages = load_pages(folder)
    with open_files(folder, *FILES) as files:

        def each(name: str) -> Iterator[Fields]:
            return files[name].each(name)

        files["questions"].text("date")
        questions = {q.id: q for q in map(build_question, each("questions"))}
        patterns = {p.id: p for p in (build_pattern(f, pages, questions) for f in each("patterns"))}
        names = list(patterns)
        order = files["patterns"].inner("order")
        rows = (build_characteristic(f, pages, names) for f in each("characteristics"))
        characteristics = {row.id: row for row in rows}
        needs = tuple(build_need(f, pages, questions, characteristics) for f in each("needs"))

        return Knowledge(
            questions,
            patterns,
            TieBreak(tuple(patterns), order.text("text"), build_sources(order, pages)),
            characteristics,
            needs,
            tuple(build_warning(f, pages, questions, names) for f in each("warnings")),
            tuple(build_alternative(f, pages, questions, names) for f in each("alternatives")),
            tuple(build_advice(f, pages, questions, names) for f in each("costs")),
        )


@cache
def load_pages(folder: Path = FOLDER) -> Pages:
    """Return the documentation pages that sources cite, by id."""
    with open_files(folder, "sources") as files:
        return dict(map(build_page, files["sources"].each("pages")))


def load_disagreements(folder: Path = FOLDER) -> tuple[Disagreement, ...]:
    """Return the disagreements between documentation, code and experiment."""
    pages = load_pages(folder)
    with open_files(folder, "notes") as files:
        return tuple(build_disagreement(each, pages) for each in files["notes"].each("notes"))


def load_edition(folder: Path = FOLDER) -> Edition:
    """Return the date of the knowledge and the range of Airflow versions that it covers."""
    file = Fields(read_document(str(folder / "questions.yaml")).root, (), [])
    known = next(each for each in file.each("questions") if each.has("known")).texts("known")
    return Edition(file.text("date"), known[0], known[-1])


@contextmanager
def open_files(folder: Path, *names: str) -> Iterator[dict[str, Fields]]:
    """Yield the fields of files by name, and check them at the end as `checked` does."""
    roots = {name: read_document(str(folder / f"{name}.yaml")).root for name in names}
    with checked(roots) as fields:
        yield {name: fields.inner(name) for name in names}


@contextmanager
def checked(node: Node, *path: str) -> Iterator[Fields]:
    """Yield the fields of a mapping at a path, for the caller to read.

    Raises at the end a KnowledgeError that lists every issue, such as an unread field.
    """
    fields = Fields(node, path, [])
    yield fields
    fields.done()
    if fields.issues:
        lines = [f"{'.'.join(map(str, each.path))}: {each.message}" for each in fields.issues]
        raise KnowledgeError("\n".join(lines))
