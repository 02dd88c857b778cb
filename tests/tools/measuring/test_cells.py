"""Facts become cells, whose values are compared with the documented ones."""

from __future__ import annotations

import pytest

from advisor.knowledge.loader import load_knowledge
from advisor.knowledge.model import Knowledge
from advisor.knowledge.versions import Version
from measuring.cells import MeasuredCell, UnexpectedFacts, measured_cells
from measuring.facts import (
    NO_DAG,
    ConcurrentRequests,
    Facts,
    InconsistentFacts,
    InstalledParts,
    KilledRun,
    Measurement,
    PoolSlots,
    WithoutTriggerer,
    merge_rounds,
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
WENT_ON = KilledRun("success", 2, 1, went_on=True, result="reported")
LOST = KilledRun("success", 2, 1, went_on=True, result="lost")
RESTARTED = KilledRun("success", 2, 2, went_on=False, result="reported")
FAILED = KilledRun("failed", 3, 1, went_on=True, result="lost")


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def measured(form: str, scenario: str, facts: Facts) -> Measurement:
    return Measurement(form, scenario, facts, (1.0,))


def cell_of(
    row: str, knowledge: Knowledge, *measurements: Measurement, version: Version = MEASURED
) -> MeasuredCell:
    cells = measured_cells(measurements, knowledge, version)
    return next(cell for cell in cells if cell.characteristic == row)


def verdict(cell: MeasuredCell) -> tuple[str, str, str]:
    return cell.value, cell.agrees, cell.outcome


@pytest.mark.parametrize(
    ("row", "measurement", "expected"),
    [
        (
            "worker-slot",
            measured("deferrable", WAITS, PoolSlots(4, 0, 1, 4)),
            ("freed", "yes", "0 running, 1 deferred, 4 of 4 slots open"),
        ),
        (
            "worker-slot",
            measured("deferrable", WAITS, PoolSlots(4, 1, 0, 3)),
            ("held", "no", "1 running, 0 deferred, 3 of 4 slots open"),
        ),
        (
            "requires-triggerer",
            measured("resumable", WAITS_ALONE, WithoutTriggerer("success", 0)),
            ("no", "yes", "succeeded without a Triggerer"),
        ),
        (
            "requires-triggerer",
            measured("async", WAITS_ALONE, WithoutTriggerer("deferred", 45)),
            ("yes", "no", "still deferred 45 s after its job ended"),
        ),
        (
            "fan-out",
            measured("async_requests", FANS_OUT, ConcurrentRequests("success", 10, 10)),
            ("yes", "yes", "10 of 10 requests in flight at once"),
        ),
        (
            "fan-out",
            measured("async_requests", FANS_OUT, ConcurrentRequests("success", 10, 1)),
            ("no", "no", "1 of 10 requests in flight at once"),
        ),
        (
            "available-from",
            measured("resumable", RUNS, InstalledParts(("a.B",), (), "success")),
            ("yes", "yes", "imports and runs"),
        ),
        (
            "available-from",
            measured(
                "resumable", RUNS, InstalledParts((), ("airflow.sdk.Some", "airflow.X key"), NO_DAG)
            ),
            ("no", "no", "missing Some and key; the Dag cannot be imported"),
        ),
        (
            "crash-recovery",
            measured("resumable", WAITING, LOST),
            ("yes", "yes", "continued with its job, but lost its result"),
        ),
        ("crash-recovery", measured("resumable", WAITING, FAILED), ("no", "no", "failed")),
        ("prevents-duplicates", measured("resumable", WAITING, RESTARTED), ("no", "no", "2 jobs")),
        ("prevents-duplicates", measured("async", WAITING, RESTARTED), ("no", "no", "2 jobs")),
        ("prevents-duplicates", measured("async", WAITING, WENT_ON), ("yes", "yes", "1 job")),
    ],
)
def test_measured_cells_compare_the_value_with_the_documented_one(
    row: str, measurement: Measurement, expected: tuple[str, str, str], knowledge: Knowledge
) -> None:
    assert verdict(cell_of(row, knowledge, measurement)) == expected


@pytest.mark.parametrize(
    "measurement",
    [
        measured("deferrable", WAITS, PoolSlots(4, 0, 0, 4)),
        measured("deferrable", WAITS, PoolSlots(4, 1, 1, 3)),
        measured("deferrable", WAITS_ALONE, WithoutTriggerer("failed", 0)),
        measured("deferrable", WAITS_ALONE, WithoutTriggerer("deferred and scheduled", 45)),
        measured("async_requests", FANS_OUT, ConcurrentRequests("success", 10, 7)),
        measured("async_requests", FANS_OUT, ConcurrentRequests("failed", 10, 10)),
        measured("async", RUNS, InstalledParts(("a.B",), (), "failed")),
        measured("async", WAITING, KilledRun("success", 2, 1, went_on=False, result="reported")),
    ],
    ids=str,
)
def test_measured_cells_reject_unexpected_facts(
    measurement: Measurement, knowledge: Knowledge
) -> None:
    with pytest.raises(UnexpectedFacts, match="no value describes"):
        list(measured_cells([measurement], knowledge, MEASURED))


def test_outcome_lists_scenarios_with_the_same_outcome_together(knowledge: Knowledge) -> None:
    measurements = (
        measured("deferrable", BEFORE_DEFERRING, RESTARTED),
        measured("deferrable", SUBMITTING, RESTARTED),
        measured("deferrable_storing", BEFORE_DEFERRING, WENT_ON),
        measured("deferrable_storing", SUBMITTING, RESTARTED),
        measured("deferrable", NO_TRIGGERER, WENT_ON),
    )
    assert cell_of("crash-recovery", knowledge, *measurements).outcome == (
        "Triggerer killed while waiting: continued with its job; "
        "worker killed while submitting or before deferring: started over; "
        "id stored, worker killed before deferring: continued with its job"
    )


@pytest.mark.parametrize(
    ("plain", "storing", "value", "agrees"),
    [
        ((WENT_ON, WENT_ON), (WENT_ON, WENT_ON), "yes", "no"),
        ((RESTARTED, RESTARTED), (RESTARTED, RESTARTED), "no", "no"),
        ((RESTARTED, WENT_ON), (RESTARTED, WENT_ON), "in part", "in part"),
        ((RESTARTED, RESTARTED), (RESTARTED, WENT_ON), "depends", "yes"),
        ((RESTARTED, WENT_ON), (WENT_ON, WENT_ON), "depends", "yes"),
    ],
)
def test_value_is_depends_if_a_form_that_stores_does_better(
    plain: tuple[KilledRun, KilledRun],
    storing: tuple[KilledRun, KilledRun],
    value: str,
    agrees: str,
    knowledge: Knowledge,
) -> None:
    moments = (SUBMITTING, BEFORE_DEFERRING)
    measurements = [
        *(measured("deferrable", *each) for each in zip(moments, plain, strict=True)),
        *(measured("deferrable_storing", *each) for each in zip(moments, storing, strict=True)),
    ]
    cell = cell_of("prevents-duplicates", knowledge, *measurements)
    assert (cell.value, cell.agrees) == (value, agrees)


def test_measured_cells_use_the_documentation_of_the_release(knowledge: Knowledge) -> None:
    missing = measured("resumable", RUNS, InstalledParts((), ("a.B",), NO_DAG))
    old = cell_of("available-from", knowledge, missing, version=Version(3, 2, 2))
    new = cell_of("available-from", knowledge, missing)
    assert (old.agrees, new.agrees) == ("yes", "no")


def test_merge_rounds_keeps_the_seconds_of_each_round() -> None:
    rounds = [[Measurement("async", WAITING, RESTARTED, (seconds,))] for seconds in (1.0, 2.5)]
    assert merge_rounds(rounds) == [Measurement("async", WAITING, RESTARTED, (1.0, 2.5))]


def test_merge_rounds_rejects_different_facts() -> None:
    rounds = [[measured("async", WAITING, RESTARTED)], [measured("async", WAITING, WENT_ON)]]
    with pytest.raises(InconsistentFacts, match=f"^async, {WAITING}: "):
        merge_rounds(rounds)
