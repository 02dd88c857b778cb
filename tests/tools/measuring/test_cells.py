"""From facts to cells: what is said, and whether it is what is documented."""

from __future__ import annotations

import pytest

from advisor.knowledge.loader import load_knowledge
from advisor.knowledge.model import Knowledge
from advisor.knowledge.versions import Version
from measuring.cells import Measured, Unclear, measured_cells
from measuring.facts import (
    NO_DAG,
    Alone,
    Facts,
    Fanned,
    Finding,
    Hurt,
    Installed,
    Unsteady,
    Waited,
    together,
)
from measuring.scenarios import (
    BEFORE_DEFERRING,
    FANS_OUT,
    NO_TRIGGERER,
    RUNS,
    SUBMITTING,
    WAITING,
    WAITS,
    WAITS_ALONE,
)

MEASURED = Version(3, 3, 2)
WENT_ON = Hurt("success", 2, 1, went_on=True, result="reported")
LOST = Hurt("success", 2, 1, went_on=True, result="lost")
ANEW = Hurt("success", 2, 2, went_on=False, result="reported")
FAILED = Hurt("failed", 3, 1, went_on=True, result="lost")


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def found(form: str, scenario: str, facts: Facts) -> Finding:
    return Finding(form, scenario, facts, (1.0,))


def cell_of(
    row: str, knowledge: Knowledge, *findings: Finding, version: Version = MEASURED
) -> Measured:
    cells = measured_cells(findings, knowledge, version)
    return next(cell for cell in cells if cell.characteristic == row)


def verdict(cell: Measured) -> tuple[str, str, str]:
    return cell.value, cell.agrees, cell.outcome


@pytest.mark.parametrize(
    ("row", "finding", "expected"),
    [
        (
            "worker-slot",
            found("deferrable", WAITS, Waited(4, 0, 1, 4)),
            ("freed", "yes", "0 running, 1 deferred, 4 of 4 slots open"),
        ),
        (
            "worker-slot",
            found("deferrable", WAITS, Waited(4, 1, 0, 3)),
            ("held", "no", "1 running, 0 deferred, 3 of 4 slots open"),
        ),
        (
            "requires-triggerer",
            found("resumable", WAITS_ALONE, Alone("success", 0)),
            ("no", "yes", "succeeded without one"),
        ),
        (
            "requires-triggerer",
            found("async", WAITS_ALONE, Alone("deferred", 45)),
            ("yes", "no", "without one still deferred 45 s after its job had ended"),
        ),
        (
            "fan-out",
            found("async_requests", FANS_OUT, Fanned("success", 10, 10)),
            ("yes", "yes", "10 of 10 requests in flight at once"),
        ),
        (
            "fan-out",
            found("async_requests", FANS_OUT, Fanned("success", 10, 1)),
            ("no", "no", "1 of 10 requests in flight at once"),
        ),
        (
            "available-from",
            found("resumable", RUNS, Installed(("a.B",), (), "success")),
            ("yes", "yes", "imports and runs"),
        ),
        (
            "available-from",
            found("resumable", RUNS, Installed((), ("airflow.sdk.Some", "airflow.X key"), NO_DAG)),
            ("no", "no", "no Some and no key; its Dag cannot be imported"),
        ),
        (
            "crash-recovery",
            found("resumable", WAITING, LOST),
            ("yes", "yes", "went on with its job, its result lost"),
        ),
        ("crash-recovery", found("resumable", WAITING, FAILED), ("no", "no", "failed")),
        ("prevents-duplicates", found("resumable", WAITING, ANEW), ("no", "no", "2 jobs")),
        ("prevents-duplicates", found("async", WAITING, ANEW), ("no", "no", "2 jobs")),
        ("prevents-duplicates", found("async", WAITING, WENT_ON), ("yes", "yes", "1 job")),
    ],
)
def test_a_cell_agrees_where_the_figures_amount_to_what_is_documented(
    row: str, finding: Finding, expected: tuple[str, str, str], knowledge: Knowledge
) -> None:
    assert verdict(cell_of(row, knowledge, finding)) == expected


@pytest.mark.parametrize(
    "finding",
    [
        found("deferrable", WAITS, Waited(4, 0, 0, 4)),
        found("deferrable", WAITS, Waited(4, 1, 1, 3)),
        found("deferrable", WAITS_ALONE, Alone("failed", 0)),
        found("deferrable", WAITS_ALONE, Alone("deferred and scheduled", 45)),
        found("async_requests", FANS_OUT, Fanned("success", 10, 7)),
        found("async_requests", FANS_OUT, Fanned("failed", 10, 10)),
        found("async", RUNS, Installed(("a.B",), (), "failed")),
        found("async", WAITING, Hurt("success", 2, 1, went_on=False, result="reported")),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_no_cell(finding: Finding, knowledge: Knowledge) -> None:
    with pytest.raises(Unclear, match="no sense can be made of"):
        list(measured_cells([finding], knowledge, MEASURED))


def test_scenarios_with_the_same_outcome_are_said_together(knowledge: Knowledge) -> None:
    findings = (
        found("deferrable", BEFORE_DEFERRING, ANEW),
        found("deferrable", SUBMITTING, ANEW),
        found("deferrable_storing", BEFORE_DEFERRING, WENT_ON),
        found("deferrable_storing", SUBMITTING, ANEW),
        found("deferrable", NO_TRIGGERER, WENT_ON),
    )
    assert cell_of("crash-recovery", knowledge, *findings).outcome == (
        "Triggerer killed while waiting: went on with its job; "
        "worker killed while submitting or before deferring: began anew; "
        "id stored first, before deferring: went on with its job"
    )


@pytest.mark.parametrize(
    ("plain", "storing", "value", "agrees"),
    [
        ((WENT_ON, WENT_ON), (WENT_ON, WENT_ON), "yes", "no"),
        ((ANEW, ANEW), (ANEW, ANEW), "no", "no"),
        ((ANEW, WENT_ON), (ANEW, WENT_ON), "in part", "in part"),
        ((ANEW, ANEW), (ANEW, WENT_ON), "depends", "yes"),
        ((ANEW, WENT_ON), (WENT_ON, WENT_ON), "depends", "yes"),
    ],
)
def test_it_depends_on_the_operator_where_one_that_stores_does_better(
    plain: tuple[Hurt, Hurt],
    storing: tuple[Hurt, Hurt],
    value: str,
    agrees: str,
    knowledge: Knowledge,
) -> None:
    moments = (SUBMITTING, BEFORE_DEFERRING)
    findings = [
        *(found("deferrable", *each) for each in zip(moments, plain, strict=True)),
        *(found("deferrable_storing", *each) for each in zip(moments, storing, strict=True)),
    ]
    cell = cell_of("prevents-duplicates", knowledge, *findings)
    assert (cell.value, cell.agrees) == (value, agrees)


def test_a_cell_is_held_against_what_is_documented_for_the_release(knowledge: Knowledge) -> None:
    missing = found("resumable", RUNS, Installed((), ("a.B",), NO_DAG))
    old = cell_of("available-from", knowledge, missing, version=Version(3, 2, 2))
    new = cell_of("available-from", knowledge, missing)
    assert (old.agrees, new.agrees) == ("yes", "no")


def test_rounds_that_found_the_same_are_one_with_all_their_seconds() -> None:
    rounds = [[Finding("async", WAITING, ANEW, (seconds,))] for seconds in (1.0, 2.5)]
    assert together(rounds) == [Finding("async", WAITING, ANEW, (1.0, 2.5))]


def test_rounds_that_found_different_facts_are_refused_by_name() -> None:
    rounds = [[found("async", WAITING, ANEW)], [found("async", WAITING, WENT_ON)]]
    with pytest.raises(Unsteady, match=f"^async, {WAITING}: "):
        together(rounds)
