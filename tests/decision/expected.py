"""Reads the reviewed decision table in expected.yaml, without the code under test."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

TABLE = Path(__file__).with_name("expected.yaml")
WHOLE_DOMAIN = {
    "triggerer": ["yes", "no"],
    "duration": ["short", "medium", "long"],
    "duplicate_risk": ["harmless", "costly", "unacceptable"],
    "async_client": ["yes", "no"],
    "work": ["job", "batches", "requests", "event"],
    "found_by": ["id", "key", "nothing"],
    "airflow": ["before 3.2", "3.2", "3.3", "3.4"],
}

Expected = tuple[str | None, str | None, str | None]
"""Pattern, variant, headline."""


class Row(NamedTuple):
    """One rule, which applies to every point with accepted inputs."""

    number: int
    when: Mapping[str, tuple[str, ...]]
    then: Expected

    def matches(self, inputs: Mapping[str, str]) -> bool:
        return all(inputs[name] in accepted for name, accepted in self.when.items())


def read_rows() -> list[Row]:
    """Return the rows in order, numbered from 1."""
    document = yaml.load(TABLE.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return [_row(number, entry) for number, entry in enumerate(document["rows"], start=1)]


def _row(number: int, entry: dict[str, Any]) -> Row:
    when = {name: (x,) if isinstance(x, str) else tuple(x) for name, x in entry["when"].items()}
    then = dict(entry["then"])
    pattern = then.pop("pattern")
    outcome = (
        None if pattern == "none" else pattern,
        then.pop("variant", None),
        then.pop("headline", None),
    )
    if then:
        raise AssertionError(f"row {number}: unknown outcome {then}")
    return Row(number, when, outcome)


def inputs_of(answers: Mapping[str, str]) -> dict[str, str]:
    """Return the inputs of the conditions, from a class of answers for each question."""
    return {
        "triggerer": answers["triggerer"],
        "duration": answers["duration"].partition(">=")[0],
        "duplicate_risk": answers["duplicate_risk"],
        "async_client": answers["async_client"],
        "work": answers["work"],
        "found_by": _found_by(answers["job_id"], answers["idempotency_key"]),
        "airflow": _airflow(answers["airflow_version"]),
    }


def _found_by(job_id: str, key: str) -> str:
    if job_id == "yes":
        return "id"
    return "key" if key == "yes" else "nothing"


def _airflow(version: str) -> str:
    major, minor, *_ = (int(part) for part in version.split("."))
    return "before 3.2" if (major, minor) < (3, 2) else f"{major}.{minor}"


def in_words(outcome: Expected) -> str:
    """Return `resumable (checkpoint)`, `none, headline plain-operator`."""
    pattern, variant, headline = outcome
    form = f" ({variant})" if variant else ""
    return (pattern or "none") + form + (f", headline {headline}" if headline else "")
