"""Drills that are refused before anything is run."""

from __future__ import annotations

import pytest

from advisor.cli.app import run


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a drill that is refused, and return what is said of it."""
    assert run(["drill", *arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    return shown.err
