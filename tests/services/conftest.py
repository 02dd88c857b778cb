"""Runs the tests with real services only on request, and says how."""

from __future__ import annotations

import os

import pytest

VARIABLE = "ADVISOR_TEST_SERVICES"
REQUESTED = os.environ.get(VARIABLE) == "1"
HOW = f"the tests with real services did not run: {VARIABLE}=1 nox -s services"

if not REQUESTED:
    collect_ignore_glob = ["test_*.py"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not REQUESTED:
        terminalreporter.write_line(HOW)
