"""Loops that wait: how long they go on with the values that are known."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from types import UnionType

from advisor.catalog.source.events import UNLIMITED, Limit, shorter
from advisor.catalog.source.values import (
    NONE,
    Choice,
    Clock,
    Counter,
    Elapsed,
    Known,
    Origins,
    Unknown,
    Value,
    number,
    origins_of,
)

FOREVER = 1000 * 365 * 24 * 3600
EXECUTION_TIMEOUT = "execution_timeout"
UNTIL_START = ("startup_timeout", "schedule_timeout")
"""Prefixes of parameters that limit the wait for the start of a job, not for its end."""


@dataclass(eq=False)
class Loop:
    """A loop, or a block with a timeout (`is_block`), that is being executed."""

    is_block: bool = False
    is_retry: bool = False
    delay: Value | None = None
    sleeps: bool = False
    attempts: list[tuple[float | None, Origins]] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    inner: list[Limit] = field(default_factory=list)

    def waits(self) -> list[Limit]:
        """Return the waits that the loop amounts to."""
        # A single attempt never waits for the next one.
        if self.is_retry:
            return self.inner
        if self.is_block:
            return [shorter(wait, self._shortest()) for wait in self.inner]
        return [self._shortest()] if self.sleeps else self.inner

    def _shortest(self) -> Limit:
        limit = UNLIMITED
        for candidate in [*self.limits, *(self._limit(*bound) for bound in self.attempts)]:
            limit = shorter(limit, candidate)
        return limit

    def _limit(self, attempts: float | None, origins: Origins) -> Limit:
        delay = number(self.delay) if self.delay is not None else None
        origins |= origins_of(self.delay) if self.delay is not None else NONE
        if attempts is None or delay is None:
            return Limit(None, origins, known=False)
        seconds = attempts * delay
        return Limit(seconds if seconds < FOREVER else None, origins)


def as_limit(value: Value) -> Limit:
    """Return the limit that a timeout of this value sets."""
    if isinstance(value, Choice):
        # Airflow sets no execution_timeout by default.
        usual = [item for item in value.values if EXECUTION_TIMEOUT not in origins_of(item)]
        limits = {as_limit(item) for item in usual or value.values}
        return limits.pop() if len(limits) == 1 else Limit(None, origins_of(value), known=False)
    seconds = number(value)
    if seconds is not None:
        return Limit(seconds, origins_of(value))
    if isinstance(value, Known) and value.value is None:
        return Limit(None, value.origins)
    if EXECUTION_TIMEOUT in origins_of(value):
        return Limit(None, origins_of(value))
    if isinstance(value, Clock | Elapsed) and value.offset is not None:
        return Limit(abs(value.offset), value.origins)
    return Limit(None, origins_of(value), known=False)


def compare(loop: Loop, left: Value, right: Value) -> None:
    """Note the bound that a comparison sets to the loop which it ends."""
    if isinstance(right, Counter | Clock | Elapsed) and not isinstance(
        left, Counter | Clock | Elapsed
    ):
        left, right = right, left
    if isinstance(left, Counter):
        loop.attempts.extend(_attempts(left, right))
    elif isinstance(left, Clock | Elapsed):
        loop.limits.extend(_time(left, right))


def _attempts(counter: Counter, bound: Value) -> list[tuple[float | None, Origins]]:
    origins = counter.origins | origins_of(bound)
    end = number(bound)
    if isinstance(bound, Known) and bound.value is None:
        return []
    if end is None:
        # A number of finished jobs, rather than a limit, if no parameter sets it.
        return [(None, origins)] if origins_of(bound) else []
    attempts = (end - counter.start) / counter.step if counter.step else 0
    return [(attempts, origins)] if attempts > 0 else []


def _time(left: Clock | Elapsed, right: Value) -> list[Limit]:
    origins = left.origins | origins_of(right)
    if EXECUTION_TIMEOUT in origins:
        return [Limit(None, origins)]
    if any(each.startswith(UNTIL_START) for each in origins):
        return []
    end = right.offset if isinstance(right, Clock | Elapsed) else number(right)
    if end is None and isinstance(right, Known):
        return []
    if end is None or left.offset is None:
        return [Limit(None, origins, known=False)]
    return [Limit(abs(end - left.offset), origins)] if end != left.offset else []


@cache
def changed_names(loop: ast.While | ast.For | ast.AsyncFor) -> dict[str, ast.expr | None]:
    """Return what a loop assigns (`name` or `self.name`), with the step of a counter."""
    changed: dict[str, ast.expr | None] = {}
    for node in (child for stmt in loop.body for child in ast.walk(stmt)):
        for target, step in _targets(node):
            name = _name(target)
            if name:
                changed[name] = None if name in changed else step
    return changed


def _targets(node: ast.AST) -> list[tuple[ast.expr, ast.expr | None]]:
    match node:
        case ast.AugAssign(target=target, op=op, value=step):
            return [(target, _step(op, step))]
        case ast.Assign(targets=[target], value=ast.BinOp(left=left, op=ast.Add(), right=step)):
            return [(target, step if ast.dump(left) == _as_load(target) else None)]
        case ast.Assign(targets=targets):
            return [(item, None) for target in targets for item in _flat(target)]
        case ast.AnnAssign(target=target) | ast.NamedExpr(target=target):
            return [(target, None)]
        case ast.For(target=target) | ast.AsyncFor(target=target):
            return [(item, None) for item in _flat(target)]
    return []


def _step(op: ast.operator, step: ast.expr) -> ast.expr | None:
    if isinstance(op, ast.Sub):
        return ast.UnaryOp(ast.USub(), step)
    return step if isinstance(op, ast.Add) else None


def _as_load(target: ast.expr) -> str:
    return ast.dump(target).replace("Store()", "Load()")


def _flat(target: ast.expr) -> list[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        return [leaf for item in target.elts for leaf in _flat(item)]
    return [target]


def _name(target: ast.expr) -> str:
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
        return f"self.{target.attr}" if target.value.id == "self" else ""
    return ""


def counter_for(value: Value | None, step: Value) -> Value:
    """Return the value of a variable in a loop that adds `step` to it."""
    start = number(value) if value is not None else None
    size = number(step)
    if start is None or size is None:
        return Unknown()
    origins = origins_of(step) | (origins_of(value) if value is not None else NONE)
    return Counter(start, size, origins)


@cache
def leaves(node: ast.If) -> bool:
    """Say whether a branch leaves a loop somewhere."""
    return _contains([*node.body, *node.orelse], ast.Break | ast.Return | ast.Raise)


@cache
def breaks(loop: ast.While | ast.For | ast.AsyncFor) -> bool:
    """Say whether a loop has a `break`."""
    return _contains(loop.body, ast.Break)


def _contains(body: Sequence[ast.stmt], kinds: type[ast.stmt] | UnionType) -> bool:
    return any(isinstance(node, kinds) for stmt in body for node in ast.walk(stmt))
