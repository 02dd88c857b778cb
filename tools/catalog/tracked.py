"""Lists the operators whose history is recorded: those with hand-written entries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from advisor.catalog.entries import load_operators, providers
from advisor.knowledge.operators import Operator

FACTS = {"deferrable", "durable"}
"""Parameters that are facts of OperatorFacts."""


@dataclass(frozen=True)
class Tracked:
    """An operator with entries, and the parameters that the entries name."""

    module: str
    name: str
    parameters: tuple[str, ...]

    @property
    def full_name(self) -> str:
        """The name of the class with its module."""
        return f"{self.module}.{self.name}"


def tracked_operators() -> dict[str, list[Tracked]]:
    """Return the operators with entries, by the short name of their provider."""
    found = {
        each: [_tracked(operator) for operator in load_operators(each)] for each in providers()
    }
    return {provider: operators for provider, operators in found.items() if operators}


def _tracked(operator: Operator) -> Tracked:
    parameters = sorted({*_parameters(operator)} - FACTS)
    return Tracked(operator.module, operator.name, tuple(parameters))


def _parameters(operator: Operator) -> Iterator[str]:
    for mode in operator.modes:
        yield from mode.arguments
    for wait in operator.waits:
        yield from (each[0] for each in (wait.interval, wait.attempts, wait.timeout) if each)
    if operator.split:
        yield from operator.split.submit
