"""What the evidence says that the drill finds of operators that lack one thing."""

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
    "the key is in the store before the submission",
    "a key is random",
    "the record is written before the task defers",
)
"""What those lack that are drilled again: two that a kill finds, and one that it does not."""


def test_it_is_about_exactly_the_mutants_that_there_are() -> None:
    how = f"{EVIDENCE['command']} --new"
    assert [identity(row) for row in ROWS] == list(MUTANTS), how
    assert [row["behaviour"] for row in ROWS] == [each.behaviour for each in MUTANTS.values()]


def test_what_the_drill_does_not_find_has_a_reason_and_what_it_finds_has_none() -> None:
    not_found = {identity(row) for row in ROWS if not (row["worst"] or row["refused"])}
    assert not_found == {key for key, each in MUTANTS.items() if each.beyond}


def test_each_reason_is_the_reason_for_something() -> None:
    assert {each.beyond for each in MUTANTS.values()} - {""} == set(reasons())


def test_nothing_is_wrong_with_an_operator_that_lacks_nothing_if_keys_mean_something() -> None:
    assert {row["settings"] for row in EVIDENCE["whole"] if row["found"]} == {"keyless"}


@pytest.mark.airflow
@pytest.mark.parametrize("lacks", AGAIN)
def test_a_mutant_that_is_drilled_again_is_found_as_before(lacks: str) -> None:
    ((key, mutant),) = ((key, each) for key, each in MUTANTS.items() if each.lacks == lacks)
    (before,) = (row for row in ROWS if identity(row) == key)
    (row,) = drill_mutants.rows_of([mutant], (Signal.KILL,))
    assert (row["worst"], row["first"]) == (before["worst"], before["first"])
