"""What an abstract execution reports: deferrals, waits and what a retry looks up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from advisor.catalog.source.values import NONE, Origins, Value

Reach = Literal["store", "labels", "tag", "conflict"]


@dataclass(frozen=True)
class Limit:
    """The seconds after which a wait ends; None without a limit; not known if `known` is false."""

    seconds: float | None
    origins: Origins = NONE
    known: bool = True


UNLIMITED = Limit(None)
UNKNOWN_LIMIT = Limit(None, known=False)


@dataclass(frozen=True)
class Deferral:
    """A call of `self.defer`: the trigger and its waits, and the method that resumes."""

    trigger: Value
    method: str
    timeout: Value
    waits: tuple[Limit, ...]
    carries_execution_timeout: bool


@dataclass
class Report:
    """Everything that one execution met."""

    deferrals: list[Deferral] = field(default_factory=list)
    waits: list[Limit] = field(default_factory=list)
    reached: set[Reach] = field(default_factory=set)
    always_defers: bool = False
    exhausted: bool = False


def shorter(first: Limit, second: Limit) -> Limit:
    """Return the limit that ends a wait first."""
    if first.known and first.seconds is None:
        return second if second.seconds is not None or not second.known else _both(first, second)
    if second.known and second.seconds is None:
        return first
    if not (first.known and second.known):
        return Limit(None, first.origins | second.origins, known=False)
    return first if (first.seconds or 0.0) <= (second.seconds or 0.0) else second


def _both(first: Limit, second: Limit) -> Limit:
    return Limit(None, first.origins | second.origins)


def longest(limits: list[Limit]) -> Limit:
    """Return the limit that ends a wait last."""
    if any(limit.known and limit.seconds is None for limit in limits):
        return Limit(
            None, NONE.union(*(li.origins for li in limits if li.known and li.seconds is None))
        )
    if not limits or not all(limit.known for limit in limits):
        return UNKNOWN_LIMIT
    return max(limits, key=lambda limit: limit.seconds or 0.0)
