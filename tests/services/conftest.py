"""Runs the tests with real services only on request, and starts each service once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from tests.services.evidence import Evidence
from tests.services.service import Service
from tests.services.table import SERVICES

VARIABLE = "ADVISOR_TEST_SERVICES"
REQUESTED = os.environ.get(VARIABLE) == "1"
# End the services on SIGTERM too, which nox sends after Ctrl-C.
signal.signal(signal.SIGTERM, signal.default_int_handler)

if not REQUESTED:
    collect_ignore_glob = ["test_*.py"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--evidence", action="store_true", help="write docs/evidence/system-*.json")


@pytest.fixture(scope="session", autouse=True)
def requested() -> None:
    """Skip the tests of files that pytest was given by name, unless the variable is set."""
    if not REQUESTED:
        pytest.skip(f"needs {VARIABLE}=1, because it starts real services")


@pytest.fixture(
    scope="session",
    params=[
        pytest.param(each, id=each.system, marks=pytest.mark.xdist_group(each.system))
        for each in SERVICES
    ],
)
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    """Each service, running."""
    with request.param() as service:
        yield service


@pytest.fixture(scope="session")
def evidence(request: pytest.FixtureRequest) -> Iterator[Evidence]:
    """What is run in this session; written to docs/evidence if that is requested."""
    evidence = Evidence()
    is_requested = request.config.getoption("--evidence")
    if is_requested and hasattr(request.config, "workerinput"):
        pytest.exit("--evidence needs -n 0, because each process would write its own part")
    yield evidence
    if is_requested:
        evidence.write()
