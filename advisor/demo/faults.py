"""The faults that can be switched on while the server runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from advisor.demo.api import Response


class InvalidFault(ValueError):
    """An unknown fault, or a value that it does not accept."""


@dataclass
class Faults:
    """What goes wrong. Numbers of requests count down while they are used."""

    loses_answers: int = 0
    """The number of submissions to accept without a response."""
    rejects: int = 0
    """The number of submissions to reject."""
    answers: list[Response] = field(default_factory=list)
    """Responses to the next requests, whatever they ask for."""
    stalls: float = 0.0
    """Seconds before each response."""
    unavailable: Counter[str] = field(default_factory=Counter)
    """The number of requests to answer with 503, by the name of the call."""
    status: str | None = None
    """The status of every job, instead of the true one."""
    forgets: set[str] = field(default_factory=set)
    """Ids of jobs that the API no longer knows."""
    list_delay: float = 0.0
    """Seconds until a new job is visible."""
    honours_keys: bool = True
    """Whether a repeated key returns the first job."""

    def update(self, values: Mapping[str, Any]) -> None:
        """Set faults from JSON; raises InvalidFault before it sets any."""
        checked = {name: _checked(name, value) for name, value in values.items()}
        for name, value in checked.items():
            setattr(self, name, value)


def _checked(name: str, value: object) -> Any:  # noqa: ANN401 - each fault has its own type
    if name not in READERS:
        raise InvalidFault(f"unknown fault {name!r} (accepted: {', '.join(READERS)})")
    try:
        return READERS[name](value)
    except (TypeError, ValueError, AttributeError):
        raise InvalidFault(f"{name}: invalid value {value!r}") from None


def _count(value: Any) -> int:  # noqa: ANN401 - any JSON
    return max(0, int(value))


def _seconds(value: Any) -> float:  # noqa: ANN401 - any JSON
    return max(0.0, float(value))


def _flag(value: Any) -> bool:  # noqa: ANN401 - any JSON
    if not isinstance(value, bool):
        raise TypeError
    return value


def _list(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON
    if not isinstance(value, list):
        raise TypeError
    return value


READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "loses_answers": _count,
    "rejects": _count,
    "answers": lambda codes: [Response(int(code)) for code in _list(codes)],
    "stalls": _seconds,
    "unavailable": lambda calls: Counter({call: _count(n) for call, n in calls.items()}),
    "status": lambda status: None if status is None else str(status),
    "forgets": lambda ids: set(_list(ids)),
    "list_delay": _seconds,
    "honours_keys": _flag,
}
"""Functions that convert the JSON value of each fault."""
