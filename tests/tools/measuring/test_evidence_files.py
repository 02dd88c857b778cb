"""The files of docs/evidence/ are what the tool writes for the figures in them."""

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
def test_evidence_files_equal_the_text_that_is_made_from_their_figures(airflow: str) -> None:
    text = (EVIDENCE / f"comparison-{airflow}.json").read_text(encoding="utf-8")
    assert text == reworded(airflow), "python3 tools/measure_comparison.py --reword writes it"


@pytest.mark.parametrize("airflow", MEASURED)
def test_every_scenario_was_measured_at_least_twice_on_its_release(airflow: str) -> None:
    document = READ[airflow]
    assert document["airflow"] == airflow
    assert document["times"] >= 2
    seconds = [figures["seconds"] for cell in document["cells"] for figures in cell["figures"]]
    assert {len(each) for each in seconds} == {document["times"]}


def test_evidence_has_one_file_for_each_measured_release() -> None:
    assert {file.name for file in EVIDENCE.glob("comparison-*.json")} == {
        f"comparison-{airflow}.json" for airflow in MEASURED
    }


def test_rows_that_share_a_scenario_have_the_same_figures() -> None:
    rows: dict[str, dict[str, Any]] = {"crash-recovery": {}, "prevents-duplicates": {}}
    for cell in READ["3.3.2"]["cells"]:
        if cell["characteristic"] in rows:
            rows[cell["characteristic"]][cell["pattern"]] = cell["figures"]
    assert rows["crash-recovery"] == rows["prevents-duplicates"]


def test_reword_writes_nothing_if_a_reason_does_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "evidence"
    shutil.copytree(EVIDENCE, folder)
    file = folder / "comparison-3.3.2.json"
    other = file.read_text(encoding="utf-8").replace('"result": "lost"', '"result": "reported"')
    file.write_text(other, encoding="utf-8")
    monkeypatch.setattr(measure_comparison, "EVIDENCE", folder)
    assert measure_comparison.main(["--reword"]) == 1
    message = capsys.readouterr().err
    assert message.startswith(
        "error: crash-recovery, resumable: 'worker killed while waiting: continued"
    )
    assert message.endswith("\nNothing was written.\n")
    assert file.read_text(encoding="utf-8") == other
