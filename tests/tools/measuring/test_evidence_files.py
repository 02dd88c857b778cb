"""The files of docs/evidence/ follow from the figures in them: no word of them is by hand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import measure_comparison
from measure_comparison import EVIDENCE, MEASURED, reworded

READ: dict[str, dict[str, Any]] = {
    airflow: json.loads((EVIDENCE / f"comparison-{airflow}.json").read_text(encoding="utf-8"))
    for airflow in MEASURED
}


@pytest.mark.parametrize("airflow", MEASURED)
def test_a_file_is_what_its_figures_make(airflow: str) -> None:
    text = (EVIDENCE / f"comparison-{airflow}.json").read_text(encoding="utf-8")
    assert text == reworded(airflow), "python3 tools/measure_comparison.py --reword writes it"


@pytest.mark.parametrize("airflow", MEASURED)
def test_what_is_said_of_a_release_was_measured_on_it_more_than_once(airflow: str) -> None:
    told = READ[airflow]
    assert told["airflow"] == airflow
    assert told["times"] >= 2
    seconds = [figures["seconds"] for cell in told["cells"] for figures in cell["figures"]]
    assert {len(each) for each in seconds} == {told["times"]}


def test_no_other_release_is_there() -> None:
    assert {file.name for file in EVIDENCE.glob("comparison-*.json")} == {
        f"comparison-{airflow}.json" for airflow in MEASURED
    }


def test_two_rows_that_share_a_scenario_have_the_same_figures() -> None:
    rows: dict[str, dict[str, Any]] = {"crash-recovery": {}, "prevents-duplicates": {}}
    for cell in READ["3.3.2"]["cells"]:
        if cell["characteristic"] in rows:
            rows[cell["characteristic"]][cell["pattern"]] = cell["figures"]
    assert rows["crash-recovery"] == rows["prevents-duplicates"]


def test_where_a_figure_no_longer_fits_its_reason_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "evidence"
    shutil.copytree(EVIDENCE, folder)
    file = folder / "comparison-3.3.2.json"
    other = file.read_text(encoding="utf-8").replace('"result": "lost"', '"result": "reported"')
    file.write_text(other, encoding="utf-8")
    monkeypatch.setattr(measure_comparison, "EVIDENCE", folder)
    assert measure_comparison.main(["--reword"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(
        "error: crash-recovery, resumable: 'worker killed while waiting: went on"
    )
    assert said.endswith("\nNothing was written.\n")
    assert file.read_text(encoding="utf-8") == other
