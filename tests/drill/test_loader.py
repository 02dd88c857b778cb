"""What the drill reads from a scaffold's hook."""

from __future__ import annotations

from enum import Enum
from types import SimpleNamespace

import pytest

from advisor.drill.runtime.loader import statuses_of


@pytest.mark.parametrize(
    ("words", "failed", "cancelled"),
    [
        ({"FAILED": "FAILED", "CANCELLED": "CANCELLED"}, "FAILED", "CANCELLED"),
        ({"FAILED": "DONE with an error", "CANCELLED": "DONE, stopped"}, "FAILED", "CANCELLED"),
        ({"ERROR": "ERROR", "KILLED": "KILLED", "CANCELLED": "KILLED"}, "ERROR", "KILLED"),
        ({"FAILED": "failed", "WAS_CANCELED": "was canceled"}, "FAILED", "WAS_CANCELED"),
        ({"ENDED": "ended"}, "ENDED", "ENDED"),
    ],
    ids=str,
)
def test_cancelled_is_the_status_that_the_hook_names(
    words: dict[str, str], failed: str, cancelled: str
) -> None:
    every = {"RUNNING": "RUNNING", "DONE": "DONE", **words, "NOT_FOUND": "not found"}
    statuses = Enum("JobStatus", every, type=str)  # type: ignore[misc]
    hook = SimpleNamespace(
        ACTIVE={statuses["RUNNING"]},
        SUCCEEDED={statuses["DONE"]},
        FAILED={statuses[each] for each in words},
    )
    found = statuses_of(hook, SimpleNamespace(JobStatus=statuses))
    expected = [statuses[each].value for each in (failed, cancelled, "NOT_FOUND")]
    assert [found.failed, found.cancelled, found.not_found] == expected
