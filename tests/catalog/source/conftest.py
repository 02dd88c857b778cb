"""Small import paths with a stand-in for Airflow."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from advisor.catalog.model import OperatorFacts
from advisor.catalog.source import Reading, read_environment

AIRFLOW = {
    "airflow/__init__.py": "",
    "apache_airflow_core-3.3.2.dist-info/METADATA": "",
    "airflow/sdk/__init__.py": """
        __lazy_imports = {
            "BaseOperator": ".bases.operator",
            "BaseSensorOperator": ".bases.sensor",
            "ResumableJobMixin": ".bases.resumable",
            "conf": ".configuration",
        }
        def __getattr__(name):
            return __lazy_imports[name]
        """,
    "airflow/sdk/bases/operator.py": """
        class BaseOperator:
            def __init__(self, *, task_id, execution_timeout=None, **kwargs): ...
            def on_kill(self): ...
            def execute(self, context): raise NotImplementedError
        """,
    "airflow/sdk/bases/sensor.py": """
        from airflow.sdk.bases.operator import BaseOperator
        class BaseSensorOperator(BaseOperator):
            def __init__(self, *, poke_interval=60, timeout=None, **kwargs): ...
            def poke(self, context): ...
            def execute(self, context): ...
        """,
    "airflow/sdk/bases/resumable.py": """
        class ResumableJobMixin:
            def __init__(self, *, durable=True, **kwargs): ...
            def execute_resumable(self, context): ...
        """,
    "airflow/sdk/configuration.py": "conf = object()",
    "airflow/triggers/base.py": """
        class BaseTrigger:
            async def on_kill(self): ...
        class TriggerEvent: ...
        """,
}

Read = Callable[[Mapping[str, str]], Reading]
ReadOne = Callable[[str], OperatorFacts]


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), "utf-8")


@pytest.fixture(autouse=True)
def cache_in_tmp_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site-packages"
    write_files(folder, AIRFLOW)
    return folder


@pytest.fixture
def read(site: Path) -> Read:
    def run(files: Mapping[str, str]) -> Reading:
        write_files(site, files)
        return read_environment([site])

    return run


@pytest.fixture
def read_one(read: Read) -> ReadOne:
    """Read the last operator in the source of one module."""

    def run(source: str) -> OperatorFacts:
        return read({"ours/jobs.py": PRELUDE + dedent(source)}).operators[-1]

    return run


PRELUDE = """\
from __future__ import annotations
import asyncio
import time
from datetime import datetime, timedelta
from airflow.sdk import BaseOperator, BaseSensorOperator, ResumableJobMixin, conf
from airflow.triggers.base import BaseTrigger, TriggerEvent

DEFAULT = conf.getboolean("operators", "default_deferrable", fallback=False)


class JobTrigger(BaseTrigger):
    def __init__(self, delay, attempts):
        self.delay = delay
        self.attempts = attempts

    async def run(self):
        attempt = 0
        while attempt < self.attempts:
            if await client.done():
                yield TriggerEvent({})
                return
            await asyncio.sleep(self.delay)
            attempt += 1

"""


@pytest.fixture
def site_without_airflow(site: Path) -> None:
    shutil.rmtree(site)
    site.mkdir()
