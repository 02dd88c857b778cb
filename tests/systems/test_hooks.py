"""The hooks of each pattern and system keep their contract with a real server.

The tests in contract/ run in an environment with Airflow, which has no advisor: they import it from
this checkout.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from advisor.scaffold.manifest import load_manifest
from advisor.scaffold.model import ScaffoldSpec
from advisor.scaffold.render import render
from tests.airflow.environments import python_with
from tests.scaffold.filling import filled_in
from tests.scaffold.rendering import OTHER_SETTINGS, spec

ROOT = Path(__file__).parents[2]
CONTRACT = Path(__file__).with_name("contract")
BODIES = ROOT / "tests" / "scaffold" / "filled" / "bodies.py.txt"
PATTERNS = ("resumable", "deferrable", "async")
"""The ways to call a hook; `checkpoint` calls it as `resumable` does."""
SETTINGS: Mapping[str, Mapping[str, str]] = {"default": {}, **OTHER_SETTINGS}
FARM = {"active": "rendering", "succeeded": "rendered", "failed": "broken,stopped"}
PYTEST = ("-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", "-p", "no:asyncio")
# The configuration and the conftest.py of this checkout need packages that are not installed there.
ISOLATED = ("-c", os.devnull, f"--rootdir={CONTRACT}", f"--confcutdir={CONTRACT}")

pytestmark = pytest.mark.airflow


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the hooks, and a list of them."""
    folder = tmp_path_factory.mktemp("hooks")
    listed = []
    for name, each in specs():
        text = hooks_of(each)
        if each.system == "custom":
            text = filled_in(text, BODIES.read_text(encoding="utf-8"))
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
        listed.append(entry(f"{name}.py", each))
    (folder / "subjects.json").write_text(json.dumps(listed), encoding="utf-8")
    return folder


def specs() -> Iterator[tuple[str, ScaffoldSpec]]:
    for pattern in PATTERNS:
        for name, given in SETTINGS.items():
            yield f"{pattern}_{name}", spec(pattern, given=given)
        yield f"{pattern}_farm", spec(pattern, system="custom", given=FARM)


def hooks_of(spec: ScaffoldSpec) -> str:
    files = render(spec, load_manifest())
    (text,) = (file.text for file in files if file.path.as_posix() == "hooks.py")
    return text


def entry(file: str, spec: ScaffoldSpec) -> dict[str, Any]:
    settings = dict(spec.settings)
    return {"file": file, "pattern": spec.pattern, "system": spec.system, "settings": settings}


@pytest.mark.parametrize("airflow", ["3.2.2", "3.3.2", "3.4.0b2"])
@pytest.mark.parametrize("system", ["http", "custom"])
def test_hooks_keep_their_contract(system: str, airflow: str, hooks: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [python_with(airflow), *PYTEST, *ISOLATED, CONTRACT / f"{system}_hook.py"],
        env={
            "PATH": os.environ["PATH"],
            "AIRFLOW_HOME": str(tmp_path),
            "PYTHONPATH": str(ROOT),
            "HOOKS": str(hooks),
        },
        check=False,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-1000:]
