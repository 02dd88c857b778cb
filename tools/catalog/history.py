"""Finds the releases in which facts about operators changed, by bisection."""

from __future__ import annotations

import ast
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TypeAlias

from advisor.catalog.model import OperatorFacts
from advisor.catalog.snapshot import EXISTS, PARAMETER
from catalog.readings import Releases
from catalog.tracked import Tracked

IDENTITY = ("module", "name", "provider", "kind", "parameters")
"""Fields of OperatorFacts that are not facts of the history."""
NOT_WAITING = {"deferrable": "never", "durable": "no", "acts": "no"}
"""The facts of a class that the extraction leaves out, as it does not wait in that release."""

State: TypeAlias = dict[str, dict[str, object]]
"""The facts of each tracked operator in a release, by full name."""
Changes: TypeAlias = list[list[object]]
"""Pairs of a release and the facts that have new values from it on."""


def read_history(
    releases: Releases, provider: str, names: Sequence[str], tracked: Sequence[Tracked]
) -> dict[str, Changes]:
    """Return the changes of each tracked operator between the named releases.

    A fact that changes and changes back between two releases that are read is not found.
    """
    modules = sorted({each.module for each in tracked})
    newest = releases.read_modules(provider, names[-1], modules)
    known = [_without_base_parameters(each, newest) for each in tracked]

    def state_of(release: str) -> State:
        wheel = releases.wheel(provider, release)
        found = releases.read_modules(provider, release, modules)
        return {each.full_name: _facts(each, found, wheel) for each in known}

    states = bisect_states(names, state_of)
    return {each.full_name: _changes(each.full_name, states) for each in known}


def bisect_states(names: Sequence[str], state_of: Callable[[str], State]) -> dict[str, State]:
    """Return the states of the releases that were read: both ends of every change."""
    found = {position: state_of(names[position]) for position in {0, len(names) - 1}}
    open_ = [(0, len(names) - 1)]
    while open_:
        low, high = open_.pop()
        if high - low > 1 and found[low] != found[high]:
            middle = (low + high) // 2
            found[middle] = state_of(names[middle])
            open_ += [(low, middle), (middle, high)]
    return {names[position]: found[position] for position in sorted(found)}


def _without_base_parameters(tracked: Tracked, newest: Mapping[str, OperatorFacts]) -> Tracked:
    """Leave out parameters such as `mode`, which every sensor has had in all releases."""
    facts = newest.get(tracked.full_name)
    own = facts.parameters if facts else ()
    parameters = tuple(each for each in tracked.parameters if each in own)
    return Tracked(tracked.module, tracked.name, parameters)


def _facts(tracked: Tracked, found: Mapping[str, OperatorFacts], wheel: Path) -> dict[str, object]:
    facts = found.get(tracked.full_name)
    if facts:
        own = {key: value for key, value in asdict(facts).items() if key not in IDENTITY}
        accepted: Sequence[str] = facts.parameters
    else:
        constructor = constructor_parameters(wheel, tracked)
        if constructor is None:
            return {EXISTS: "no"}
        own, accepted = dict(NOT_WAITING), constructor
    parameters = {
        PARAMETER + each: "yes" if each in accepted else "no" for each in tracked.parameters
    }
    return {EXISTS: "yes", **own, **parameters}


def constructor_parameters(wheel: Path, tracked: Tracked) -> list[str] | None:
    """Return the parameters of the constructor that a class defines, None without the class."""
    with zipfile.ZipFile(wheel) as archive:
        name = tracked.module.replace(".", "/") + ".py"
        if name not in archive.namelist():
            return None
        tree = ast.parse(archive.read(name))
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == tracked.name:
            return _constructor(node)
    return None


def _constructor(node: ast.ClassDef) -> list[str]:
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and each.name == "__init__":
            return [argument.arg for argument in (*each.args.args, *each.args.kwonlyargs)]
    return []


def _changes(full_name: str, states: Mapping[str, State]) -> Changes:
    changes: Changes = []
    known: dict[str, object] = {}
    for release, state in states.items():
        facts = state[full_name]
        changed = {
            fact: value
            for fact, value in facts.items()
            if fact not in known or known[fact] != value
        }
        if changed:
            changes.append([release, dict(sorted(changed.items()))])
        known |= changed
    return changes
