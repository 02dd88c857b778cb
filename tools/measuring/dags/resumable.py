"""A Dag for each form of the resumable pattern."""

from __future__ import annotations

from airflow.sdk import DAG

from measuring.subjects.resumable import ResumableOperator, ResumableRequests

with DAG("resumable"):
    ResumableOperator(task_id="work", retries=2, pool="resumable")

with DAG("resumable_requests"):
    ResumableRequests(task_id="work", retries=2)
