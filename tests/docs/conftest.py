"""A place to run the commands of a page in, with the examples, and to write files to."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.docs.pages import ROOT

LOOKS = {"ADVISOR_PLAIN", "COLUMNS", "FORCE_COLOR", "NO_COLOR", "TERM"}


class Workspace(NamedTuple):
    """A folder, and the variables with which `advisor` there is this checkout's."""

    folder: Path
    variables: Mapping[str, str]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    folder, programs = tmp_path / "work", tmp_path / "bin"
    folder.mkdir()
    programs.mkdir()
    (folder / "docs").symlink_to(ROOT / "docs")
    program = programs / "advisor"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m advisor "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    variables = {key: value for key, value in os.environ.items() if key not in LOOKS}
    variables["PATH"] = f"{programs}{os.pathsep}{variables.get('PATH', '')}"
    variables["PYTHONPATH"] = str(ROOT)
    return Workspace(folder, variables)
