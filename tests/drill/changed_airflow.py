"""Simulates a later release of Airflow with a PYTHONPATH folder that changes its task runner."""

from __future__ import annotations

from pathlib import Path

HOOK = """\
import importlib.abc, importlib.metadata, importlib.util, sys

NAME = "airflow.sdk.execution_time.task_runner"
installed_version = importlib.metadata.version


def version(package):
    is_sdk = package == "apache-airflow-task-sdk"
    return VERSION if VERSION and is_sdk else installed_version(package)


class Changed(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name != NAME:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        exec_module = spec.loader.exec_module

        def exec_changed(module):
            exec_module(module)
            change(module)

        spec.loader.exec_module = exec_changed
        return spec


importlib.metadata.version = version
sys.meta_path.insert(0, Changed())
"""
RENAMED = """\
VERSION = ""
def change(module):
    module.run_task = module.__dict__.pop("run")
"""
"""A release in which the function that runs a task is renamed."""
IDLE = """\
VERSION = "1.9.9"
def change(module):
    def run(ti, context, log):
        return "success", None, None
    module.run = run
"""
"""An untested release in which the function that runs a task does nothing."""
UNTESTED = """\
VERSION = "1.9.9"
def change(module):
    pass
"""
"""An untested release that works like the tested ones."""


def changed_airflow(folder: Path, change: str) -> Path:
    """Create a folder that changes Airflow in every interpreter with it on PYTHONPATH."""
    changed = folder / "changed_airflow"
    changed.mkdir()
    (changed / "sitecustomize.py").write_text(f"{change}\n{HOOK}", encoding="utf-8")
    return changed
