"""The installed Airflow is found by the names of metadata folders, without importing it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from advisor.knowledge.versions import installed_airflow


def found(folder: Path, *names: str) -> str | None:
    for name in names:
        (folder / name).mkdir(parents=True)
    return installed_airflow([str(folder)])


@pytest.mark.parametrize(
    ("names", "version"),
    [
        (["apache_airflow-2.10.5.dist-info"], "2.10.5"),
        (["apache_airflow_core-3.3.2.dist-info"], "3.3.2"),
        (["apache_airflow_core-3.4.0b2.dist-info"], "3.4.0b2"),
        (["apache_airflow-3.3.1.dist-info", "apache_airflow_core-3.3.2.dist-info"], "3.3.2"),
        (["apache_airflow-latest.dist-info", "apache_airflow-3.3.0.dist-info"], "3.3.0"),
        (["apache_airflow_providers_amazon-9.1.0.dist-info"], None),
        (["apache_airflow_task_sdk-1.3.2.dist-info"], None),
        (["apache_airflow_client-3.0.0.dist-info"], None),
        (["apache_airflow-.dist-info"], None),
        (["apache_airflow-3.3.2"], None),
        ([], None),
    ],
)
def test_installed_airflow_reads_the_version_from_metadata(
    tmp_path: Path, names: list[str], version: str | None
) -> None:
    assert found(tmp_path, *names) == version


def test_first_folder_of_the_import_path_wins(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    (first / "apache_airflow-2.10.0.dist-info").mkdir(parents=True)
    (second / "apache_airflow-3.3.0.dist-info").mkdir(parents=True)
    assert installed_airflow([str(first), str(second)]) == "2.10.0"
    assert installed_airflow([str(tmp_path), str(second), str(first)]) == "3.3.0"


def test_entry_that_is_not_a_folder_is_skipped(tmp_path: Path) -> None:
    archive = tmp_path / "python311.zip"
    archive.write_bytes(b"PK")
    missing = tmp_path / "missing"
    (tmp_path / "apache_airflow-3.3.0.dist-info").mkdir()
    assert installed_airflow([str(archive), str(missing), str(tmp_path)]) == "3.3.0"


def test_empty_entry_is_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "apache_airflow-3.3.0.dist-info").mkdir()
    monkeypatch.chdir(tmp_path)
    assert installed_airflow([""]) == "3.3.0"


def test_installed_airflow_searches_sys_path_without_importing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "apache_airflow_core-9.9.9.dist-info").mkdir()
    (tmp_path / "airflow.py").write_text("raise AssertionError('imported')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "airflow", raising=False)
    assert installed_airflow() == "9.9.9"
    assert "airflow" not in sys.modules
