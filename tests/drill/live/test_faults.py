"""The faults of a live drill have unique ids, and signals that match their states."""

from __future__ import annotations

import pytest

from advisor.drill.live.faults import BASELINE, DEFERRED, FAULTS, RUNNING, FaultScenario
from advisor.drill.model import Signal
from advisor.drill.runtime.events import Point

IDS = [fault.id for fault in FAULTS]


def test_fault_ids_are_unique_and_differ_from_the_baseline() -> None:
    assert len({*IDS, BASELINE.id}) == len(FAULTS) + 1


@pytest.mark.parametrize("fault", FAULTS, ids=IDS)
def test_aims_are_in_the_phase_in_which_the_task_waits(fault: FaultScenario) -> None:
    phase = "execute" if RUNNING in fault.states else "trigger"
    assert fault.aims == ((Point(phase, fault.id, 1), fault.signal),)


def test_baseline_has_no_aims() -> None:
    assert BASELINE.aims == ()


def test_only_failed_by_user_has_the_signal_end() -> None:
    assert [fault.id for fault in FAULTS if fault.signal is Signal.END] == ["failed-by-user"]


def test_losing_the_triggerer_requires_a_deferred_task() -> None:
    assert [fault.id for fault in FAULTS if fault.states == (DEFERRED,)] == ["triggerer-lost"]
