"""Measurements of the documented comparison, read from the files that tools/ writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from advisor.documents.read import read_document
from advisor.documents.validation import Fields, ValidationIssue
from advisor.errors import InputError, KnowledgeError
from advisor.knowledge.loader import raise_issues
from advisor.knowledge.model import Disagreement, Knowledge, Source
from advisor.knowledge.sources import EVIDENCE, evidence_source
from advisor.knowledge.versions import Version, parse_version
from advisor.resources import resource_folder

Agreement = Literal["yes", "in part", "no"]


@dataclass(frozen=True)
class Measurement:
    """A measurement of one cell of the comparison.

    `documented` is the value of the cell at the time, `ran` and `outcome` are sentences, and `why`
    explains an outcome that differs from the documentation, else it is "".
    """

    characteristic: str
    pattern: str
    documented: str
    ran: str
    value: str
    outcome: str
    agrees: Agreement
    why: str


@dataclass(frozen=True)
class Evidence:
    """The measurements on one release. Each was repeated `times` times, with the same outcome."""

    id: str
    airflow: Version
    date: str
    times: int
    measurements: tuple[Measurement, ...]

    @property
    def source(self) -> Source:
        """Return the source that cites all of it."""
        return Source(
            "measured", f"{EVIDENCE}{self.id}.json, {self.date}", f"Airflow {self.airflow}"
        )

    def of(self, characteristic: str, pattern: str) -> Measurement | None:
        """Return the measurement of a cell, or None."""
        for each in self.measurements:
            if (each.characteristic, each.pattern) == (characteristic, pattern):
                return each
        return None


def load_evidence(folder: Path | None = None) -> tuple[Evidence, ...]:
    """Return the evidence in a folder (default: the shipped one), the newest release first.

    Raises:
        KnowledgeError: a file is malformed.
    """
    files = sorted((folder or resource_folder("evidence")).glob("comparison-*.json"))
    evidence = [_evidence(file) for file in files]
    return tuple(sorted(evidence, key=lambda each: each.airflow, reverse=True))


def _evidence(file: Path) -> Evidence:
    issues: list[ValidationIssue] = []
    try:
        fields = Fields(read_document(str(file)).root, (file.name,), issues)
    except InputError as error:
        raise KnowledgeError(str(error)) from None
    for context in ("$comment", "task_sdk", "advisor", "python", "platform", "deployment"):
        fields.text(context)
    evidence = Evidence(
        id=fields.choice("id", [file.stem]),
        airflow=fields.parsed("airflow", parse_version, "0.0"),
        date=fields.text("date"),
        times=fields.parsed("times", int, "0"),
        measurements=tuple(map(_measurement, fields.each("cells"))),
    )
    fields.done()
    raise_issues(issues)
    return evidence


def _measurement(fields: Fields) -> Measurement:
    fields.node_of("figures")
    agrees = cast("Agreement", fields.choice("agrees", get_args(Agreement)))
    return Measurement(
        characteristic=fields.text("characteristic"),
        pattern=fields.text("pattern"),
        documented=fields.text("documented"),
        ran=fields.text("ran"),
        value=fields.text("measured"),
        outcome=fields.text("outcome"),
        agrees=agrees,
        why=fields.text("why", "" if agrees == "yes" else None),
    )


def check_evidence(
    evidence: tuple[Evidence, ...], knowledge: Knowledge, notes: tuple[Disagreement, ...]
) -> None:
    """Check that the evidence and the knowledge agree.

    Raises:
        KnowledgeError: the value of a measured cell has changed, a cell of the documented table was
            not measured, or a measurement is cited that does not exist.
    """
    problems = [
        *_changed_cells(evidence, knowledge),
        *_unmeasured_cells(evidence, knowledge),
        *_missing_citations(evidence, _cited((knowledge, notes))),
    ]
    if problems:
        raise KnowledgeError("\n".join(problems))


def _changed_cells(evidence: tuple[Evidence, ...], knowledge: Knowledge) -> Iterator[str]:
    for each in evidence:
        for measured in each.measurements:
            row = knowledge.characteristics.get(measured.characteristic)
            exists = row and measured.pattern in row.cells
            cell = row.cell(measured.pattern, each.airflow) if row and exists else None
            if cell is None or cell.value != measured.documented:
                name = f"{measured.characteristic} of {measured.pattern}"
                value = cell.value if cell else "nothing"
                yield f"{each.id}: {name} was {measured.documented}, the knowledge says {value}"


def _unmeasured_cells(evidence: tuple[Evidence, ...], knowledge: Knowledge) -> Iterator[str]:
    for row in knowledge.characteristics.values():
        for pattern in row.cells if row.documented else ():
            if not any(each.of(row.id, pattern) for each in evidence):
                yield f"{row.id} of {pattern} is documented and was not measured"


def _cited(value: object) -> Iterator[Source]:
    """Yield every source anywhere in a value."""
    if isinstance(value, Source):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _cited(each)
    elif isinstance(value, Mapping):
        yield from _cited(tuple(value.values()))
    elif is_dataclass(value):
        yield from _cited(tuple(vars(value).values()))


def _missing_citations(evidence: tuple[Evidence, ...], cited: Iterable[Source]) -> Iterator[str]:
    existing = {
        evidence_source(each.id, measured.characteristic, measured.pattern)
        for each in evidence
        for measured in each.measurements
    }
    for source in dict.fromkeys(cited):
        if source.text.startswith(EVIDENCE) and source not in existing:
            yield f"{source.text} is cited and not there"
