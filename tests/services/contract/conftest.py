"""Skips the tests of a hook after the first one that fails, if mutants are tested."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.systems.contract.subjects import name

failed: set[str | None] = set()


def subject_of(item: pytest.Item) -> str | None:
    """Return the name of the hook that a test is about."""
    parameters: dict[str, Any] = item.callspec.params if hasattr(item, "callspec") else {}
    return name(parameters.get("subject"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    if os.environ.get("SKIP_AFTER_FAILURE") and subject_of(item) in failed:
        pytest.skip("another test of this hook has failed")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome: Any = yield
    if outcome.get_result().failed:
        failed.add(subject_of(item))
