"""Drills that are refused before anything runs."""

from __future__ import annotations

import pytest

from advisor.cli.app import run


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a drill that is refused, and return its error."""
    assert run(["drill", *arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    return shown.err
