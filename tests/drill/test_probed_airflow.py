"""The drill runs on a release that passes the probe, and rejects other releases."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from advisor.cli.app import run
from advisor.drill import (
    ProbeFailed,
    UnknownAirflow,
    UnsupportedAirflow,
    drill,
    report,
)
from advisor.drill.probe import EXPECTED, differences, kinds_of
from advisor.render.drill_json import drill_document
from tests.airflow.environments import python_with
from tests.drill.changed_airflow import IDLE, RENAMED, UNTESTED, changed_airflow

CONTROLS = Path(__file__).parents[2] / "advisor" / "drill" / "controls"
PLAIN = f"{CONTROLS}/plain.py:plain"
NOTE = "apache-airflow-task-sdk 1.9.9 is untested, but passed the probe of the drill"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "advisor" / "drill-probes.json"


def change(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str) -> None:
    monkeypatch.setenv("PYTHONPATH", str(changed_airflow(folder, text)))


def test_interpreter_without_airflow_is_rejected() -> None:
    with pytest.raises(UnknownAirflow, match="Airflow is not installed") as caught:
        drill(PLAIN, python=sys.executable)
    assert caught.type is UnknownAirflow
    assert caught.value.problems[0].where == "--python"


@pytest.mark.airflow
class TestWithAirflow:
    """Tests that need an Airflow."""

    def test_release_without_a_task_state_store_is_rejected(self) -> None:
        with pytest.raises(UnsupportedAirflow, match=r"task-sdk 1\.2\.2 has no task state store"):
            drill(PLAIN, python=python_with("3.2.2"))

    def test_release_with_a_renamed_function_is_rejected(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        change(monkeypatch, tmp_path, RENAMED)
        with pytest.raises(ProbeFailed, match=r"task-sdk 1\.3\.2: .*task_runner has no run \(up"):
            drill(PLAIN, python=python_with("3.3.2"))

    def test_release_on_which_the_controls_survive_is_rejected(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache: Path
    ) -> None:
        change(monkeypatch, tmp_path, IDLE)
        with pytest.raises(ProbeFailed) as caught:
            drill(PLAIN, python=python_with("3.3.2"))
        expected = "control plain, KILL: found nothing, expected duplicate; control plain"
        assert expected in str(caught.value)
        assert not cache.exists()

    def test_untested_release_that_passes_the_probe_is_drilled_with_a_note(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache: Path
    ) -> None:
        tested = drill(PLAIN, python=python_with("3.3.2"))
        change(monkeypatch, tmp_path, UNTESTED)
        untested = drill(PLAIN, python=python_with("3.3.2"))
        assert report(untested) == report(tested)
        assert tested.notes == ()
        assert untested.notes == (NOTE,)
        assert drill_document(untested)["notes"] == [*untested.notes]
        assert len(json.loads(cache.read_text(encoding="utf-8"))) == 1

    def test_run_of_a_point_prints_the_note_on_an_untested_release(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        change(monkeypatch, tmp_path, UNTESTED)
        python = str(python_with("3.3.2"))
        assert run(["drill", PLAIN, "--python", python, "--point", "KILL:submit:after#1"]) == 1
        assert capsys.readouterr().err == f"note: {NOTE}\n"

    @pytest.mark.parametrize("airflow", ["3.3.0", "3.3.1", "3.3.2", "3.4.0b2"])
    @pytest.mark.parametrize("control", EXPECTED)
    def test_control_has_the_expected_findings_on_tested_releases(
        self, control: str, airflow: str
    ) -> None:
        assert differences(control, kinds_of(control, str(python_with(airflow)))) == []
