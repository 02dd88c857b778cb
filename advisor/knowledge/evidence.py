"""What was measured of the documented comparison: files that a tool writes and `compare` reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple, cast, get_args

from advisor.documents.read import read_document
from advisor.documents.validation import Fields, ValidationIssue
from advisor.errors import InputError, KnowledgeError
from advisor.knowledge.loader import raise_issues
from advisor.knowledge.model import Disagreement, Knowledge, Source
from advisor.knowledge.sources import EVIDENCE, evidence_source
from advisor.knowledge.versions import Version, parse_version
from advisor.resources import resource_folder

Agreement = Literal["yes", "in part", "no"]


class Measurement(NamedTuple):
    """What was measured of one cell.

    `documented` is the value that the cell had then, `ran` and `outcome` are sentences, and `why`
    says why the outcome is not what is documented, "" where it is.
    """

    characteristic: str
    pattern: str
    documented: str
    ran: str
    value: str
    outcome: str
    agrees: Agreement
    why: str


class Evidence(NamedTuple):
    """All that was measured on one release, so often, and each time with the same outcome."""

    id: str
    airflow: Version
    date: str
    times: int
    measurements: tuple[Measurement, ...]

    @property
    def source(self) -> Source:
        """Return how the whole of it is cited."""
        return Source(
            "measured", f"{EVIDENCE}{self.id}.json, {self.date}", f"Airflow {self.airflow}"
        )

    def of(self, characteristic: str, pattern: str) -> Measurement | None:
        """Return what was measured of a cell, None where nothing was."""
        for each in self.measurements:
            if (each.characteristic, each.pattern) == (characteristic, pattern):
                return each
        return None


def load_evidence(folder: Path | None = None) -> tuple[Evidence, ...]:
    """Return the evidence in a folder (default: the shipped one), the newest release first.

    Raises:
        KnowledgeError: a file is not as the tool writes it.
    """
    files = sorted((folder or resource_folder("evidence")).glob("comparison-*.json"))
    found = [_evidence(file) for file in files]
    return tuple(sorted(found, key=lambda each: each.airflow, reverse=True))


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
    """Hold the evidence and what is said of it against each other.

    Raises:
        KnowledgeError: a cell was measured that is not documented so, a documented one was not
            measured, or something is cited that is not there.
    """
    problems = [
        *_strangers(evidence, knowledge),
        *_unmeasured(evidence, knowledge),
        *_unfounded(evidence, _cited((knowledge, notes))),
    ]
    if problems:
        raise KnowledgeError("\n".join(problems))


def _strangers(evidence: tuple[Evidence, ...], knowledge: Knowledge) -> Iterator[str]:
    for each in evidence:
        for measured in each.measurements:
            row = knowledge.characteristics.get(measured.characteristic)
            known = row and measured.pattern in row.cells
            cell = row.cell(measured.pattern, each.airflow) if row and known else None
            if cell is None or cell.value != measured.documented:
                found = f"{measured.characteristic} of {measured.pattern}"
                message = cell.value if cell else "nothing"
                yield f"{each.id}: {found} was {measured.documented}, the knowledge says {message}"


def _unmeasured(evidence: tuple[Evidence, ...], knowledge: Knowledge) -> Iterator[str]:
    for row in knowledge.characteristics.values():
        for pattern in row.cells if row.documented else ():
            if not any(each.of(row.id, pattern) for each in evidence):
                yield f"{row.id} of {pattern} is documented and was not measured"


def _cited(value: object) -> Iterator[Source]:
    """Yield every source that stands anywhere in a value."""
    if isinstance(value, Source):
        yield value
    elif isinstance(value, (tuple, Mapping)):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _cited(each)


def _unfounded(evidence: tuple[Evidence, ...], cited: Iterable[Source]) -> Iterator[str]:
    there = {
        evidence_source(each.id, measured.characteristic, measured.pattern)
        for each in evidence
        for measured in each.measurements
    }
    for source in dict.fromkeys(cited):
        if source.text.startswith(EVIDENCE) and source not in there:
            yield f"{source.text} is cited and not there"
