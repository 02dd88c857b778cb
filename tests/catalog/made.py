"""Hand-made facts and snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from advisor.catalog.model import OperatorFacts
from advisor.catalog.snapshot import COLUMNS, Snapshot
from advisor.knowledge.versions import Version

GLUE = "airflow.providers.amazon.aws.operators.glue.GlueJobOperator"


def facts(name: str = "GlueJobOperator", **changed: object) -> OperatorFacts:
    """Return the facts about an operator that defers and stores the id of its job."""
    values: dict[str, Any] = {
        "module": "airflow.providers.amazon.aws.operators.glue",
        "name": name,
        "provider": "amazon",
        "kind": "operator",
        "deferrable": "parameter",
        "deferrable_default": "config",
        "durable": "yes",
        "acts": "yes",
        "retry_finds_job_by": "task-state-store",
        "on_kill": "yes",
        "trigger_on_kill": "no",
        "wait_limit_s": 4500.0,
        "wait_parameters": {"waiter_delay": "60", "waiter_max_attempts": "75"},
        "timeout_while_deferred": "no",
        "idempotency_parameter": "",
        "parameters": ("job_name", "resume_glue_job_on_retry"),
        **changed,
    }
    return OperatorFacts(**values)


def sensor(name: str = "S3KeySensor", **changed: object) -> OperatorFacts:
    """Return the facts about a sensor that defers."""
    values: dict[str, Any] = {
        "module": "airflow.providers.amazon.aws.sensors.s3",
        "kind": "sensor",
        "durable": "no",
        "acts": "no",
        "retry_finds_job_by": "nothing",
        "on_kill": "no",
        "wait_limit_s": 604800.0,
        "wait_parameters": {"timeout": "604800"},
        "parameters": ("bucket_key",),
        **changed,
    }
    return facts(name, **values)


OPERATORS = (
    facts(),
    sensor(),
    facts(
        "TriggerDagRunOperator",
        module="airflow.providers.standard.operators.trigger_dagrun",
        provider="standard",
        durable="no",
        acts="no",
        retry_finds_job_by="caller-id",
        wait_limit_s=None,
        wait_parameters={},
        idempotency_parameter="trigger_run_id",
        parameters=("trigger_run_id",),
    ),
)
HISTORY = {
    GLUE: [
        [
            "8.2.0",
            {
                "exists": "yes",
                "deferrable": "never",
                "durable": "no",
                "acts": "no",
                "retry_finds_job_by": "nothing",
                "wait_limit_s": None,
                "parameter resume_glue_job_on_retry": "no",
            },
        ],
        ["8.11.0", {"deferrable": "parameter"}],
        ["9.10.0", {"wait_limit_s": 4500.0}],
        ["9.24.0", {"parameter resume_glue_job_on_retry": "yes"}],
        [
            "9.35.0",
            {"durable": "yes", "acts": "yes", "retry_finds_job_by": "task-state-store"},
        ],
    ]
}


def snapshot(*operators: OperatorFacts, history: Mapping[str, object] | None = None) -> Snapshot:
    """Return a snapshot of amazon 9.39.0 and standard 1.21.0."""
    rows: dict[str, Any] = {}
    for each in operators or OPERATORS:
        values = asdict(each)
        row = [each.name, *(values[column] for column in COLUMNS)]
        rows.setdefault(each.provider, {}).setdefault(each.module, []).append(row)
    inputs = {"amazon": "9.39.0", "standard": "1.21.0"}
    content = {
        "operators": rows,
        "releases": {
            "amazon": ["8.2.0", "8.11.0", "9.10.0", "9.17.0", "9.24.0", "9.35.0", "9.39.0"],
            "standard": ["1.0.0", "1.21.0"],
        },
        "requires": {
            "amazon": [["8.2.0", "2.4.0"], ["9.17.0", "2.10.0"], ["9.24.0", "2.11.0"]],
            "standard": [["1.0.0", "2.9.0"], ["1.21.0", "2.11.0"]],
        },
        "recorded_from": {"amazon": "8.2.0"},
        "history": HISTORY if history is None else history,
    }
    return Snapshot("2026-11-24", Version(3, 3, 2), inputs, content)
