"""A drill stops with exit code 2 when an operator tries to reach a real system."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from advisor.drill.api import DrillOptions, drill_target
from advisor.drill.command_line import read_target
from advisor.drill.live.api import LiveDrillOptions, run_live_drill
from advisor.drill.runtime.events import Submitted
from advisor.errors import InputError
from tests.airflow.environments import python_with
from tests.drill.refusing import refused

pytestmark = pytest.mark.airflow

ACTIONS = {
    "with_requests": "connects to jobs.example.com:443",
    "with_aiohttp": "connects to jobs.example.com:443",
    "with_grpc": "connects to jobs.example.com:443 by gRPC",
    "with_async_grpc": "connects to jobs.example.com:443 by gRPC",
    "with_a_subprocess": "starts the process 'kubectl'",
    "in_a_trigger": "connects to jobs.example.com:443",
    "in_the_factory": "connects to jobs.example.com:443",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return Path(
        shutil.copy(Path(__file__).with_name("connecting.py.txt"), tmp_path / "connecting.py")
    )


def line_of(file: Path, factory: str) -> int:
    """Return the line of the call that a factory's operator makes; it has a comment."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.endswith(f"# {factory}"))


@pytest.mark.parametrize("factory", ACTIONS)
def test_drill_stops_and_names_a_swallowed_call(
    file: Path, factory: str, capsys: pytest.CaptureFixture[str]
) -> None:
    error = refused(capsys, f"{file}:{factory}", "--python", str(python_with("3.3.2")))
    place = f"{file}:{line_of(file, factory)}"
    assert (
        f"connecting.py:{factory}: cannot be drilled: it {ACTIONS[factory]} at {place} (" in error
    )


def test_drill_stops_if_only_a_retry_connects(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    error = refused(capsys, f"{file}:in_a_retry", "--python", str(python_with("3.3.2")))
    assert f"connects to jobs.example.com:443 at {file}:{line_of(file, 'in_a_retry')}" in error


def test_operator_inherits_no_credentials_but_those_of_the_factory(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AIRFLOW_CONN_AWS", "AWS_SECRET_ACCESS_KEY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "inherited")
    target = read_target(f"{file}:with_credentials", str(python_with("3.3.2")))
    events = drill_target(target, DrillOptions()).baseline.events
    (submitted,) = (event for event in events if isinstance(event, Submitted))
    assert submitted.spec == {"inherited": [], "region": "set by the factory"}


@pytest.mark.parametrize("factory", ["with_requests", "with_a_subprocess", "in_a_trigger"])
def test_live_drill_stops_and_names_a_swallowed_call(file: Path, factory: str) -> None:
    target = read_target(f"{file}:{factory}", str(python_with("3.3.2")))
    place = f"{file}:{line_of(file, factory)}"
    with pytest.raises(InputError, match=f"it {ACTIONS[factory]} at {place}"):
        run_live_drill([target], LiveDrillOptions())
