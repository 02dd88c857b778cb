"""From the files beside this module to the knowledge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from advisor.documents.model import Node
from advisor.documents.read import read_document
from advisor.errors import KnowledgeError
from advisor.knowledge.builders import (
    build_advice,
    build_characteristic,
    build_need,
    build_note,
    build_pattern,
    build_question,
)
from advisor.knowledge.check import gaps
from advisor.knowledge.fields import Fields, Flaw
from advisor.knowledge.model import Advice, Edition, Knowledge, Note, Order
from advisor.knowledge.sourcing import Pages, build_page, build_sources

FOLDER = Path(__file__).parent
FILES = ("questions", "patterns", "characteristics", "needs", "warnings", "instead", "costs")
"""What a decision needs; each file holds a list under its own name."""


def load_knowledge(folder: Path = FOLDER) -> Knowledge:
    """Return the knowledge in a folder of YAML files.

    Raises KnowledgeError where the files contradict each other: that is a mistake in the data, not
    in what a user said.
    """
    flaws: list[Flaw] = []
    pages = load_pages(folder)
    files = {name: load_file(folder, name, flaws) for name in FILES}

    def each(name: str) -> Iterator[Fields]:
        return files[name].each(name)

    files["questions"].text("date")
    questions = {q.id: q for q in map(build_question, each("questions"))}
    patterns = {p.id: p for p in (build_pattern(f, pages, questions) for f in each("patterns"))}
    order_fields = files["patterns"].inner("order")
    order = Order(tuple(patterns), order_fields.text("text"), build_sources(order_fields, pages))
    names = list(patterns)
    rows = (build_characteristic(f, pages, names) for f in each("characteristics"))
    characteristics = {row.id: row for row in rows}
    needs = tuple(build_need(f, pages, questions, characteristics) for f in each("needs"))

    def advice(name: str) -> tuple[Advice, ...]:
        return tuple(build_advice(f, pages, questions, names) for f in each(name))

    if not _compiled(folder):  # what a wheel carries was checked when it was built
        flaws += [Flaw((), gap) for gap in gaps(characteristics, questions["airflow_version"])]
    knowledge = Knowledge(
        questions,
        patterns,
        order,
        characteristics,
        needs,
        advice("warnings"),
        advice("instead"),
        advice("costs"),
    )
    for file in files.values():
        file.done()
    raise_flaws(flaws)
    return knowledge


@cache
def load_pages(folder: Path = FOLDER) -> Pages:
    """Return the pages that can be cited."""
    flaws: list[Flaw] = []
    file = load_file(folder, "sources", flaws)
    pages = dict(map(build_page, file.each("pages")))
    file.done()
    raise_flaws(flaws)
    return pages


def load_notes(folder: Path = FOLDER) -> tuple[Note, ...]:
    """Return the disagreements between page, code and experiment."""
    flaws: list[Flaw] = []
    file = load_file(folder, "notes", flaws)
    notes = tuple(build_note(each, load_pages(folder)) for each in file.each("notes"))
    file.done()
    raise_flaws(flaws)
    return notes


def load_edition(folder: Path = FOLDER) -> Edition:
    """Return the date of the knowledge and the range of Airflow versions that it covers."""
    flaws: list[Flaw] = []
    file = load_file(folder, "questions", flaws)
    known = next(each for each in file.each("questions") if each.has("known")).texts("known")
    return Edition(file.text("date"), known[0], known[-1])


def load_file(folder: Path, name: str, flaws: list[Flaw]) -> Fields:
    """Return the fields of a file of the knowledge."""
    compiled = _compiled(folder)
    node = compiled[name] if compiled else read_document(str(folder / f"{name}.yaml")).root
    return Fields(node, (name,), flaws)


@cache
def _compiled(folder: Path) -> dict[str, Node]:
    """Return what a wheel carries beside the YAML, so that no run has to parse it."""
    try:
        compiled: dict[str, Node] = json.loads((folder / "compiled.json").read_bytes())
    except FileNotFoundError:
        return {}
    return compiled


def raise_flaws(flaws: list[Flaw]) -> None:
    """Raise KnowledgeError that names every flaw, if there is any."""
    if flaws:
        lines = [f"{'.'.join(map(str, flaw.path))}: {flaw.said}".lstrip(": ") for flaw in flaws]
        raise KnowledgeError("\n".join(lines))
