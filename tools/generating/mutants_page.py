"""Generates docs/mutants.md: operators that lack one thing, and which of them the drill finds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from generating.markdown import code, head, page, table
from tests.scaffold.mutants import all_mutants, reasons

EVIDENCE: Final = Path(__file__).parents[2] / "docs" / "evidence" / "mutants.json"
SOURCES: Final = "docs/evidence/mutants.json and tests/scaffold/mutations"
SYSTEMS: Final = {
    "": "",
    "keyless": " (drilled for a system without keys)",
    "listed": " (drilled for a system that finds a key in a listing only)",
}
"""A note on a mutant, by the settings that it is drilled with."""

POINT: Final = ":"
"""Part of the text of a point, but not of the text of a service fault."""
NAMED: Final = ("Behaviour", "Pattern", "Missing", "Held by")
"""The columns that identify a mutant, and what holds its behaviour."""
HOLDERS: Final = {"generated": "generated test", "suite": "test of this project", "drill": "drill"}

Row: TypeAlias = Mapping[str, Any]

LEAD = """\
Each operator below is a scaffold that lacks one behaviour: one of the
[mutations](../tests/scaffold/mutations) was applied to it. The number is that of the behaviour in
[Patterns](patterns/README.md). *Held by* is what fails if the behaviour is lost: a test in the
generated package, a test of this project that runs inside it, or the drill. The [drill](drill.md)
sent every signal at every crash point of each operator, and injected every service fault.
"""
ALONE = """\
The drill misses the defects below, for the reason above each table. The tests find them.
"""
NOT_DRILLED = """\
The defects below have not been drilled yet. The tests find them.
"""


def mutants_page() -> str:
    """Return the text of the page."""
    evidence = json.loads(EVIDENCE.read_text(encoding="utf-8"))
    rows = evidence["mutants"]
    found = [row for row in rows if row["worst"] or row["refused"]]
    return page(
        [
            *head("What the drill finds", SOURCES),
            LEAD,
            *_summary(evidence, found),
            "## Found by the drill",
            "",
            *table((*NAMED, "Finding", "First point"), map(_found, found)),
            "## Found by the tests alone",
            "",
            ALONE,
            *_not_found(row for row in rows if row not in found),
            *_not_drilled(rows),
        ]
    )


def _summary(evidence: Row, found: Sequence[Row]) -> list[str]:
    refused = sum(bool(row["refused"]) for row in found)
    days = sorted({row["date"] for row in evidence["mutants"]})
    versions = (
        f"advisor {evidence['advisor']}, Airflow {evidence['airflow']} and "
        f"task SDK {evidence['task_sdk']}"
    )
    return [
        f"{len(evidence['mutants'])} of {len(all_mutants())} have been drilled. The drill finds "
        f"{len(found)} of them: {len(found) - refused} by a finding, and {refused}",
        "because they cannot be loaded or their baseline run does not succeed. It finds nothing in",
        "the unchanged scaffolds, except on a system that neither honours idempotency keys nor",
        "finds a job by its key: a kill between submitting the job and storing its id causes a",
        "duplicate or an orphan there.",
        "",
        f"Measured by {code(evidence['command'])} with {versions},",
        f"on {_period(days)}; the last run took {evidence['minutes']:.0f} minutes at commit",
        f"{evidence['commit']}. [mutants.json](evidence/mutants.json) has every count.",
        "",
    ]


def _period(days: Sequence[str]) -> str:
    return days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"


def _found(row: Row) -> tuple[str, ...]:
    if row["refused"]:
        return (*_named(row), "no drill", row["refused"])
    first = row["first"]
    return (*_named(row), row["worst"], code(first) if POINT in first else first)


def _not_found(rows: Iterable[Row]) -> Iterator[str]:
    why = {_identity(each._asdict()): each.beyond for each in all_mutants()}
    rows = list(rows)
    for reason, sentence in reasons().items():
        same = [row for row in rows if why[_identity(row)] == reason]
        yield sentence
        yield ""
        yield from table(NAMED, map(_named, same))


def _not_drilled(rows: Sequence[Row]) -> list[str]:
    drilled = {_identity(row) for row in rows}
    others = [each._asdict() for each in all_mutants()]
    others = [each for each in others if _identity(each) not in drilled]
    if not others:
        return []
    return ["## Not drilled yet", "", NOT_DRILLED, *table(NAMED, map(_named, others))]


def _named(row: Row) -> tuple[str, ...]:
    lacks = f"{row['lacks']}{SYSTEMS[row['settings']]}"
    holders = {_identity(each._asdict()): HOLDERS[each.held_by] for each in all_mutants()}
    return str(row["behaviour"]), row["pattern"], lacks, holders[_identity(row)]


def _identity(row: Row) -> tuple[str, ...]:
    return row["pattern"], row["file"], row["lacks"]
