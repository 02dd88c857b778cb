"""A Dag for each form of the deferrable pattern."""

from __future__ import annotations

from airflow.sdk import DAG

from measuring.subjects.deferrable import (
    DeferrableOperator,
    DeferrableRequests,
    StoringDeferrableOperator,
)

with DAG("deferrable"):
    DeferrableOperator(task_id="work", retries=2, pool="deferrable")

with DAG("deferrable_storing"):
    StoringDeferrableOperator(task_id="work", retries=2)

with DAG("deferrable_requests"):
    DeferrableRequests(task_id="work", retries=2)
