"""Recommendations as YAML: the shape of the JSON, for people who read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from advisor.decision.report import JobReport
from advisor.documents.yaml_text import to_yaml
from advisor.render.as_json import document


def yaml_document(reports: Iterable[JobReport], airflow_version: str | None) -> Iterator[str]:
    """Yield the text of the document."""
    yield to_yaml(document(reports, airflow_version))
