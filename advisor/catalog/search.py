"""Finds operators in the catalogue by class, module, provider or system."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from difflib import get_close_matches

from advisor.catalog.entries import FOLDER, load_operators, providers
from advisor.catalog.model import UNKNOWN, Kind, OperatorFacts
from advisor.catalog.requirements import short_name
from advisor.catalog.systems import load_systems, plain
from advisor.documents.model import LONGEST_COMPARED
from advisor.knowledge.operators import Operator, System

ENTRY = re.compile(
    r"^  - name: (?P<name>\w+)\n    module: (?P<module>[\w.]+)\n    system: (?P<system>\S+)\n"
    r"    kind: (?P<kind>operator|sensor)$",
    re.MULTILINE,
)
"""The first lines of an operator in a file of hand-written facts."""


def full_name(operator: OperatorFacts | Operator) -> str:
    """Return the class of an operator with its module."""
    return f"{operator.module}.{operator.name}"


def classes_named(name: str, operators: Iterable[OperatorFacts]) -> list[OperatorFacts]:
    """Return the operators whose class is `name`, also given with its module, in any case."""
    module, _, class_name = name.strip().lower().rpartition(".")
    return [
        each
        for each in operators
        if each.name.lower() == class_name and module in ("", each.module.lower())
    ]


def matching(query: str, operators: Iterable[OperatorFacts]) -> list[OperatorFacts]:
    """Return the operators whose class, module, provider or system contains a text.

    A text with less than two letters or digits matches nothing.
    """
    text, word = query.strip().lower(), plain(short_name(query.strip()))
    if len(word) < 2:  # noqa: PLR2004 - as the docstring says
        return []
    of_systems = _classes_of_systems(word)
    return [each for each in operators if _matches(each, text, word, of_systems)]


def not_read(operators: Iterable[OperatorFacts], known: Container[str]) -> Iterator[OperatorFacts]:
    """Yield the operators of known providers that have only hand-written facts.

    No wait was found in their source, because it is within a single call.
    """
    read = {full_name(each) for each in operators}
    for provider in providers():
        for match in ENTRY.finditer(_text_of(provider) if provider in known else ""):
            if f"{match['module']}.{match['name']}" not in read:
                kind: Kind = "sensor" if match["kind"] == "sensor" else "operator"
                yield _unknown(match["module"], match["name"], provider, kind)


def _unknown(module: str, name: str, provider: str, kind: Kind) -> OperatorFacts:
    return OperatorFacts(
        module=module,
        name=name,
        provider=provider,
        kind=kind,
        deferrable=UNKNOWN,
        deferrable_default="",
        durable=UNKNOWN,
        acts=UNKNOWN,
        retry_finds_job_by=UNKNOWN,
        on_kill=UNKNOWN,
        trigger_on_kill=UNKNOWN,
        wait_limit_s=UNKNOWN,
        wait_parameters={},
        timeout_while_deferred=UNKNOWN,
        idempotency_parameter="",
        parameters=(),
    )


def closest(query: str, operators: Iterable[OperatorFacts]) -> str:
    """Return the class, provider or system whose name is most similar, "" if none is similar."""
    names = {name.lower(): name for name in _names(operators)}
    found = get_close_matches(query.strip().lower()[:LONGEST_COMPARED], names, 1)
    return names[found[0]] if found else ""


def written_operator(facts: OperatorFacts) -> Operator | None:
    """Return what was written by hand about an operator, None if nothing was."""
    if f"name: {facts.name}\n" not in _text_of(facts.provider):
        return None
    listed = load_operators(facts.provider)
    return next((each for each in listed if full_name(each) == full_name(facts)), None)


def system_titled(id_: str) -> str:
    """Return the title of a system, "" if it is not listed."""
    return next((each.title for each in load_systems() if each.id == id_), "")


def _matches(facts: OperatorFacts, text: str, word: str, of_systems: frozenset[str]) -> bool:
    if text in facts.module.lower() or full_name(facts) in of_systems:
        return True
    return word in plain(facts.name) or word in plain(facts.provider)


def _names(operators: Iterable[OperatorFacts]) -> Iterator[str]:
    for system in load_systems():
        yield from (system.id, system.title, *system.aliases)
    for each in operators:
        yield from (each.provider, each.name)


def _classes_of_systems(word: str) -> frozenset[str]:
    """Return the full names of the classes for the systems whose name contains a word."""
    ids = {each.id for each in load_systems() if any(word in plain(n) for n in _names_of(each))}
    return frozenset(name for name, system in listed_systems() if system in ids)


def listed_systems() -> Iterator[tuple[str, str]]:
    """Yield the full name of each class with hand-written facts, and the id of its system.

    Reads only the first lines of each entry; parsing all files takes longer than all the rest.
    """
    for provider in providers():
        for match in ENTRY.finditer(_text_of(provider)):
            yield f"{match['module']}.{match['name']}", match["system"]


def _names_of(system: System) -> tuple[str, ...]:
    return (system.id, system.title, *system.aliases)


def _text_of(provider: str) -> str:
    """Return the hand-written facts of a provider as text, "" if there are none."""
    file = FOLDER / f"{provider}.yaml"
    return file.read_text(encoding="utf-8") if file.is_file() else ""
