"""Waiting for something that a real Airflow does in its own time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal, TypeVar

T = TypeVar("T")
PAUSE = 0.2
"""Seconds between two looks, unless another number is said."""


class NotReady(Exception):
    """What was waited for did not come; says what there is instead, and what the logs end with."""


class ServiceEnded(Exception):
    """A service of Airflow ended that nobody has ended: nothing that is waited for will come."""


def until(
    ask: Callable[[], T | Literal[False] | None],
    seconds: float,
    complaint: Callable[[], str],
    pause: float = PAUSE,
) -> T:
    """Ask until the answer is neither None nor False, and return it.

    Raises:
        NotReady: it still is after so many seconds; with the complaint as message.
    """
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer is not None and answer is not False:
            return answer
        if time.monotonic() > deadline:
            raise NotReady(complaint())
        time.sleep(pause)
