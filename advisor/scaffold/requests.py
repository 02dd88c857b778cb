"""Reads the output of `advisor recommend` as requests: one operator per job."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.answers.batch import RECOMMENDED
from advisor.documents.model import Document, kind_of, shown
from advisor.documents.validation import Fields, ValidationIssue, validation_error
from advisor.errors import InputError
from advisor.scaffold.model import ScaffoldRequest

SCHEMA_VERSION = "2"
"""The schema version of recommendations that is supported."""
CHECKPOINT = "checkpoint"
ANSWERS = frozenset(("triggerer", "duration", "duplicate_risk", "async_client", "jobs"))
"""Keys that identify an answers file."""
PIPE = "pipe `advisor recommend --answers FILE --format json` into `advisor scaffold --from -`"
OTHER_VERSION = "run `advisor recommend --format json` again with this version of advisor"


EXPECTED = "expected the output of `advisor recommend`"


@dataclass(frozen=True)
class Recommended:
    """The operators to scaffold, and a note for each job without one."""

    requests: tuple[ScaffoldRequest, ...]
    notes: tuple[str, ...]


def read_recommended(document: Document) -> Recommended:
    """Return the requests in the output of `advisor recommend`.

    Raises InputError for any other document, such as answers, and for another schema version.
    """
    _refuse_others(document)
    issues: list[ValidationIssue] = []
    fields = Fields(document.root, (), issues)
    version = fields.text("schema_version")
    if version and version != SCHEMA_VERSION:
        message = f"schema_version: expected {SCHEMA_VERSION}, found {shown(version)}"
        issues.append(ValidationIssue(("schema_version",), message, OTHER_VERSION))
    if issues:
        raise validation_error(document, issues)
    results = [_read(each, document.name) for each in fields.each(RECOMMENDED)]
    if issues:
        raise validation_error(document, issues)
    requests = tuple(each for each in results if isinstance(each, ScaffoldRequest))
    return Recommended(requests, tuple(each for each in results if isinstance(each, str)))


def _refuse_others(document: Document) -> None:
    root = document.root
    if isinstance(root, dict) and root.get(RECOMMENDED):
        return
    if isinstance(root, dict) and not ANSWERS.isdisjoint(root):
        message = f"{EXPECTED}, found an answers file"
        raise InputError.of(document.name, message, PIPE)
    kind = f"no '{RECOMMENDED}'" if isinstance(root, dict) else kind_of(root)
    message = f"{EXPECTED}, found {kind}"
    raise InputError.of(document.name, message, PIPE)


def _read(fields: Fields, document: str) -> ScaffoldRequest | str:
    """Return the request for a job, or a note that says why there is none."""
    name = fields.text("name")
    pattern, variant = _optional(fields, "pattern"), _optional(fields, "variant")
    answers = fields.inner("answers")
    # Alternatives that were recommended over the pattern, or because no pattern fits.
    others = [
        each
        for each in fields.each("alternatives")
        if not pattern or each.text("headline", "false") == "true"
    ]
    if others or not pattern:
        better = others[0].text("title") if others else "none of the patterns"
        return f"{shown(name, '')} is not scaffolded: {better} was recommended"
    return ScaffoldRequest(
        pattern=CHECKPOINT if variant == CHECKPOINT else pattern,
        name=name,
        airflow=answers.text("airflow_version"),
        system=answers.text("system", ""),
        where=f"{document}: {shown(name, '')}",
        replaces_name=True,
    )


def _optional(fields: Fields, key: str) -> str:
    """Return a text field, or "" if it is null, which is "null" in YAML and "" in parsed JSON."""
    text = fields.text(key, "")
    return "" if text == "null" else text
