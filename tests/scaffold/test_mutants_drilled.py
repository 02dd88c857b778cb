"""The evidence of what the drill finds in operators that lack one thing."""

from __future__ import annotations

import json

import pytest

import drill_mutants
from advisor.drill.model import Signal
from drill_mutants import identity
from tests.scaffold.mutants import all_mutants, reasons

EVIDENCE = json.loads(drill_mutants.FILE.read_text(encoding="utf-8"))
ROWS = EVIDENCE["mutants"]
MUTANTS = {identity(each._asdict()): each for each in all_mutants()}
AGAIN = (
    ("resumable", "the key is in the store before the submission"),
    ("resumable", "a key is random"),
    ("deferrable", "the record is written before the task defers"),
)
"""Mutants that are drilled again: two that a kill finds, and one that it does not."""


def test_evidence_has_only_mutants_that_exist_in_their_order() -> None:
    drilled = [identity(row) for row in ROWS]
    assert drilled == [key for key in MUTANTS if key in drilled], f"{EVIDENCE['command']} -- --new"
    assert [row["behaviour"] for row in ROWS] == [MUTANTS[key].behaviour for key in drilled]


def test_only_mutants_that_the_drill_does_not_find_have_a_reason() -> None:
    not_found = {identity(row) for row in ROWS if not (row["worst"] or row["refused"])}
    drilled = {identity(row) for row in ROWS}
    assert not_found == {key for key, each in MUTANTS.items() if each.beyond and key in drilled}


def test_each_reason_is_used() -> None:
    assert {each.beyond for each in MUTANTS.values()} - {""} == set(reasons())


def test_operators_that_lack_nothing_have_findings_only_without_keys() -> None:
    assert {row["settings"] for row in EVIDENCE["whole"] if row["found"]} == {"keyless"}


@pytest.mark.airflow
@pytest.mark.parametrize(("pattern", "lacks"), AGAIN)
def test_mutant_has_the_findings_of_its_row(pattern: str, lacks: str) -> None:
    named = {key: each for key, each in MUTANTS.items() if each.pattern == pattern}
    ((key, mutant),) = ((key, each) for key, each in named.items() if each.lacks == lacks)
    (before,) = (row for row in ROWS if identity(row) == key)
    (row,) = drill_mutants.rows_of([mutant], (Signal.KILL,))
    assert (row["worst"], row["first"]) == (before["worst"], before["first"])
