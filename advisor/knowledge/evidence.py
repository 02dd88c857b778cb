"""Measurements of the documented comparison, read from the files that tools/ writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast, get_args

from advisor.documents.read import read_document
from advisor.documents.validation import Fields
from advisor.errors import InputError, KnowledgeError
from advisor.knowledge.loader import checked
from advisor.knowledge.model import Source
from advisor.knowledge.sources import EVIDENCE
from advisor.knowledge.versions import Version, parse_version
from advisor.resources import resource_folder

Agreement = Literal["yes", "in part", "no"]
MAX_REASON_WORDS: Final = 10


@dataclass(frozen=True)
class Measurement:
    """A measurement of one cell of the comparison.

    `documented` is the value that the documentation gave at the time. `ran` and `outcome` are
    sentences. If `agrees` is not "yes", `reason` says in at most ten words why, and `why` explains
    it; otherwise both are "".
    """

    characteristic: str
    pattern: str
    documented: str
    ran: str
    value: str
    outcome: str
    agrees: Agreement
    reason: str
    why: str


@dataclass(frozen=True)
class Evidence:
    """The measurements on one release. Each was made `times` times, with the same outcome."""

    id: str
    airflow: Version
    date: str
    times: int
    measurements: tuple[Measurement, ...]

    @property
    def source(self) -> Source:
        """Return the source that cites the whole evidence file."""
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
    """Return the evidence in a folder (default: the shipped one), newest release first."""
    files = sorted((folder or resource_folder("evidence")).glob("comparison-*.json"))
    evidence = [_evidence(file) for file in files]
    return tuple(sorted(evidence, key=lambda each: each.airflow, reverse=True))


def _evidence(file: Path) -> Evidence:
    try:
        root = read_document(str(file)).root
    except InputError as error:
        raise KnowledgeError(str(error)) from None
    with checked(root, file.name) as fields:
        for context in ("$comment", "task_sdk", "advisor", "python", "platform", "deployment"):
            fields.text(context)
        return Evidence(
            id=fields.choice("id", [file.stem]),
            airflow=fields.parsed("airflow", parse_version, "0.0"),
            date=fields.text("date"),
            times=fields.parsed("times", int, "0"),
            measurements=tuple(map(_measurement, fields.each("cells"))),
        )


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
        reason=short_reason(fields) if agrees != "yes" else _without(fields, "reason"),
        why=fields.text("why") if agrees != "yes" else _without(fields, "why"),
    )


def short_reason(fields: Fields) -> str:
    """Return the text of the field `reason`; a text of more than ten words is an issue."""
    reason = fields.text("reason")
    if (words := len(reason.split())) > MAX_REASON_WORDS:
        fields.add_issue(
            f"reason: expected at most {MAX_REASON_WORDS} words, found {words}", "reason"
        )
    return reason


def _without(fields: Fields, key: str) -> str:
    """Return "", after checking that a measurement that agrees does not have this field."""
    if fields.node_of(key):
        fields.add_issue(f"{key}: is only for a measurement that differs", key)
    return ""
