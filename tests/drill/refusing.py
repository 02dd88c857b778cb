"""Runs drills that are rejected."""

from __future__ import annotations

import pytest

from advisor.cli.app import run


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a drill that must be rejected; return its error message."""
    assert run(["drill", *arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    return shown.err
