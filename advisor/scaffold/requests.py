"""Reads the output of `advisor recommend` as requests: one operator per job."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.answers.batch import RECOMMENDED
from advisor.documents.model import Document, kind_of, shown
from advisor.documents.validation import Fields, ValidationIssue, validation_error
from advisor.errors import InputError
from advisor.scaffold.model import ScaffoldRequest

SCHEMA_VERSION = "4"
"""The schema version of recommendations that is supported."""
CHECKPOINT = "checkpoint"
ANSWERS = frozenset(("triggerer", "duration", "duplicate_risk", "async_client", "jobs"))
"""Keys that identify an answers file."""
PIPE = "pipe `advisor recommend --answers FILE --format json` into `advisor scaffold --from -`"
OTHER_VERSION = "run `advisor recommend --format json` again with this version of advisor"


SCAFFOLD = "scaffold"
USES = ("operator", SCAFFOLD, "alternative")
EXPECTED = "expected the output of `advisor recommend`"


@dataclass(frozen=True)
class Recommended:
    """The operators to scaffold, and a note for each job without one."""

    requests: tuple[ScaffoldRequest, ...]
    notes: tuple[str, ...]


def read_recommended(document: Document, *, everything: bool = False) -> Recommended:
    """Return the requests in the output of `advisor recommend`.

    Only jobs with `use: scaffold` are requests; with `everything`, all jobs that have a pattern.

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
    results = [_read(each, document.name, everything) for each in fields.each(RECOMMENDED)]
    if issues:
        raise validation_error(document, issues)
    requests = tuple(request for request, _ in results if request)
    return Recommended(requests, tuple(note for _, note in results if note))


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


def _read(fields: Fields, document: str, everything: bool) -> tuple[ScaffoldRequest | None, str]:
    """Return the request for a job, or None, and a note if another way is recommended."""
    name, use = fields.text("name"), fields.choice("use", USES)
    pattern, variant = _optional(fields, "pattern"), _optional(fields, "variant")
    answers, operator = fields.inner("answers"), _operator(fields)
    others = list(fields.each("alternatives"))
    is_enough = any(each.text("headline", "false") == "true" for each in others)
    # A scaffolded operator submits a job, so it cannot wait for an event.
    possible = pattern and not is_enough and answers.text("work", "job") != "event"
    if not possible or (use != SCAFFOLD and not everything):
        better = operator or (others[0].text("title") if others else "none of the patterns")
        hint = " (--all scaffolds it anyway)" if possible else ""
        return None, f"{shown(name, '')} is not scaffolded: {better} was recommended{hint}"
    request = ScaffoldRequest(
        pattern=CHECKPOINT if variant == CHECKPOINT else pattern,
        name=name,
        airflow=answers.text("airflow_version"),
        system=answers.text("system", ""),
        template=_optional(fields, "template"),
        where=f"{document}: {shown(name, '')}",
        replaces_name=True,
    )
    exists = f"{shown(name, '')}: {operator} already exists; `advisor catalog {operator}` shows it"
    return request, exists if operator else ""


def _operator(fields: Fields) -> str:
    """Return the class of the recommended operator, or "" if there is none."""
    if not isinstance(fields.node_of("operator"), dict):
        return ""
    return fields.inner("operator").text("operator")


def _optional(fields: Fields, key: str) -> str:
    """Return a text field, or "" if it is null, which is "null" in YAML and "" in parsed JSON."""
    text = fields.text(key, "")
    return "" if text == "null" else text
