"""Values of the abstract execution: what is known of an expression, and which parameters set it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from datetime import timedelta

from advisor.catalog.source.classes import Class, External
from advisor.catalog.source.modules import Function, Module

Origins = frozenset[str]
NONE: Origins = frozenset()
_MAX_CHOICES = 6


@dataclass(frozen=True)
class Known:
    """A constant; `origins` are the operator's parameters whose defaults led to it."""

    value: object
    origins: Origins = NONE


@dataclass(frozen=True)
class Unknown:
    """Something that cannot be known before the operator runs; `present` if it is not None."""

    origins: Origins = NONE
    present: bool = False


@dataclass(eq=False)
class Instance:
    """An object of a class in source, or of one that is not there (`owner` is None)."""

    owner: Class
    attributes: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Method:
    """A function with its receiver (if it is bound), enclosing names and first arguments."""

    node: Function | ast.Lambda
    module: Module
    owner: Class | None = None
    receiver: Value | None = None
    closure: dict[str, Value] | None = None
    arguments: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True)
class ClassValue:
    """A class as a value."""

    owner: Class


@dataclass(frozen=True)
class ModuleValue:
    """A module as a value."""

    module: Module


@dataclass(frozen=True)
class Super:
    """`super()` in a method of `owner`."""

    owner: Class
    receiver: Value


@dataclass(frozen=True)
class Clock:
    """A point in time, `offset` seconds after it was made; None if the offset is unknown."""

    offset: float | None
    origins: Origins = NONE


@dataclass(frozen=True)
class Elapsed:
    """A difference of two points in time, which grows or shrinks while something waits."""

    offset: float | None
    origins: Origins = NONE


@dataclass(frozen=True)
class Counter:
    """A number that each iteration of a loop changes by `step`."""

    start: float
    step: float
    origins: Origins = NONE


@dataclass(eq=False)
class Items:
    """A dictionary; `complete` if it holds all keys."""

    items: dict[str, Value] = field(default_factory=dict)
    complete: bool = True


@dataclass(frozen=True, eq=False)
class Sequence:
    """A tuple or list."""

    items: tuple[Value, ...]


@dataclass(frozen=True, eq=False)
class Choice:
    """One of several values."""

    values: tuple[Value, ...]


Value = (
    Known
    | Unknown
    | Instance
    | Method
    | ClassValue
    | ModuleValue
    | External
    | Super
    | Clock
    | Elapsed
    | Counter
    | Items
    | Sequence
    | Choice
)


def origins_of(value: Value) -> Origins:
    """Return the parameters that a value comes from."""
    if isinstance(value, Choice):
        return NONE.union(*(origins_of(item) for item in value.values))
    if isinstance(value, Known | Unknown | Clock | Elapsed | Counter):
        return value.origins
    return NONE


def number(value: Value) -> float | None:
    """Return a known number; a timedelta in seconds."""
    if isinstance(value, Known):
        if isinstance(value.value, timedelta):
            return value.value.total_seconds()
        if isinstance(value.value, int | float) and not isinstance(value.value, bool):
            return float(value.value)
    return None


def truth(value: Value) -> bool | None:
    """Return the truth of a value, None if it is unknown."""
    if isinstance(value, Known):
        return bool(value.value)
    if isinstance(value, Instance | Method | ClassValue | ModuleValue | Clock):
        return True
    if isinstance(value, Sequence):
        return bool(value.items)
    if isinstance(value, Items) and (value.items or value.complete):
        return bool(value.items)
    if isinstance(value, Choice):
        truths = {truth(item) for item in value.values}
        return truths.pop() if len(truths) == 1 else None
    return None


def alternatives(value: Value) -> tuple[Value, ...]:
    """Return the values of a choice, or the value itself."""
    return value.values if isinstance(value, Choice) else (value,)


def join(values: list[Value]) -> Value:
    """Return the value of an expression that has one of several values."""
    if len(values) == 1 and not isinstance(values[0], Choice):
        return values[0]
    different: list[Value] = []
    for value in (item for choice in values for item in alternatives(choice)):
        if not any(value is other or value == other for other in different):
            different.append(value)
    if not different:
        return Known(None)
    if len(different) == 1:
        return different[0]
    if len(different) > _MAX_CHOICES:
        return Unknown(NONE.union(*(origins_of(value) for value in different)))
    return Choice(tuple(different))
