"""Modules that a package would hide; test_plan.py covers the obstacles on disk."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from advisor.scaffold.obstacles import hidden_module


def test_hidden_module_finds_modules_that_are_installed(tmp_path: Path) -> None:
    assert "pytest" in hidden_module("pytest", tmp_path / "pytest")


def test_hidden_module_ignores_the_folder_of_the_package_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "nightly_load"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    assert hidden_module("nightly_load", package) == ""
    assert hidden_module("nightly_load", tmp_path / "elsewhere" / "nightly_load") == str(package)


def test_hidden_module_ignores_plain_folders_of_the_working_directory_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("here", "there"):
        (tmp_path / place / "nightly_load").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    package = tmp_path / "plugins" / "nightly_load"
    assert hidden_module("nightly_load", package) == ""
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "there")])
    assert hidden_module("nightly_load", package) != ""


def test_hidden_module_imports_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "nightly_load.py").write_text("raise SystemExit")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    assert hidden_module("nightly_load", tmp_path / "plugins" / "nightly_load") != ""
    assert "nightly_load" not in sys.modules
