"""From what is wanted to files: everything planned, conflicts settled, then all written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from advisor.cli.output import Format as OutputFormat
from advisor.cli.output import Screen, is_terminal, say, write, write_shape
from advisor.documents.model import printable
from advisor.errors import ConflictError, Problem
from advisor.scaffold.kit import Kit, load_kit
from advisor.scaffold.model import Order
from advisor.scaffold.ordering import Choices, Wanted, make_orders, notes_on_systems
from advisor.scaffold.plan import Places, Plan, Status, Step, decided, make_plan, with_record
from advisor.scaffold.render import render
from advisor.scaffold.shadowing import refuse_shadowing
from advisor.view.scaffolded import (
    Scaffolded,
    command_for_tests,
    print_scaffolded,
    shape_scaffolded,
    text_lines,
)

EDITED = "was edited, or advisor did not write it"
TIP = "--force overwrites it, --diff shows what would change"


class Wish(NamedTuple):
    """Where the files go, and how they are written and shown."""

    places: Places
    dry_run: bool = False
    diff: bool = False
    force: bool = False
    json: bool = False


def default_places(into: Path | None = None, dags: Path | None = None) -> Places:
    """Return the folders given, else the ones that an Airflow project has, else this one."""
    return Places(into or _here("plugins"), dags or _here("dags"))


def carry_out(
    wanted: Sequence[Wanted], choices: Choices, templates: Path | None, wish: Wish
) -> None:
    """Write what is wanted, and show what was done.

    Raises InputError where it is impossible, ConflictError where nothing was written so that an
    edited file is kept.
    """
    from advisor.scaffold.write import clean_up, write_plans

    kit = load_kit(templates)
    orders = make_orders(wanted, choices, kit)
    for note in notes_on_systems(wanted, choices, kit):
        say(f"note: {note}")
    if not wish.dry_run:
        clean_up(wish.places)
    plans = [_plan(order, kit, wish.places) for order in orders]
    plans = [with_record(plan) for plan in _settled(plans, wish)]
    if not wish.dry_run:
        write_plans(plans)
    _show(plans, () if wish.dry_run else _next(plans, kit), wish)


def _plan(order: Order, kit: Kit, places: Places) -> Plan:
    refuse_shadowing(order.name, places.into / order.name.package)
    return make_plan(order, render(order, kit), places)


def _settled(plans: Sequence[Plan], wish: Wish) -> Sequence[Plan]:
    """Return plans without conflicts, or raise ConflictError that names every one."""
    conflicts = [step for plan in plans for step in plan.conflicts]
    if not conflicts:
        return plans
    if wish.force:
        return [decided(plan, lambda _: Status.force) for plan in plans]
    from advisor.answers.prompts import can_ask

    if can_ask() and not wish.dry_run:
        return _asked(plans)
    if wish.dry_run or wish.diff:
        _show([with_record(plan) for plan in plans], (), wish._replace(dry_run=True))
    raise _conflict(conflicts)


def _asked(plans: Sequence[Plan]) -> Sequence[Plan]:
    """Return plans with what the user says of each conflict."""
    from advisor.answers.overwrite import ALL, NO, QUIT, ask_overwrite
    from advisor.view.difference import difference

    said = ""

    def decide(step: Step) -> Status:
        nonlocal said
        if said != ALL:
            said = ask_overwrite(printable(str(step.target)), lambda: difference(step))
        if said == QUIT:
            raise ConflictError([Problem("", "stopped; nothing was written")])
        return Status.skip if said == NO else Status.force

    return [decided(plan, decide) for plan in plans]


def _conflict(conflicts: Iterable[Step]) -> ConflictError:
    return ConflictError([Problem(printable(str(each.target)), EDITED, TIP) for each in conflicts])


def _next(plans: Sequence[Plan], kit: Kit) -> list[str]:
    tests = [command_for_tests(plan) for plan in plans]
    systems = [each for plan in plans for each in kit.systems[plan.order.system].next]
    return list(dict.fromkeys((*tests, *systems)))


def _show(plans: Sequence[Plan], next_: Sequence[str], wish: Wish) -> None:
    made = Scaffolded(plans, next_, wish.dry_run, wish.diff)
    if wish.json:
        write_shape(shape_scaffolded(made), OutputFormat.json)
    elif is_terminal():
        with Screen() as console:
            print_scaffolded(console, made)
    else:
        # Not through a console: to import one takes as long as everything else.
        write(text_lines(made))


def _here(name: str) -> Path:
    return Path(name) if Path(name).is_dir() else Path()
