"""Scaffolds in the plugins folder do not affect other plugins."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.airflow.environments import python_with
from tests.scaffold.rendering import every_spec, put_all

PLUGIN = """\
from airflow.plugins_manager import AirflowPlugin


class Neighbour(AirflowPlugin):
    name = "neighbour"
"""
LOAD = """\
import operator, sys
from airflow import plugins_manager
plugins, errors = plugins_manager._get_plugins()
assert not errors, errors
assert "neighbour" in [plugin.name for plugin in plugins], plugins
files = {name: str(getattr(module, "__file__", "")) for name, module in sys.modules.items()}
ours = [name for name, file in files.items() if file.startswith(sys.argv[1])]
assert ours == ["neighbour"], ours
assert operator.add(1, 1) == 2
"""


@pytest.mark.airflow
@pytest.mark.parametrize("syntax", ["glob", "regexp"])
def test_loading_plugins_does_not_import_scaffolds(syntax: str, tmp_path: Path) -> None:
    put_all(every_spec("3.3"), tmp_path)
    plugins = tmp_path / "plugins"
    (plugins / "neighbour.py").write_text(PLUGIN)
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(tmp_path / "home"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(plugins),
        "AIRFLOW__CORE__DAG_IGNORE_FILE_SYNTAX": syntax,
        "PYTHONPATH": str(plugins),
    }
    load = [str(python_with("3.3.2")), "-c", LOAD, str(plugins)]
    process = subprocess.run(load, env=environment, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr[-3000:]
