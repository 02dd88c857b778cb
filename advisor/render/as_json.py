"""Recommendations as JSON: one indented, many one to a line, written piece by piece."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from advisor.decision.model import Recommendation
from advisor.decision.report import JobReport
from advisor.render.shape import SCHEMA_VERSION, Shape, shape_body, shape_head, shape_tail


def json_document(
    reports: Iterable[JobReport], airflow_version: str | None, *, many: bool
) -> Iterator[str]:
    """Yield the text of the document in pieces, so that a large batch is never held whole."""
    if not many:
        whole = document(reports, airflow_version)
        yield json.dumps(whole, indent=2) + "\n"
        return
    bodies = _Bodies()
    yield f'{{"schema_version": {SCHEMA_VERSION}, '
    yield f'"airflow_version": {json.dumps(airflow_version)}, "recommendations": ['
    separator = "\n"
    for report in reports:
        yield separator + bodies.line(report)
        separator = ",\n"
    yield "\n]}\n"


def document(reports: Iterable[JobReport], airflow_version: str | None) -> Shape:
    """Return the whole document as mappings and lists."""
    return {
        "schema_version": SCHEMA_VERSION,
        "airflow_version": airflow_version,
        "recommendations": [
            {**shape_head(report), **shape_body(report.recommendation), **shape_tail(report)}
            for report in reports
        ],
    }


class _Bodies:
    """Serialises each distinct recommendation once; a batch repeats few of them many times."""

    def __init__(self) -> None:
        self._text: dict[int, tuple[Recommendation, str]] = {}
        self._encode = json.JSONEncoder().encode

    def line(self, report: JobReport) -> str:
        """Return a case as one line of JSON."""
        head, tail = self._encode(shape_head(report)), self._encode(shape_tail(report))
        return f"{head[:-1]}, {self._body(report.recommendation)}, {tail[1:]}"

    def _body(self, recommendation: Recommendation) -> str:
        # By identity: hashing a recommendation costs more than serialising it. The entry keeps the
        # object alive, so that its id is not given to another.
        entry = self._text.get(id(recommendation))
        if entry is None:
            entry = self._text[id(recommendation)] = (
                recommendation,
                self._encode(shape_body(recommendation))[1:-1],
            )
        return entry[1]
