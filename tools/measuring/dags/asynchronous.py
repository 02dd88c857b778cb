"""A Dag for each form of the async pattern."""

from __future__ import annotations

from airflow.sdk import DAG

from measuring.subjects.asynchronous import AsyncOperator, AsyncRequests, StoringAsyncOperator

with DAG("async"):
    AsyncOperator(task_id="work", retries=2, pool="async")

with DAG("async_storing"):
    StoringAsyncOperator(task_id="work", retries=2)

with DAG("async_requests"):
    AsyncRequests(task_id="work", retries=2)
