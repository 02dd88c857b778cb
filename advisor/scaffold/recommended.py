"""What `advisor recommend` wrote, read as what is wanted: one operator for each job."""

from __future__ import annotations

from typing import NamedTuple

from advisor.answers.batch import RECOMMENDED
from advisor.documents.model import Document, Node, kind_of, shown
from advisor.documents.read import Locator
from advisor.errors import InputError, Problem
from advisor.knowledge.fields import Fields, Flaw
from advisor.scaffold.ordering import Wanted

VERSION = "1"
CHECKPOINT = "checkpoint"
ANSWERS = frozenset(("triggerer", "duration", "duplicate_risk", "async_client", "jobs"))
"""Keys by which a document of answers is recognised."""
PIPE = "`advisor recommend --format json` writes it: pipe that into `advisor scaffold --from -`"


class Recommended(NamedTuple):
    """The operators to scaffold, and a note on each job that gets none."""

    wanted: tuple[Wanted, ...]
    notes: tuple[str, ...]


def read_recommended(document: Document) -> Recommended:
    """Return what a document of recommendations asks for.

    Raises InputError where it is something else, answers above all.
    """
    _refuse_others(document)
    flaws: list[Flaw] = []
    fields = Fields(document.root, (), flaws)
    fields.choice("schema_version", [VERSION])
    found = [_read(each, document.name) for each in fields.each(RECOMMENDED)]
    if flaws:
        locator = Locator(document, [flaw.path for flaw in flaws])
        problems = [Problem(locator.where(flaw.path), flaw.said) for flaw in flaws]
        raise InputError(problems)
    wanted = tuple(each for each in found if isinstance(each, Wanted))
    return Recommended(wanted, tuple(each for each in found if isinstance(each, str)))


def _refuse_others(document: Document) -> None:
    root = document.root
    if isinstance(root, dict) and root.get(RECOMMENDED):
        return
    if isinstance(root, dict) and not ANSWERS.isdisjoint(root):
        said = "is what a user says, and --from reads what advisor recommended"
        raise InputError.of(document.name, said, PIPE)
    said = f"found {_kind(root)}, accepted is what advisor recommended"
    raise InputError.of(document.name, said, PIPE)


def _kind(root: Node) -> str:
    return f"no {RECOMMENDED}" if isinstance(root, dict) else kind_of(root)


def _read(fields: Fields, document: str) -> Wanted | str:
    """Return what is wanted for a job, or why there is nothing to scaffold for it."""
    name = fields.text("name")
    pattern, variant = _optional(fields, "pattern"), _optional(fields, "variant")
    answers = fields.inner("answers")
    others = [each for each in fields.each("instead") if _is_before(each, pattern)]
    if others or not pattern:
        better = others[0].text("title") if others else "none of the patterns"
        return f"{shown(name, '')} is not scaffolded: {better} was recommended"
    return Wanted(
        pattern=CHECKPOINT if variant == CHECKPOINT else pattern,
        name=name,
        airflow=answers.text("airflow_version"),
        system=answers.text("system", ""),
        where=f"{document}: {shown(name, '')}",
    )


def _optional(fields: Fields, key: str) -> str:
    """Return a text that may be null, "" then; YAML spells that out where JSON is read as ""."""
    text = fields.text(key, "")
    return "" if text == "null" else text


def _is_before(instead: Fields, pattern: str) -> bool:
    """Return whether something else was recommended before the pattern, or in place of any."""
    return not pattern or instead.text("headline", "false") == "true"
