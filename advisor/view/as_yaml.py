"""Recommendations as YAML: the shape of the JSON, for people who read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from advisor.decision.case import Case
from advisor.documents.write import to_yaml
from advisor.view.as_json import document


def yaml_document(cases: Iterable[Case], airflow_version: str | None) -> Iterator[str]:
    """Yield the text of the document."""
    yield to_yaml(document(cases, airflow_version))
