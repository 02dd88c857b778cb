"""Settings for all tests."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

SERVICES = Path(__file__).with_name("services")

# No deadline, because a busy machine is slow.
settings.register_profile("without_deadline", deadline=None)
settings.load_profile("without_deadline")

# These tests run inside a generated package.
collect_ignore = ["scaffold/extra"]

# Undo the SIGINT handling of a shell that runs pytest in the background, as children inherit it.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how the tests run that tests/services/conftest.py leaves out."""
    given = [Path(each.split("::")[0]).absolute() for each in terminalreporter.config.args]
    are_left_out = any(SERVICES.is_relative_to(each) for each in given)
    if are_left_out and os.environ.get("ADVISOR_TEST_SERVICES") != "1":
        terminalreporter.write_line("Tests with real services did not run: nox -s services")
