"""Recommendations as mappings and lists, for JSON and YAML."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from advisor.decision.report import JobReport
from advisor.render.shape import SCHEMA_VERSION, Shape, shape_report


def document(reports: Sequence[JobReport]) -> Shape:
    """Return recommendations as mappings and lists."""
    versions = {report.answers.values["airflow_version"] for report in reports}
    return {
        "schema_version": SCHEMA_VERSION,
        "airflow_version": versions.pop() if len(versions) == 1 else None,
        "recommendations": [shape_report(report) for report in reports],
    }


def job_per_line(document: Mapping[str, Any]) -> str:
    """Return recommendations as JSON with one job to a line, so that `grep` finds a job."""
    head = json.dumps({**document, "recommendations": []}).removesuffix("]}")
    lines = ",\n".join(json.dumps(each) for each in document["recommendations"])
    return f"{head}\n{lines}\n]}}\n"
