"""From what somebody wants to an order: every choice made, and each of them possible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from advisor.answers.parse import nearest
from advisor.documents.model import shown
from advisor.errors import InputError, Problem
from advisor.knowledge.versions import Version
from advisor.scaffold.kit import Kit, settle
from advisor.scaffold.model import Order
from advisor.scaffold.names import parse_name
from advisor.scaffold.targets import check_pattern, on_kill_for, target_of

DEFAULT_SYSTEM = "http"
FAIL = "fail"


class Wanted(NamedTuple):
    """One operator that somebody wants, in their words.

    `where` is where they said so, for errors; "" for the command line. Without `airflow` the
    release is assumed; `system` is "" where they said none.
    """

    pattern: str
    name: str
    airflow: str | None = None
    system: str = ""
    where: str = ""


class Choices(NamedTuple):
    """What applies to every operator of a run; None where the default will do."""

    system: str | None
    airflow: str | None
    on_kill: str | None
    on_missing: str | None
    settings: Mapping[str, str]


def make_orders(wanted: Iterable[Wanted], choices: Choices, kit: Kit) -> list[Order]:
    """Return the orders for what is wanted.

    Raises InputError where one is impossible, or where two would be the same package.
    """
    orders = [(each, _order(each, choices, kit)) for each in wanted]
    seen: dict[str, str] = {}
    problems = []
    for each, order in orders:
        package = order.name.package
        if package in seen:
            said = f"{shown(seen[package])} and {shown(each.name)} both make the package {package}"
            problems.append(Problem(each.where, said, "give one of them another name"))
        seen.setdefault(package, each.name)
    if problems:
        raise InputError(problems)
    return [order for _, order in orders]


def _order(wanted: Wanted, choices: Choices, kit: Kit) -> Order:
    where = wanted.where
    pattern = kit.patterns[known(wanted.pattern, kit.patterns, where or "PATTERN")]
    name = parse_name(wanted.name, where or "NAME")
    target = _target(wanted, choices)
    check_pattern(pattern, target, where or "PATTERN")
    system = _system(wanted, choices, kit)
    return Order(
        pattern=pattern.id,
        name=name,
        system=system,
        airflow=str(target),
        on_kill=on_kill_for(target, choices.on_kill),
        on_missing=choices.on_missing or FAIL,
        settings=settle(kit, system, choices.settings),
    )


def _target(wanted: Wanted, choices: Choices) -> Version:
    if choices.airflow is not None or wanted.airflow is None:
        return target_of(choices.airflow)
    return target_of(wanted.airflow, wanted.where)


def _system(wanted: Wanted, choices: Choices, kit: Kit) -> str:
    """Return the system: as chosen, else as named if there are templates for it, else http."""
    if choices.system is not None:
        return known(choices.system, kit.systems, "--system")
    return wanted.system if wanted.system in kit.systems else DEFAULT_SYSTEM


def notes_on_systems(wanted: Iterable[Wanted], choices: Choices, kit: Kit) -> list[str]:
    """Return a note, once, for each system that was named and that there are no templates for."""
    named = dict.fromkeys(each.system for each in wanted if each.system)
    return [
        f"there are no templates for {shown(system)} yet; taken as {DEFAULT_SYSTEM}"
        for system in named
        if choices.system is None and system not in kit.systems
    ]


def known(id_: str, accepted: Iterable[str], where: str) -> str:
    """Return an id that is one of those accepted; raises InputError for any other."""
    ids = list(accepted)
    if id_ not in ids:
        said = f"found {shown(id_)}, accepted are {', '.join(ids)}"
        raise InputError.of(where, said, nearest(id_, ids))
    return id_
