"""What `advisor recommend` wrote, read as what is wanted: one operator for each job."""

from __future__ import annotations

from typing import NamedTuple

from advisor.answers.batch import RECOMMENDED
from advisor.documents.model import Document, Node, kind_of, shown
from advisor.documents.validation import Fields, ValidationIssue, validation_error
from advisor.errors import InputError
from advisor.scaffold.specs import ScaffoldRequest

VERSION = "1"
CHECKPOINT = "checkpoint"
ANSWERS = frozenset(("triggerer", "duration", "duplicate_risk", "async_client", "jobs"))
"""Keys by which a document of answers is recognised."""
PIPE = "`advisor recommend --format json` writes it: pipe that into `advisor scaffold --from -`"


class Recommended(NamedTuple):
    """The operators to scaffold, and a note on each job that gets none."""

    requests: tuple[ScaffoldRequest, ...]
    notes: tuple[str, ...]


def read_recommended(document: Document) -> Recommended:
    """Return what a document of recommendations asks for.

    Raises InputError where it is something else, answers above all.
    """
    _refuse_others(document)
    issues: list[ValidationIssue] = []
    fields = Fields(document.root, (), issues)
    fields.choice("schema_version", [VERSION])
    found = [_read(each, document.name) for each in fields.each(RECOMMENDED)]
    if issues:
        raise validation_error(document, issues)
    requests = tuple(each for each in found if isinstance(each, ScaffoldRequest))
    return Recommended(requests, tuple(each for each in found if isinstance(each, str)))


def _refuse_others(document: Document) -> None:
    root = document.root
    if isinstance(root, dict) and root.get(RECOMMENDED):
        return
    if isinstance(root, dict) and not ANSWERS.isdisjoint(root):
        message = "is what a user says, and --from reads what advisor recommended"
        raise InputError.of(document.name, message, PIPE)
    message = f"found {_kind(root)}, accepted is what advisor recommended"
    raise InputError.of(document.name, message, PIPE)


def _kind(root: Node) -> str:
    return f"no {RECOMMENDED}" if isinstance(root, dict) else kind_of(root)


def _read(fields: Fields, document: str) -> ScaffoldRequest | str:
    """Return what is wanted for a job, or why there is nothing to scaffold for it."""
    name = fields.text("name")
    pattern, variant = _optional(fields, "pattern"), _optional(fields, "variant")
    answers = fields.inner("answers")
    others = [each for each in fields.each("alternatives") if _is_before(each, pattern)]
    if others or not pattern:
        better = others[0].text("title") if others else "none of the patterns"
        return f"{shown(name, '')} is not scaffolded: {better} was recommended"
    return ScaffoldRequest(
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


def _is_before(alternatives: Fields, pattern: str) -> bool:
    """Return whether something else was recommended before the pattern, or in place of any."""
    return not pattern or alternatives.text("headline", "false") == "true"
