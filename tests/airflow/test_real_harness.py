"""The harness itself, with a Dag that needs nothing: Airflow comes up, is hurt, and goes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.airflow.environments import python_with
from tests.airflow.real import RealAirflow

pytestmark = [pytest.mark.airflow, pytest.mark.xdist_group("airflow")]

DAG = '''\
"""A task that takes its time, unless it was tried before."""

import time

from airflow.sdk import dag, get_current_context, task


@dag(schedule=None, default_args={"retries": 1})
def patience():
    @task
    def wait():
        tried = get_current_context()["ti"].try_number
        time.sleep(600 if tried == 1 else 0)
        return {"tried": tried}

    wait()


patience()
'''


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAirflow]:
    folder = tmp_path_factory.mktemp("airflow")
    (folder / "patience.py").write_text(DAG)
    plugins = tmp_path_factory.mktemp("plugins")
    with RealAirflow(python_with("3.3.2"), plugins=plugins, dags=folder) as running:
        yield running


def test_a_task_whose_worker_is_killed_is_tried_again(airflow: RealAirflow) -> None:
    run = airflow.trigger("patience")
    hit = airflow.kill_worker("patience", run, "wait")
    assert (hit.state, hit.try_number) == ("running", 1)
    assert airflow.wait("patience", run) == "success"
    assert airflow.xcom("patience", run, "wait") == {"tried": 2}
    assert airflow.task_instance("patience", run, "wait").try_number == 2
