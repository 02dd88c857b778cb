"""XComs are compared with the baseline run, whatever ids, times and random texts they hold."""

from __future__ import annotations

import pytest

from advisor.drill.runtime.events import Event
from advisor.drill.runtime.service import Behaviour
from advisor.drill.xcoms import lost_keys
from tests.drill.events import CLEARED, cancelled, polled, pushed, submitted

ONE = [submitted("job-1"), polled("job-1", "succeeded")]
TWO = [submitted("job-1"), cancelled("job-1"), submitted("job-2"), polled("job-2", "succeeded")]
UUIDS = ("4a1f6c9e-0b6d-4c57-9a43-0d1b2f6e7a11", "9d2b7e4c-55aa-4b0e-8f3e-6c1d2a3b4c5d")


def lost(
    expected: object, found: object, runs: tuple[list[Event], list[Event]] = (ONE, TWO)
) -> bool:
    before, after = runs
    return bool(lost_keys([*after, pushed(found)], [*before, pushed(expected)], Behaviour()))


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ("job-1", "job-2"),
        (1, 2),
        ("https://jobs/1?tab=log", "https://jobs/2?tab=log"),
        ("https://jobs/job-1", "https://jobs/job-2"),
        ({"ids": [1], "url": "/1", "rows": 7}, {"ids": [2], "url": "/2", "rows": 7}),
        ({"job-1": "done"}, {"job-2": "done"}),
        ("at 2026-01-01T00:00:00Z", "at 2026-01-01T00:05:00Z"),
        UUIDS,
        (True, True),
        (1.5, 1.5),
        (None, None),
    ],
)
def test_value_is_the_same_except_for_ids_times_and_random_texts(
    expected: object, found: object
) -> None:
    assert not lost(expected, found)


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ("job-1", "job-1"),
        ("https://jobs/job-1", "https://jobs/job-1"),
        ("job-1", "job-3"),
        ("r", "job-2"),
        (True, 1),
        (1, True),
        (7, 8),
        ([1, 2], [1]),
        ({"a": 1}, {"a": 1, "b": 1}),
        ({"a": None}, {"b": None}),
        ("x", None),
        ("1", 1),
    ],
)
def test_value_is_lost_if_it_differs_or_names_a_job_that_did_not_succeed(
    expected: object, found: object
) -> None:
    assert lost(expected, found)


def test_numeric_ids_are_renamed() -> None:
    one = [submitted(70_001), polled("70_001")]
    two = [submitted(70_001), cancelled("job-1"), submitted(70_002)]
    assert not lost(
        {"run_id": 70_001, "url": "/70001/"}, {"run_id": 70_001, "url": "/70001/"}, (one, two)
    )
    assert not lost(70_001, 70_002, (one, two))
    assert lost(70_001, 70_003, (one, two))


def test_keys_of_jobs_are_renamed() -> None:
    one = [submitted("job-1", key="pod-abc"), polled("job-1", "succeeded")]
    two = [
        submitted("job-1", key="pod-abc"),
        cancelled("job-1"),
        submitted("job-2", key="pod-xyz"),
        polled("job-2", "succeeded"),
    ]
    assert not lost("pod-abc", "pod-xyz", (one, two))
    assert lost("pod-abc", "pod-abc", (one, two))


def test_times_in_the_specs_of_jobs_may_differ() -> None:
    def run(at: str, rows: int) -> list[Event]:
        return [submitted("job-1", {"at": at, "rows": rows}), polled("job-1", "succeeded")]

    before, after = run("2026-01-01T00:00:00Z", 7), run("2026-01-01T00:05:00Z", 7)
    assert not lost("job-1", "job-1", (before, after))
    assert lost("job-1", "job-1", (before, run("2026-01-01T00:05:00Z", 8)))


def test_every_key_is_compared() -> None:
    baseline = [*ONE, pushed(1, "run_id"), pushed("/1", "url"), pushed("r")]
    assert lost_keys([*ONE, pushed(1, "run_id"), pushed("r")], baseline, Behaviour()) == ("url",)
    assert lost_keys([*baseline, CLEARED, pushed("r")], baseline, Behaviour()) == ("run_id", "url")


def test_additional_keys_are_not_lost() -> None:
    assert lost_keys([*ONE, pushed("r"), pushed(1, "more")], [*ONE, pushed("r")], Behaviour()) == ()
